/** Requests under way: each is sent at most once, and ends with its answer, its deadline or the end of the line. */
import * as E from 'fp-ts/lib/Either.js'
import type { NotSent, VenueSilent } from '#domain/kernel/venue'
import { encodeRequest } from '#schemas/paper/frames'
import type { PaperAnswer, PaperWireRequest } from '#schemas/paper/wire'
import type { Line } from './line.ts'

/** An answer and the bytes that it came in. */
export interface Heard {
  readonly answer: PaperAnswer
  readonly raw: string
}
/** A request without its number, which is given when it is sent. */
type Numbered<Request> = Request extends unknown ? Omit<Request, 'request'> : never
export type Question = Numbered<PaperWireRequest>

export interface Asking {
  /** `maySend` is asked after everything else is ready, immediately before the bytes are written. */
  readonly ask: (
    question: Question,
    maySend: () => boolean,
  ) => Promise<E.Either<NotSent | VenueSilent, Heard>>
  /** Whether somebody was waiting for it. */
  readonly hear: (heard: Heard) => boolean
  /** Whoever waits is told that no answer will come. */
  readonly silence: (detail: string) => void
}

const waitingMax = 10_000

export const openAsking = (line: () => Line, answerMsMax: number): Asking => {
  interface Waiting {
    readonly settle: (outcome: E.Either<VenueSilent, Heard>) => void
    readonly timer: NodeJS.Timeout
  }
  const waiting = new Map<number, Waiting>()
  let last = 0
  const settle = (request: number, outcome: E.Either<VenueSilent, Heard>): boolean => {
    const found = waiting.get(request)
    if (found === undefined) return false
    waiting.delete(request)
    clearTimeout(found.timer)
    found.settle(outcome)
    return true
  }
  return {
    ask: async (question, maySend) => {
      if (!line().isOpen()) return notSent('not connected to the paper venue')
      if (waiting.size >= waitingMax) return notSent('too many requests wait for an answer')
      last += 1
      const request = last
      const text = encodeRequest({ ...question, request } as PaperWireRequest)
      if (!maySend()) return notSent('the time in which it might be sent is over')
      line().send(text)
      return new Promise((resolve) => {
        const late = `no answer within ${String(answerMsMax)} ms`
        const timer = setTimeout(() => {
          settle(request, silent(late))
          // Whatever keeps this answer may keep the next ones as well.
          line().cut(late)
        }, answerMsMax)
        waiting.set(request, { settle: resolve, timer })
      })
    },
    hear: (heard) => {
      const { request } = heard.answer
      return request !== undefined && settle(request, E.right(heard))
    },
    silence: (detail) => {
      for (const request of waiting.keys()) settle(request, silent(detail))
    },
  }
}

const notSent = (detail: string): E.Either<NotSent, never> => E.left({ _tag: 'NotSent', detail })
export const silent = (detail: string): E.Either<VenueSilent, never> =>
  E.left({ _tag: 'VenueSilent', detail })
