/** Appending: the same bytes again until the server's answer is certain, and content compared before it is believed. */
import * as E from 'fp-ts/lib/Either.js'
import type { AppendResult } from '@eventstore/db-client'
import type {
  AppendFailure,
  Appended,
  AppendForbidden,
  RevisionConflict,
} from '#domain/kernel/event-log'
import type { Proposal } from '#domain/kernel/proposal'
import type { EventStoreAddress } from './address.ts'
import { clientFailure } from './failure.ts'
import type { Line } from './line.ts'
import { patiently, type Reading } from './patience.ts'
import { recordsOf } from './records.ts'
import { pause, tellingOf } from './time.ts'
import {
  eventDataOf,
  idOfBytes,
  ownIdOf,
  positionOf,
  type StoreRecord,
  withoutPosition,
} from './translate.ts'
import { openWritten } from './written.ts'

export interface Appender {
  readonly append: (proposal: Proposal) => Promise<E.Either<AppendFailure, Appended>>
}

export interface AppendMeans {
  readonly line: Line
  /** For looking at what stands there. */
  readonly reading: Reading
  readonly address: EventStoreAddress
  readonly patienceMs: number
}

type Answer = E.Either<AppendFailure, Appended>

/** Beyond this the store is too slow for its callers, and they must hear of it. */
const waitingMax = 8_192
const pauseMsMin = 20
const pauseMsMax = 500
/** Of a stream's end, where an append without an exact revision is looked for: what a busy guard writes in seconds. */
const lookBack = 2_048
const positionEnd = 2n ** 63n

export const openAppender = (means: AppendMeans): Appender => {
  const written = openWritten()
  /** Appends to `streamExists` whose outcome is not known; the server forgets them when it is restarted. */
  const doubtful = new Set<string>()
  let waiting = 0
  return {
    append: async (proposal) => {
      const against = written.against(proposal)
      if (against === 'elsewhere') return forbidden(proposal, reused)
      if (waiting >= waitingMax) {
        return lost(`${String(waiting)} appends wait already: the store is too slow`)
      }
      waiting += 1
      try {
        const answer = await settle(means, proposal, { doubtful, isPartly: against === 'partly' })
        if (E.isRight(answer)) written.add(proposal, answer.right.revision)
        return answer
      } finally {
        waiting -= 1
      }
    },
  }
}

interface Known {
  readonly doubtful: Set<string>
  readonly isPartly: boolean
}

const settle = async (
  means: AppendMeans,
  proposal: Proposal,
  { doubtful, isPartly }: Known,
): Promise<Answer> => {
  const until = performance.now() + means.patienceMs
  const key = proposal.events[0]?.id ?? ''
  let isDoubtful = proposal.expected === 'streamExists' && (isPartly || doubtful.has(key))
  let why: string | undefined
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    const answer = await attempt(means, proposal, until, isDoubtful)
    if (E.isRight(answer) || answer.left._tag !== 'StoreUnreachable') {
      doubtful.delete(key)
      return answer
    }
    why = tellingOf(why, answer.left.detail)
    if (means.line.isClosed() || performance.now() + pauseMs >= until) {
      if (proposal.expected === 'streamExists') remember(doubtful, key)
      return lost(why)
    }
    isDoubtful = proposal.expected === 'streamExists'
    await pause(pauseMs)
  }
}

const doubtfulMax = 1_000
const remember = (doubtful: Set<string>, key: string): void => {
  doubtful.add(key)
  for (const old of doubtful) {
    if (doubtful.size <= doubtfulMax) return
    doubtful.delete(old)
  }
}

const attempt = async (
  means: AppendMeans,
  proposal: Proposal,
  until: number,
  isDoubtful: boolean,
): Promise<Answer> => {
  if (isDoubtful) {
    const found = await lookFor(means, proposal)
    if (found !== undefined) return found
  }
  const msLeft = Math.max(until - performance.now(), 1)
  try {
    const result = await means.line.use(msLeft, (client, ms) =>
      client.appendToStream(proposal.stream, proposal.events.map(eventDataOf), {
        expectedRevision: wordFor(proposal.expected),
        // A deadline on the wire too, so that the server does not write it long after.
        deadline: Math.ceil(ms),
        requiresLeader: true,
        credentials: means.address.credentials,
      }),
    )
    return await accepted(means, proposal, result)
  } catch (e) {
    const failure = clientFailure(e)
    switch (failure._tag) {
      case 'conflict':
        return contested(means, proposal, failure.actual)
      case 'refused':
      case 'tombstoned':
        return forbidden(proposal, failure.detail)
      case 'missing':
        return lost('the server knows no such stream')
      case 'lost':
        return lost(failure.detail)
    }
  }
}

const wordFor = (expected: Proposal['expected']) => {
  if (expected === 'noStream') return 'no_stream'
  return expected === 'streamExists' ? 'stream_exists' : expected
}

