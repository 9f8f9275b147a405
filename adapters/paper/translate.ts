/** The paper venue's words in ours, and ours in its. */
import type {
  VenueFunding,
  VenueOrder,
  VenueOrderState,
  VenueReport,
  VenueTrade,
} from '#domain/kernel/venue'
import type { PaperNews, WireFunding, WireOrder, WireTrade } from '#schemas/paper/wire'
import type { MarketSymbol, Sha256 } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Question } from './asking.ts'

/** When it reached us, and the hash of the bytes in which it did. */
export interface Receipt {
  readonly receivedAt: Instant
  readonly payloadHash: Sha256
}

export const orderState = (wire: WireOrder, receipt: Receipt): VenueOrderState => {
  const { at, reduceOnly, ...order } = wire
  const flag = isContract(order.symbol) ? { reduceOnly } : {}
  return { ...order, ...flag, venueAt: at, ...receipt }
}

export const venueTrade = ({ at, ...trade }: WireTrade, receipt: Receipt): VenueTrade => ({
  ...trade,
  venueAt: at,
  ...receipt,
})

export const venueFunding = (wire: WireFunding, receipt: Receipt): VenueFunding => {
  const { at, number: _, ...funding } = wire
  return { ...funding, venueAt: at, ...receipt }
}

/** What a frame tells unasked. */
export const newsOf = (news: PaperNews, receipt: Receipt): VenueReport => {
  switch (news.type) {
    case 'orderChanged':
      return { type: 'order', order: orderState(news.order, receipt) }
    case 'tradeMade':
      return { type: 'trade', trade: venueTrade(news.trade, receipt) }
    case 'fundingBooked':
      return { type: 'funding', funding: venueFunding(news.funding, receipt) }
  }
}

/** The strategy and the venue's own name are nothing to the venue. */
export const placing = ({ clientOrderId, terms, sendBy }: VenueOrder): Question => {
  const { strategy: _, venue: __, ...asked } = terms
  const reduceOnly = terms.reduceOnly && isContract(terms.symbol)
  return { type: 'place', clientOrderId, ...asked, reduceOnly, sendBy }
}
/** A spot market knows no positions: that an order there only reduces is held to by the guard alone. */
const isContract = (symbol: MarketSymbol): boolean => symbol.includes(':')
