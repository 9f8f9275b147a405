/** What an event log must answer, told by a naive list; and the commands that compare a real one with it. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import type { EventLog, ExpectedRevision, LogFilter, Subscription } from '#domain/kernel/event-log'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import type { StreamName } from '#schemas/streams'
import { deposit, forged, killSwitch } from './ledger-events.ts'

interface Entry {
  readonly stream: StreamName
  readonly revision: bigint
  readonly event: ProposedEvent
}
interface Asked {
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly events: readonly [ProposedEvent, ...ProposedEvent[]]
}
export interface Model {
  /** In the order of positions, from the position after which this run began. */
  readonly entries: Entry[]
  readonly asked: Asked[]
}
export interface Real {
  readonly log: EventLog
  /** Positions are counted from here. */
  readonly base: bigint
  readonly streams: readonly StreamName[]
  readonly followers: readonly Follower[]
}
export interface Follower {
  readonly filter: LogFilter
  readonly subscription: Subscription
  readonly heard: RecordedEvent[]
}

const ofStream = ({ entries }: Model, stream: StreamName): readonly Entry[] =>
  entries.filter((entry) => entry.stream === stream)

const isSame = (a: ProposedEvent, b: ProposedEvent): boolean => {
  const [one, other] = [encodeProposed(a), encodeProposed(b)]
  return one.data === other.data && one.metadata === other.metadata
}

type Verdict =
  | { readonly _tag: 'Appended' | 'Already'; readonly revision: bigint }
  | { readonly _tag: 'RevisionConflict'; readonly actual: bigint | undefined }
  | { readonly _tag: 'AppendForbidden' }

const verdictOn = (model: Model, { stream, expected, events }: Asked): Verdict => {
  const recorded = ofStream(model, stream)
  const actual = recorded.at(-1)?.revision
  const known = model.entries.filter(({ event }) =>
    events.some(({ metadata }) => metadata.id === event.metadata.id),
  )
  const start =
    expected === 'streamExists'
      ? known[0]?.revision
      : (expected === 'noStream' ? -1n : expected) + 1n
  const inPlace = events.filter((event, index) => {
    const there = recorded.find(({ revision }) => revision === (start ?? 0n) + BigInt(index))
    return there !== undefined && isSame(there.event, event)
  })
  if (inPlace.length === events.length) {
    return { _tag: 'Already', revision: (start ?? 0n) + BigInt(events.length) - 1n }
  }
  if (known.length > inPlace.length) return { _tag: 'AppendForbidden' }
  const fits =
    expected === 'streamExists'
      ? actual !== undefined
      : actual === (expected === 'noStream' ? undefined : expected)
  if (!fits || inPlace.length > 0) return { _tag: 'RevisionConflict', actual }
  return { _tag: 'Appended', revision: (actual ?? -1n) + BigInt(events.length) }
}

/** Asks, and compares the answer with the model's, which then holds what was written. */
const ask = async (model: Model, { log, base }: Real, all: readonly Asked[]): Promise<void> => {
  const answers = await Promise.all(
    all.map(({ stream, expected, events }) => log.append(stream, expected, events)),
  )
  // Asked at once, they are answered as if one by one: in each stream in the order asked.
  const inLogOrder = all
    .map((asked, index) => ({ asked, answer: answers[index] }))
    .sort((a, b) => Number(firstPosition(a.answer) - firstPosition(b.answer)))
  for (const { asked, answer } of inLogOrder) {
    if (answer === undefined) throw new Error('an append was not answered')
    const verdict = verdictOn(model, asked)
    const { stream, expected, events } = asked
    if (verdict._tag === 'RevisionConflict') {
      expect(answer).toStrictEqual(E.left({ ...verdict, stream, expected }))
    } else if (verdict._tag === 'AppendForbidden') {
      expect(answer).toMatchObject(E.left({ ...verdict, stream }))
    } else {
      const first = verdict.revision - BigInt(events.length) + 1n
      if (verdict._tag === 'Appended') {
        for (const [index, event] of events.entries()) {
          model.entries.push({ stream, revision: first + BigInt(index), event })
        }
      }
      const at = model.entries.findIndex((e) => e.stream === stream && e.revision === first)
      const from = base + BigInt(at) + 1n
      const lastPosition = from + BigInt(events.length) - 1n
      expect(answer).toStrictEqual(
        E.right({ stream, revision: verdict.revision, firstPosition: from, lastPosition }),
      )
    }
  }
  model.asked.push(...all)
}

