/** What a test may tell a scripted venue, and what it remembers. */
import * as E from 'fp-ts/lib/Either.js'
import type { Owner } from '#apps/gateway/testing/world'
import type {
  PlaceFailure,
  VenueCapabilities,
  VenueInstrument,
  VenueOrder,
  VenueOrderState,
  VenueReport,
  VenueSilent,
} from '#domain/kernel/venue'
import { zeroQuantity } from '#domain/values/decimal'
import { amount, instrument, price, quantity, reason, symbol } from '#domain/testing/orders'
import type { VenueOrderId } from '#schemas/values/ids'
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

export type PlacedTerms = Pick<VenueOrderState, 'account' | 'symbol' | 'side' | 'quantity'> &
  Partial<VenueOrderState>
/** An order as the venue has it once it was placed. */
export const orderAtVenue = (
  venueOrderId: string,
  terms: PlacedTerms,
  stamp: Pick<VenueOrderState, 'venueAt' | 'receivedAt' | 'payloadHash'>,
): VenueOrderState => {
  const { account, symbol: of, side, quantity: size, clientOrderId } = terms
  const { limitPrice, stopPrice, expireAt } = terms
  return {
    venueOrderId: venueOrderId as VenueOrderId,
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    account,
    symbol: of,
    side,
    orderType: terms.orderType ?? 'market',
    timeInForce: terms.timeInForce ?? 'ioc',
    quantity: size,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    ...(expireAt === undefined ? {} : { expireAt }),
    postOnly: terms.postOnly ?? false,
    reduceOnly: terms.reduceOnly ?? false,
    status: 'open',
    filledTotal: zeroQuantity,
    ...stamp,
  }
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

/** A venue that keeps deadlines and answers for good. */
export const plainCapabilities: VenueCapabilities = {
  requestWindowMs: 0,
  settlingMs: 0,
  notFoundIsFinal: true,
  honoursDeadline: true,
}
