/** What a test may tell a scripted venue, and what it remembers. */
import type { VenueInstrument, VenueOrder } from '#domain/kernel/venue'
import { amount, instrument, price, quantity, symbol } from '#domain/testing/orders'
import type { Instant } from '#schemas/values/instant'

/** What becomes of one request to place, at the venue and on the way back. */
export interface PlaceScript {
  /** `lost`: the request never arrives. */
  readonly effect: 'rest' | 'fill' | 'fillHalf' | 'expireHalf' | 'refuse' | 'throttle' | 'lost'
  /** `silence`: the answer never comes back. */
  readonly answer: 'answer' | 'silence'
}
/** One request to place whose bytes left a gateway. */
export interface WireAttempt {
  readonly by: string
  readonly order: VenueOrder
  readonly leftAtMs: number
  readonly leftAt: Instant
  /** How many events were on the log when its first byte left. */
  readonly logHead: bigint
}

export const bitcoin: VenueInstrument = {
  symbol,
  terms: instrument,
  rules: {
    tickSize: price('0.01'),
    lotSize: quantity('0.00001'),
    quantityMin: quantity('0.00001'),
    notionalMin: amount('5'),
    orderTypes: ['market', 'limit'],
  },
}
