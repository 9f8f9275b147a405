/** Asks the event log until it answers, and says meanwhile why it is waited for. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadFailure } from '#domain/kernel/event-log'
import type { App } from './app.ts'
import { backOffMs, pause } from './back-off.ts'
import { whyNot } from './follow.ts'

const firstBackOffMs = 50
const mostBackOffMs = 2_000

/** `stopped`: the app was told to stop before it was answered. */
export const insist = async <A>(
  { stopping, report, logger }: Pick<App, 'stopping' | 'report' | 'logger'>,
  ask: () => Promise<E.Either<ReadFailure, A>>,
): Promise<A | 'stopped'> => {
  for (let failures = 0; !stopping.aborted; failures += 1) {
    const answer = await ask()
    if (E.isRight(answer)) return answer.right
    const why = whyNot(answer.left)
    if (failures === 0) logger.warn(answer.left, why)
    report('waiting', undefined, why)
    await pause(backOffMs(failures, firstBackOffMs, mostBackOffMs), stopping)
  }
  return 'stopped'
}
