/** All that this process keeps in memory of the log and the market; one subscription and one feed fill it. */
import * as E from 'fp-ts/lib/Either.js'
import { backOffMs, pause } from '#apps/process/back-off'
import type { EventLog, LogPage, ReadFailure } from '#domain/kernel/event-log'
import { type PlausibleMarks, plausibleMarks } from '#domain/market/plausible'
import type { RecordedEvent } from '#schemas/envelope'
import type { HubFrame } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import { type Directory, directoryFilter, directoryFold } from './directory.ts'
import { type Progress, progressFold } from './progress.ts'
import { type RiskViewFold, riskViewFold } from './risk-view.ts'
import { type Watches, watchesOf } from './waiting.ts'

const pageEventsMax = 1_000

export interface Knowledge {
  readonly directory: Directory
  readonly watches: Watches
  readonly progress: Progress
  readonly risk: RiskViewFold
  readonly marks: PlausibleMarks
  /** What the market source offers; undefined until it has said so. */
  readonly offered: () => readonly MarketSymbol[] | undefined
  /** Whether the directory has been read up to where the log ended: before, nobody can be known. */
  readonly isComplete: () => boolean
  /** Reads the directory from the whole log, however long it takes, and answers from where the log is to be followed. */
  readonly learn: (
    log: Pick<EventLog, 'readAll'>,
    stopping: AbortSignal,
    onWaiting: (failure: ReadFailure) => void,
  ) => Promise<bigint>
  /** Takes in the next stretch of the log, all at once: whoever is woken by it finds everything in place. */
  readonly hearLog: (page: LogPage) => void
  readonly hearMarket: (frame: HubFrame) => void
}

export const knowledge = (): Knowledge => {
  const directory = directoryFold()
  const watches = watchesOf()
  const progress = progressFold()
  const risk = riskViewFold()
  const marks = plausibleMarks()
  let offered: readonly MarketSymbol[] | undefined
  let complete = false
  const take = (recorded: RecordedEvent): void => {
    const { event } = recorded
    directory.apply(recorded)
    // As their guards do, from the first: what is believed of a price depends on what was heard before.
    if (event.type === 'BookOpened' || event.type === 'RiskLimitsSet')
      marks.by(event.limits.maxMarkJump)
  }
  return {
    directory,
    watches,
    progress,
    risk,
    marks,
    offered: () => offered,
    isComplete: () => complete,
    learn: async (log, stopping, onWaiting) => {
      let position = 0n
      for (let failures = 0; !stopping.aborted && !complete; ) {
        const page = await log.readAll(position, directoryFilter, pageEventsMax)
        if (E.isRight(page)) {
          page.right.events.forEach(take)
          position = page.right.upTo
          complete = page.right.atHead
          failures = 0
        } else {
          onWaiting(page.left)
          await pause(backOffMs(failures, 100, 2_000), stopping)
          failures += 1
        }
      }
      progress.moveTo(position)
      return position
    },
    hearLog: ({ events, upTo }) => {
      events.forEach(take)
      risk.hear(events)
      progress.moveTo(upTo)
      for (const recorded of events) watches.hear(recorded)
    },
    hearMarket: (frame) => {
      if (frame.type === 'welcome') offered = frame.symbols
      marks.hear(frame)
    },
  }
}
