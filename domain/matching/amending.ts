/**
 * Changes an open order. It keeps its turn only where nothing but its quantity shrinks, as on CME, Binance and Kraken.
 * One that has filled as much as it is to be ends, as on Binance: whoever asked for less does not want more.
 */
import { refusal, refusalOf } from '#domain/matching/acceptance'
import type { Floor } from '#domain/matching/floor'
import { type PaperAmendment, type PaperOrder, waitsForItsPrice } from '#domain/matching/order'
import { lateness, refusalNow } from '#domain/matching/placing'
import { takeWithin } from '#domain/matching/taking'
import type { Instant } from '#schemas/values/instant'
import type { Reason } from '#schemas/values/trading'

/** Why it is refused, and stays as it was; undefined: it is done. */
export const amend = (
  floor: Floor,
  quoteAgeMsMax: number,
  order: PaperOrder,
  amendment: PaperAmendment,
  at: Instant,
): Reason | undefined => {
  const pit = floor.offer(order.symbol)
  const wanted = amended(order, amendment, at)
  const reason =
    lateness(amendment.sendBy, at) ??
    refusalOf(wanted, pit.instrument, at) ??
    tooLate(order, wanted)
  if (reason !== undefined) return reason
  if (wanted.quantity <= order.filledTotal) {
    floor.record({ order: { ...order, status: 'cancelled', changedAt: at }, trades: [] })
    return undefined
  }
  const refusedNow = refusalNow(floor, pit, wanted, order)
  if (refusedNow !== undefined) return refusedNow
  const isRepriced = wanted.limitPrice !== order.limitPrice
  const meets = isRepriced && !waitsForItsPrice(wanted)
  const meeting = { floor, pit, market: pit.tape.market(at, quoteAgeMsMax), at }
  floor.record(meets ? takeWithin(meeting, wanted) : { order: wanted, trades: [] })
  return undefined
}

const amended = (order: PaperOrder, amendment: PaperAmendment, at: Instant): PaperOrder => {
  const { limitPrice: _, stopPrice: __, ...kept } = order
  const { quantity, limitPrice, stopPrice } = amendment
  const keepsTurn =
    quantity <= order.quantity && limitPrice === order.limitPrice && stopPrice === order.stopPrice
  return {
    ...kept,
    quantity,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    queuedAt: keepsTurn ? order.queuedAt : at,
    changedAt: at,
  }
}

const tooLate = (order: PaperOrder, wanted: PaperOrder): Reason | undefined =>
  order.triggered === true && wanted.stopPrice !== order.stopPrice
    ? refusal('invalid', 'its stop price was reached: it has none to change any more')
    : undefined
