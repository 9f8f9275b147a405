/** The commands that compare a real event log with the naive list. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import type { LogFilter } from '#domain/kernel/event-log'
import type { ProposedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import {
  type Asked,
  ask,
  expectRecorded,
  type Follower,
  headOf,
  type Model,
  ofStream,
  passing,
  placeBefore,
  positionOf,
  type Real,
} from './event-log.model.ts'
import { deposit, forged, killSwitch } from './ledger-events.ts'

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
  command(`read stream ${String(pick)} after ${String(after)}`, async (model, real) => {
    const { log, streams } = real
    const stream = streams[pick] as StreamName
    const read = await log.read(stream, BigInt(after))
    if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
    const wanted = passing(model, {}).filter(
      ({ entry }) => entry.stream === stream && entry.revision > BigInt(after),
    )
    expectRecorded(model, real, read.right, wanted)
  }),
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
      async (model, real) => {
        const filter = filters[pick] as LogFilter
        const { from, position } = placeBefore(model, real.base, after)
        const read = await real.log.readAll(position, filter, limit)
        if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
        const { events, upTo, atHead } = read.right
        const rest = passing(model, filter).filter(({ index }) => index >= from)
        expectRecorded(model, real, events, rest.slice(0, limit))
        // Between the last event of the page and `upTo` there is nothing that passes.
        const left = rest.slice(limit).map(({ entry }) => positionOf(model, entry) ?? upTo + 1n)
        expect(left.every((one) => one > upTo)).toBe(true)
        expect(upTo).toBeGreaterThanOrEqual(events.at(-1)?.position ?? position)
        // A page is either full, or tells that there is no more.
        expect(atHead ? left.length : events.length).toBe(atHead ? 0 : limit)
        if (atHead) expect(upTo).toBeGreaterThanOrEqual(headOf(model, real.base))
      },
    ),
  )
const headIsLast = fc.constant(
  command('head', async (model, { log, base, isDense }) => {
    const head = await log.head()
    const known = headOf(model, base)
    // A store may keep events of its own, which count here.
    if (isDense) expect(head).toStrictEqual(E.right(known))
    else expect(E.isRight(head) && head.right >= known).toBe(true)
  }),
)
const follow = fc.nat(4).map((pick) =>
  command(`follow ${String(pick)}`, async (model, real) => {
    const follower = real.followers[pick] as Follower
    await catchUp(follower, headOf(model, real.base))
    expectRecorded(model, real, follower.heard, passing(model, follower.filter))
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
