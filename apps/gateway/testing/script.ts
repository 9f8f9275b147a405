/** What a test may tell a scripted venue, and what it remembers. */
import * as E from 'fp-ts/lib/Either.js'
import type { Owner } from '#apps/gateway/testing/world'
import type {
  PlaceFailure,
  VenueInstrument,
  VenueOrder,
  VenueReport,
  VenueSilent,
} from '#domain/kernel/venue'
import { amount, instrument, price, quantity, reason, symbol } from '#domain/testing/orders'
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

export interface Listener {
  readonly owner: Owner
  readonly hear: (report: VenueReport) => void
}

export const silent = E.left<VenueSilent>({ _tag: 'VenueSilent', detail: 'nothing came back' })
export const refused = (code: string, message: string) =>
  E.left<PlaceFailure>({ _tag: 'VenueRefused', reason: reason(code, message) })

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