/** What was not written comes after what was, for it may have been refused because of it. */
const firstPosition = (answer: Awaited<ReturnType<EventLog['append']>> | undefined): bigint =>
  answer !== undefined && E.isRight(answer) ? answer.right.firstPosition : 1n << 50n

const expectRecorded = (
  base: bigint,
  recorded: readonly RecordedEvent[],
  entries: readonly { readonly entry: Entry; readonly index: number }[],
): void => {
  expect(
    recorded.map(({ position, stream, revision, metadata, event }) => ({
      position,
      stream,
      revision,
      metadata,
      event,
    })),
  ).toStrictEqual(
    entries.map(({ entry: { stream, revision, event }, index }) => ({
      position: base + BigInt(index) + 1n,
      stream,
      revision,
      ...event,
    })),
  )
}
const passing = ({ entries }: Model, { types, prefixes }: LogFilter) =>
  entries
    .map((entry, index) => ({ entry, index }))
    .filter(
      ({ entry: { stream, event } }) =>
        (types?.includes(event.event.type) ?? true) &&
        (prefixes?.some((prefix) => stream.startsWith(prefix)) ?? true),
    )

type Command = fc.AsyncCommand<Model, Real>
const command = (says: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => says,
})

interface Choice {
  readonly stream: number
  readonly count: number
  /** How far from the right revision; 0 is right. */
  readonly off: number
  readonly named: 'exact' | 'noStream' | 'streamExists'
}
const anyChoice: fc.Arbitrary<Choice> = fc.record({
  stream: fc.nat(3),
  count: fc.integer({ min: 1, max: 4 }),
  off: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) },
  ),
  named: fc.oneof(
    { weight: 3, arbitrary: fc.constant('exact' as const) },
    { weight: 1, arbitrary: fc.constantFrom('noStream' as const, 'streamExists' as const) },
  ),
})

const anyFor = (stream: StreamName): ProposedEvent => {
  const id = stream.slice(stream.indexOf('-') + 1)
  return stream.startsWith('risk-') ? killSwitch(id) : deposit(id)
}

const asks = (
  model: Model,
  { streams }: Real,
  { stream: pick, count, off, named }: Choice,
): Asked => {
  const stream = streams[pick % streams.length] as StreamName
  const make = (): ProposedEvent => anyFor(stream)
  const isRisk = stream.startsWith('risk-')
  const revision = BigInt(ofStream(model, stream).length - 1 + off)
  const exact = revision < 0n ? 'noStream' : revision
  // Only a kill switch may be written without an exact revision.
  const expected = named === 'exact' || (named === 'streamExists' && !isRisk) ? exact : named
  return { stream, expected, events: [make(), ...Array.from({ length: count - 1 }, make)] }
}

const appendOne = anyChoice.map((choice) =>
  command(`append ${JSON.stringify(choice)}`, (model, real) =>
    ask(model, real, [asks(model, real, choice)]),
  ),
)
/** Several at once; of each stream one, so that the model knows the order. */
const appendTogether = fc.array(anyChoice, { minLength: 2, maxLength: 4 }).map((choices) =>
  command(`append together ${JSON.stringify(choices)}`, (model, real) => {
    const distinct = choices.map((choice, index) => ({ ...choice, stream: index }))
    return ask(
      model,
      real,
      distinct.map((choice) => asks(model, real, choice)),
    )
  }),
)
const again = (
  says: string,
  change: (asked: Asked, model: Model, real: Real) => Asked,
): fc.Arbitrary<Command> =>
  fc.nat().map((pick) =>
    command(`${says} (${String(pick)})`, async (model, real) => {
      const asked = model.asked[pick % Math.max(model.asked.length, 1)]
      if (asked !== undefined) await ask(model, real, [change(asked, model, real)])
    }),
  )
