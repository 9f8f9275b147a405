/** Orders and trades of the matching as they are said over the wire, and requests as the matching takes them. */
import type { PaperOrder, PaperRequest, PaperTrade } from '#domain/matching/order'
import type { PlaceRequest, WireOrder, WireTrade } from '#schemas/paper/wire'
import type { TradeId, VenueOrderId } from '#schemas/values/ids'

export const paperRequest = (place: PlaceRequest): PaperRequest => {
  const { type: _, request: __, ...asked } = place
  return asked
}

export const wireOrder = (kept: PaperOrder): WireOrder => {
  const { id, placedAt: _, changedAt, ...order } = kept
  return {
    venueOrderId: id.toString() as VenueOrderId,
    ...order,
    postOnly: false,
    reduceOnly: false,
    at: changedAt,
  }
}

export const wireTrade = (kept: PaperTrade): WireTrade => {
  const { id, orderId, print: _, ...trade } = kept
  const venueOrderId = orderId.toString() as VenueOrderId
  return { tradeId: id.toString() as TradeId, venueOrderId, ...trade }
}