/**
 * At an exact revision a success is certain: ids stand for bytes, and the server has compared them. Without one it
 * only remembers some ids, of which it asks for neither order nor place.
 */
const accepted = async (
  means: AppendMeans,
  proposal: Proposal,
  { nextExpectedRevision: revision, position }: AppendResult,
): Promise<Answer> => {
  const { stream, events, expected } = proposal
  const isKnown = position !== undefined && position.commit < positionEnd
  if (isKnown && expected !== 'streamExists') {
    return E.right({ stream, revision, lastPosition: position.commit })
  }
  const first = revision - BigInt(events.length) + 1n
  const there = await slice(means.reading, proposal, first < 0n ? 0n : first)
  if (E.isLeft(there)) return there
  return standing(proposal, there.right, first) ?? verdict(proposal, there.right, revision)
}

/** Somebody else was first, unless it was this very append: the answer to an earlier attempt may have been lost. */
const contested = async (
  { reading }: AppendMeans,
  proposal: Proposal,
  actual: bigint | undefined,
): Promise<Answer> => {
  const { stream, expected } = proposal
  if (expected === 'streamExists' || actual === undefined) {
    return E.left({ _tag: 'RevisionConflict', stream, expected, actual })
  }
  const first = expected === 'noStream' ? 0n : expected + 1n
  if (first > actual) return E.left({ _tag: 'RevisionConflict', stream, expected, actual })
  const there = await slice(reading, proposal, first)
  if (E.isLeft(there)) return there
  return standing(proposal, there.right, first) ?? verdict(proposal, there.right, actual)
}

/** Whether it stands near the end of its stream already; undefined where there is no trace of it. */
const lookFor = async (
  { reading }: AppendMeans,
  proposal: Proposal,
): Promise<Answer | undefined> => {
  const read = await patiently(reading, (msMax) =>
    recordsOf(reading.line, msMax, proposal.stream, { from: 'end', count: lookBack }),
  )
  if (E.isLeft(read)) return lost(read.left.detail)
  const records = (read.right ?? []).toReversed()
  const first = records.find(({ id }) => id === wireId(proposal, 0))
  const last = records.at(-1)
  if (last === undefined) return undefined
  if (first !== undefined) {
    const found = standing(proposal, records, first.revision)
    if (found !== undefined) return found
  }
  const ids = new Set(proposal.events.map((_, index) => wireId(proposal, index)))
  return records.some(({ id }) => ids.has(id))
    ? verdict(proposal, records, last.revision)
    : undefined
}

const wireId = ({ events }: Proposal, index: number): string | undefined => {
  const event = events[index]
  return event === undefined ? undefined : idOfBytes(event)
}

const slice = async (
  reading: Reading,
  { stream, events }: Proposal,
  from: bigint,
): Promise<E.Either<AppendFailure, readonly StoreRecord[]>> => {
  const read = await patiently(reading, (msMax) =>
    recordsOf(reading.line, msMax, stream, { from, count: events.length }),
  )
  return E.isLeft(read) ? lost(read.left.detail) : E.right(read.right ?? [])
}

/** These very events, from that revision on. */
const standing = (
  proposal: Proposal,
  records: readonly StoreRecord[],
  first: bigint,
): Answer | undefined => {
  const { stream, events } = proposal
  const byRevision = new Map(records.map((record) => [record.revision, record]))
  const there = events.map((_, index) => byRevision.get(first + BigInt(index)))
  const last = there.at(-1)
  const isThere = there.every((record, index) => record?.id === wireId(proposal, index))
  if (!isThere || last === undefined) return undefined
  const lastPosition = positionOf(last)
  return lastPosition === undefined
    ? lost(withoutPosition)
    : E.right({ stream, revision: last.revision, lastPosition })
}

/** Not ours, or not as a whole: an id that stands there for something else is never a mere conflict. */
const verdict = (
  proposal: Proposal,
  records: readonly StoreRecord[],
  actual: bigint,
): E.Either<RevisionConflict | AppendForbidden, never> => {
  const ours = new Map(proposal.events.map((event) => [event.id, idOfBytes(event)]))
  const isReused = records.some((record) => {
    const bytes = ours.get(ownIdOf(record) ?? '')
    return bytes !== undefined && bytes !== record.id
  })
  const { stream, expected } = proposal
  return isReused
    ? forbidden(proposal, reused)
    : E.left({ _tag: 'RevisionConflict', stream, expected, actual })
}

const reused = 'an id of this append stands for another event already'
const lost = (detail: string): E.Either<AppendFailure, never> =>
  E.left({ _tag: 'StoreUnreachable', detail })
const forbidden = ({ stream }: Proposal, detail: string): E.Either<AppendForbidden, never> =>
  E.left({ _tag: 'AppendForbidden', stream, detail })