const retry = again('the same bytes again', (asked) => asked)
const forge = again('the same ids with other content', (asked) => {
  const [first, ...others] = asked.events
  return { ...asked, events: [forged(first), ...others] }
})
const elsewhere = again('the same bytes at the head', (asked, model) => ({
  ...asked,
  expected: ofStream(model, asked.stream).at(-1)?.revision ?? 'noStream',
}))
const longer = again('the same bytes and more', (asked) => ({
  ...asked,
  events: [...asked.events, anyFor(asked.stream)],
}))

const reversed = again('the same events in another order', (asked) => {
  const [first, ...others] = asked.events.toReversed()
  return first === undefined ? asked : { ...asked, events: [first, ...others] }
})

const readStream = fc.tuple(fc.nat(3), fc.integer({ min: -1, max: 12 })).map(([pick, after]) =>
  command(
    `read stream ${String(pick)} after ${String(after)}`,
    async (model, { log, base, streams }) => {
      const stream = streams[pick] as StreamName
      const read = await log.read(stream, BigInt(after))
      if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
      const wanted = passing(model, {}).filter(
        ({ entry }) => entry.stream === stream && entry.revision > BigInt(after),
      )
      expectRecorded(base, read.right, wanted)
    },
  ),
)

export const filters: readonly LogFilter[] = [
  {},
  { types: ['KillSwitchEngaged'] },
  { prefixes: ['account-'] },
  { prefixes: ['account-', 'risk-'], types: ['FundsDeposited'] },
  { prefixes: ['order-'] },
]
const readPage = fc
  .tuple(fc.nat(20), fc.nat(4), fc.integer({ min: 1, max: 8 }))
  .map(([after, pick, limit]) =>
    command(
      `read ${String(limit)} after ${String(after)}, filter ${String(pick)}`,
      async (model, { log, base }) => {
        const filter = filters[pick] as LogFilter
        const from = Math.min(after, model.entries.length)
        const read = await log.readAll(base + BigInt(from), filter, limit)
        if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
        const rest = passing(model, filter).filter(({ index }) => index >= from)
        expectRecorded(base, read.right.events, rest.slice(0, limit))
        // Between the last event of the page and `upTo` there is nothing that passes.
        const { upTo, atHead } = read.right
        expect(rest.slice(limit).every(({ index }) => base + BigInt(index) + 1n > upTo)).toBe(true)
        expect(upTo).toBeGreaterThanOrEqual(
          read.right.events.at(-1)?.position ?? base + BigInt(from),
        )
        expect(atHead).toBe(upTo === base + BigInt(model.entries.length))
      },
    ),
  )
const headIsLast = fc.constant(
  command('head', async (model, { log, base }) => {
    expect(await log.head()).toStrictEqual(E.right(base + BigInt(model.entries.length)))
  }),
)
const follow = fc.nat(4).map((pick) =>
  command(`follow ${String(pick)}`, async (model, { base, followers }) => {
    const follower = followers[pick] as Follower
    await catchUp(follower, base + BigInt(model.entries.length))
    expectRecorded(base, follower.heard, passing(model, follower.filter))
  }),
)

/** Pulls until the page reaches the head. */
export const catchUp = async ({ subscription, heard }: Follower, head: bigint): Promise<void> => {
  for (;;) {
    const page = await subscription.next()
    if (E.isLeft(page)) throw new Error(JSON.stringify(page.left))
    heard.push(...page.right.events)
    if (page.right.upTo >= head) return
  }
}

export const anyCommands = fc.commands(
  [
    appendOne,
    appendOne,
    appendTogether,
    retry,
    forge,
    elsewhere,
    longer,
    longer,
    reversed,
    readStream,
    readPage,
    headIsLast,
    follow,
  ],
  { maxCommands: 30 },
)
