/** What the log says of storing: when it stops working and when it works again, not every time. */
import type { Logger } from 'pino'
import type { TickFailure } from '#adapters/postgres/ticks'

export interface Diary {
  readonly failed: (failure: TickFailure, waiting: number) => void
  readonly dropped: (waiting: number) => void
  /** `dropped`: how many in all. */
  readonly stored: (dropped: number) => void
  readonly stopped: (dropped: number) => void
}

export const diaryOf = (logger: Pick<Logger, 'info' | 'warn' | 'error'>): Diary => {
  let failing: TickFailure['_tag'] | undefined
  let isDropping = false
  let droppedBefore = 0
  return {
    failed: ({ _tag, detail }, waiting) => {
      if (failing === _tag) return
      failing = _tag
      if (_tag === 'TicksRefused') {
        logger.error({ detail, waiting }, 'the database refuses ticks: these are dropped')
      } else {
        logger.warn({ detail, waiting }, 'ticks cannot be stored: they wait, and are told as ever')
      }
    },
    dropped: (waiting) => {
      if (isDropping) return
      isDropping = true
      logger.warn({ waiting }, 'ticks are dropped, for too many wait to be stored')
    },
    stored: (dropped) => {
      if (failing !== undefined || isDropping) {
        logger.info({ dropped: dropped - droppedBefore }, 'ticks are stored again')
      }
      failing = undefined
      isDropping = false
      droppedBefore = dropped
    },
    stopped: (dropped) => {
      if (dropped === droppedBefore) return
      logger.warn({ dropped: dropped - droppedBefore }, 'ticks that waited were not stored')
    },
  }
}
