/** Asking the server again until it answers or the time is over. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadFailure, UnreadableEvent } from '#domain/kernel/event-log'
import { clientFailure } from './failure.ts'
import type { Line } from './line.ts'
import { pause, tellingOf } from './time.ts'

export interface Reading {
  readonly line: Line
  /** How long a call may take, with everything that is tried again in it. */
  readonly patienceMs: number
}

const pauseMsMin = 20
const pauseMsMax = 500

/** Something that no repetition would make better. */
export class Broken extends Error {
  override readonly name = 'Broken'
  readonly failure: UnreadableEvent
  constructor(failure: UnreadableEvent) {
    super(failure.detail)
    this.failure = failure
  }
}

export const patiently = async <A>(
  { line, patienceMs }: Reading,
  attempt: (msMax: number) => Promise<A>,
): Promise<E.Either<ReadFailure, A>> => {
  const until = performance.now() + patienceMs
  let why: string | undefined
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    try {
      return E.right(await attempt(Math.max(until - performance.now(), 1)))
    } catch (e) {
      if (e instanceof Broken) return E.left(e.failure)
      const failure = clientFailure(e)
      why = tellingOf(why, 'detail' in failure ? failure.detail : failure._tag)
      const isOver = line.isClosed() || performance.now() + pauseMs >= until
      if (failure._tag === 'refused' || isOver) {
        return E.left({ _tag: 'StoreUnreachable', detail: why })
      }
    }
    await pause(pauseMs)
  }
}
