/** What an event log must answer, told by a naive list. */
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import type { EventLog, ExpectedRevision, LogFilter, Subscription } from '#domain/kernel/event-log'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import type { StreamName } from '#schemas/streams'

export interface Entry {
  readonly stream: StreamName
  readonly revision: bigint
  readonly event: ProposedEvent
}
export interface Asked {
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly events: readonly [ProposedEvent, ...ProposedEvent[]]
}
export interface Model {
  /** In the order of positions, from the position after which this run began. */
  readonly entries: Entry[]
  readonly asked: Asked[]
  /** By event id, as far as they were told: of the last event of an append, and of all that was read. */
  readonly positions: Map<string, bigint>
}
export interface Real {
  readonly log: EventLog
  /** What the head was before. */
  readonly base: bigint
  /** Whether positions are 1, 2, 3 and so on; else only their order is promised. */
  readonly isDense: boolean
  readonly streams: readonly StreamName[]
  readonly followers: readonly Follower[]
}
export interface Follower {
  readonly filter: LogFilter
  readonly subscription: Subscription
  readonly heard: RecordedEvent[]
}

export const ofStream = ({ entries }: Model, stream: StreamName): readonly Entry[] =>
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
export const ask = async (model: Model, real: Real, all: readonly Asked[]): Promise<void> => {
  const { log, base } = real
  const answers = await Promise.all(
    all.map(({ stream, expected, events }) => log.append(stream, expected, events)),
  )
  // Asked at once, they are answered as if one by one: in each stream in the order asked.
  let highest = headOf(model, base)
  const inLogOrder = all
    .map((asked, index) => ({ asked, answer: answers[index] }))
    .sort((a, b) => Number(lastPosition(a.answer) - lastPosition(b.answer)))
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
      expect(answer).toMatchObject(E.right({ stream, revision: verdict.revision }))
      const last = model.entries.find((e) => e.stream === stream && e.revision === verdict.revision)
      if (last === undefined) throw new Error('the model lost an event')
      const position = lastPosition(answer)
      learn(model, real, last, position)
      if (verdict._tag === 'Appended') expect(position).toBeGreaterThan(highest)
      if (position > highest) highest = position
    }
  }
  model.asked.push(...all)
}

/** What was not written comes after what was, for it may have been refused because of it. */
const lastPosition = (answer: Awaited<ReturnType<EventLog['append']>> | undefined): bigint =>
  answer !== undefined && E.isRight(answer) ? answer.right.lastPosition : 1n << 60n

/** An event stands where it stood when it was first heard of, and nowhere else. */
const learn = (
  { entries, positions }: Model,
  { base, isDense }: Real,
  entry: Entry,
  position: bigint,
): void => {
  const { id } = entry.event.metadata
  expect(positions.get(id) ?? position).toBe(position)
  positions.set(id, position)
  if (isDense) expect(position).toBe(base + BigInt(entries.indexOf(entry)) + 1n)
}
export const positionOf = ({ positions }: Model, { event }: Entry): bigint | undefined =>
  positions.get(event.metadata.id)
/** The last event of an append is always known. */
export const headOf = (model: Model, base: bigint): bigint => {
  const last = model.entries.at(-1)
  return last === undefined ? base : (positionOf(model, last) ?? base)
}

export const expectRecorded = (
  model: Model,
  real: Real,
  recorded: readonly RecordedEvent[],
  entries: readonly Placed[],
): void => {
  expect(
    recorded.map(({ stream, revision, metadata, event }) => ({
      stream,
      revision,
      metadata,
      event,
    })),
  ).toStrictEqual(
    entries.map(({ entry: { stream, revision, event } }) => ({ stream, revision, ...event })),
  )
  let before = real.base
  for (const [index, { position }] of recorded.entries()) {
    expect(position).toBeGreaterThan(before)
    before = position
    const placed = entries[index]
    if (placed !== undefined) learn(model, real, placed.entry, position)
  }
}
interface Placed {
  readonly entry: Entry
  readonly index: number
}
export const passing = ({ entries }: Model, { types, prefixes }: LogFilter) =>
  entries
    .map((entry, index) => ({ entry, index }))
    .filter(
      ({ entry: { stream, event } }) =>
        (types?.includes(event.event.type) ?? true) &&
        (prefixes?.some((prefix) => stream.startsWith(prefix)) ?? true),
    )

/** The last place at or before so many events whose position is known. */
export const placeBefore = (model: Model, base: bigint, count: number) => {
  for (let from = Math.min(count, model.entries.length); from > 0; from -= 1) {
    const entry = model.entries[from - 1]
    const position = entry === undefined ? undefined : positionOf(model, entry)
    if (position !== undefined) return { from, position }
  }
  return { from: 0, position: base }
}
