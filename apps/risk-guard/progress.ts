/** How far a guard is that has just started: told while it reads the log, and done at its end. */
import * as E from 'fp-ts/lib/Either.js'
import type { App } from '#apps/process/app'
import type { EventLog, LogPage } from '#domain/kernel/event-log'

export interface Replaying {
  readonly onPage: (page: LogPage) => Promise<void>
  /** Once the end of the log was reached for the first time. */
  readonly caughtUp: Promise<void>
}

/** Each step is told to everybody, and written down. */
const everyMs = 1_000

export const replaying = (
  { current, report }: Pick<App, 'current' | 'report'>,
  log: Pick<EventLog, 'head'>,
  onPage: Replaying['onPage'],
): Replaying => {
  let arrive = (): void => undefined
  const caughtUp = new Promise<void>((resolve) => (arrive = resolve))
  let toldAt = performance.now()
  let head = 0n
  const ask = async (): Promise<void> => {
    const asked = await log.head()
    if (E.isRight(asked)) head = asked.right
  }
  const tell = (upTo: bigint): void => {
    if (current().state !== 'replaying' || performance.now() - toldAt < everyMs) return
    toldAt = performance.now()
    ask().catch(() => undefined)
    if (head > upTo) report('replaying', upTo, `at ${upTo.toString()} of ${head.toString()}`)
  }
  ask().catch(() => undefined)
  return {
    caughtUp,
    onPage: async (page) => {
      await onPage(page)
      if (page.atHead) arrive()
      else tell(page.upTo)
    },
  }
}
