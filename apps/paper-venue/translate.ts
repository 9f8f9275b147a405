/** What the matching keeps as it is said over the wire, and requests as the matching takes them. */
import type { PaperFunding, PaperOrder, PaperRequest, PaperTrade } from '#domain/matching/order'
import type { PlaceRequest, WireFunding, WireOrder, WireTrade } from '#schemas/paper/wire'
import type { TradeId, VenueOrderId } from '#schemas/values/ids'

export const paperRequest = (place: PlaceRequest): PaperRequest => {
  const { type: _, request: __, ...asked } = place
  return asked
}

export const wireOrder = (kept: PaperOrder): WireOrder => {
  const { id, placedAt: _, queuedAt: __, changedAt, ...order } = kept
  return { venueOrderId: id.toString() as VenueOrderId, ...order, at: changedAt }
}

export const wireTrade = (kept: PaperTrade): WireTrade => {
  const { id, orderId, print: _, ...trade } = kept
  const venueOrderId = orderId.toString() as VenueOrderId
  return { tradeId: id.toString() as TradeId, venueOrderId, ...trade }
}

export const wireFunding = ({ id, ...funding }: PaperFunding): WireFunding => ({
  number: id,
  ...funding,
})
