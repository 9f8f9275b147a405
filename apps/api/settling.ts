/** Holds an answer back until an order has come to something, as `Prefer: wait` asks. */
import type { Clock } from '#domain/kernel/clock'
import type { OrderStatus } from '#projections/order-status'
import type { OrderRow } from '#projections/orders'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventType, LedgerEvent } from '#schemas/events/ledger'
import { rowOf } from './order-history.ts'
import type { Watch } from './waiting.ts'

const underWay: readonly OrderStatus[] = ['pendingRisk', 'approved', 'submitting']
const passing: readonly EventType[] = [
  'OrderIntentRecorded',
  'OrderApproved',
  'OrderSubmissionStarted',
]
/** Whether an order that is under way may not be any more after it. */
export const settles = ({ type }: LedgerEvent): boolean => !passing.includes(type)

/** The order when it has left the states that are only passed through, when the time is up, or on the signal. */
export const settledRow = async (
  row: OrderRow,
  history: readonly RecordedEvent[],
  watch: Watch,
  waiting: {
    readonly seconds: number
    readonly clock: Pick<Clock, 'monotonicMs'>
    readonly gone: AbortSignal
  },
): Promise<OrderRow> => {
  const until = waiting.clock.monotonicMs() + waiting.seconds * 1000
  for (let now = row; ; ) {
    const heard = [...watch.events()]
    const left = until - waiting.clock.monotonicMs()
    const isOver = left <= 0 || waiting.gone.aborted
    if (isOver || heard.some(({ event }) => settles(event)))
      now = rowOf([...history, ...heard]) ?? now
    if (isOver || !underWay.includes(now.status)) return now
    await watch.moreThan(heard.length, left, waiting.gone)
  }
}
