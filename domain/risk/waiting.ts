/** What was asked for and waits for its decision: orders, and amendments of orders, in the order of the log. */
import type { HeldAmendment } from '#domain/risk/amendments'
import type { HeldOrder, Holdings } from '#domain/risk/holdings'
import type { RecordedEvent } from '#schemas/envelope'
import type { BookId } from '#schemas/values/ids'

export type Waiting = HeldOrder | HeldAmendment
export const isAmendment = (waiting: Waiting): waiting is HeldAmendment => 'amendmentId' in waiting
/** The event that a decision about it answers. */
export const askedBy = (waiting: Waiting): RecordedEvent =>
  isAmendment(waiting) ? waiting.asked : waiting.intent

export const waitingIn = (
  { waiting, amendmentsWaiting }: Pick<Holdings, 'waiting' | 'amendmentsWaiting'>,
  book: BookId,
): Iterable<Waiting> => {
  const [orders, amendments] = [waiting(book), amendmentsWaiting(book)]
  if (amendments.size === 0) return orders.values()
  const all: readonly Waiting[] = [...orders.values(), ...amendments.values()]
  return all.toSorted((a, b) => (askedBy(a).position < askedBy(b).position ? -1 : 1))
}
