/** Appends until it is known what became of it: the same bytes at the same revision, and only those. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Appended, RevisionConflict } from '#domain/kernel/event-log'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import type { GatewayPorts } from './ports.ts'

/** The gateway is closing, and what was begun is left to its successor. */
export class Closing extends Error {}

const firstBackOffMs = 50
const mostBackOffMs = 2000

export interface Appending {
  readonly append: (
    stream: StreamName,
    revision: bigint,
    events: ReadonlyNonEmptyArray<ProposedEvent>,
  ) => Promise<E.Either<RevisionConflict, Appended>>
  readonly read: (stream: StreamName, after: bigint) => Promise<readonly RecordedEvent[]>
  /** The last position in the log that was written or read here. */
  readonly knownTo: () => bigint
}

export const appendingTo = (
  { log, timers, logger }: Pick<GatewayPorts, 'log' | 'timers' | 'logger'>,
  closed: () => boolean,
): Appending => {
  const waited = async (attempt: number, detail: string): Promise<void> => {
    if (attempt === 0) logger.warn({ detail }, 'the event log is unreachable')
    await new Promise<void>((resolve) => {
      timers.after(Math.min(mostBackOffMs, firstBackOffMs * 2 ** Math.min(attempt, 10)), resolve)
    })
    if (closed()) throw new Closing(detail)
  }
  let knownTo = 0n
  const know = (position: bigint): void => {
    if (position > knownTo) knownTo = position
  }
  return {
    knownTo: () => knownTo,
    append: async (stream, revision, events) => {
      for (let attempt = 0; ; attempt += 1) {
        const expected = revision === -1n ? 'noStream' : revision
        const result = await log.append(stream, expected, events)
        if (E.isRight(result)) {
          know(result.right.lastPosition)
          return result
        }
        if (result.left._tag === 'RevisionConflict') return E.left(result.left)
        if (result.left._tag === 'AppendForbidden') {
          throw new Error(`${stream} takes no ${namesOf(events)}: ${result.left.detail}`)
        }
        await waited(attempt, result.left.detail)
      }
    },
    read: async (stream, after) => {
      for (let attempt = 0; ; attempt += 1) {
        const result = await log.read(stream, after)
        if (E.isRight(result)) {
          for (const { position } of result.right) know(position)
          return result.right
        }
        if (result.left._tag === 'UnreadableEvent') {
          throw new Error(`${stream}, ${result.left.type}: ${result.left.detail}`)
        }
        await waited(attempt, result.left.detail)
      }
    },
  }
}

const namesOf = (events: readonly ProposedEvent[]): string =>
  events.map(({ event }) => event.type).join(', ')
