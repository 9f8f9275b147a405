/**
 * What of an order may still fill, at worst, while an amendment of it is under way and nobody knows which of both
 * it is. For each sum the larger of the two counts: of the quantities, and of what it pays. Both in full would
 * deny what a trader may well do, for only one of them is ever at the venue; and one of them whole understates
 * where the price goes down and the quantity up. Of a stop order the larger quantity counts at whichever price is
 * worth more: a stop counts by its price as the market moves, and what is more then may be less now. What has
 * filled counts against both, for the venue has had it either way.
 */
import type { HeldAmendment } from '#domain/risk/amendments'
import type { Desk } from '#domain/risk/desk'
import { type HeldOrder, type Holdings, remainingOf } from '#domain/risk/holdings'
import { type Claim, claimOf } from '#domain/risk/load'
import { type Stand, standsOf } from '#domain/risk/resting'
import { larger, lessQuantity, smaller } from '#domain/values/decimal'
import type { Price } from '#schemas/values/decimal'
import type { InstrumentKind, Terms } from '#schemas/values/trading'

type Kinds = Pick<Holdings, 'termsOf'>

/** Of an order in its book: what it is, and what every amendment that was approved or sent may have made of it. */
export const worstClaimOf = (
  desk: Pick<Desk, 'amendOutcomeOf'>,
  holdings: Kinds & Pick<Holdings, 'amendments'>,
  order: HeldOrder,
): Claim => {
  const own = claimOf(order.terms, remainingOf(order))
  if (order.stage === 'ended') return own
  const amendments = holdings.amendments(order.orderId)
  if (amendments.size === 0) return own
  return [...amendments.values()]
    .filter((each) => mayBeDone(desk, each))
    .reduce((worst, { terms }) => worseOf(worst, amendedClaim(order, terms), holdings, terms), own)
}
/** Where it may stand in the market, by itself and by those amendments. */
export const standsIn = (
  desk: Pick<Desk, 'amendOutcomeOf'>,
  holdings: Pick<Holdings, 'amendments'>,
  order: HeldOrder,
): readonly Stand[] => {
  if (order.stage === 'ended') return []
  const amendments = holdings.amendments(order.orderId)
  if (amendments.size === 0) return standsOf(order.terms)
  const may = [...amendments.values()].filter((each) => mayBeDone(desk, each))
  return [order, ...may].flatMap(({ terms }) => standsOf(terms))
}
/** What may still fill of it if these were its terms. */
export const worstClaimWith = (holdings: Kinds, order: HeldOrder, terms: Terms): Claim =>
  worseOf(
    claimOf(order.terms, remainingOf(order)),
    amendedClaim(order, terms),
    holdings,
    order.terms,
  )

const mayBeDone = (
  desk: Pick<Desk, 'amendOutcomeOf'>,
  { amendmentId, stage }: HeldAmendment,
): boolean => stage !== 'requested' || desk.amendOutcomeOf(amendmentId) === 'approved'

const amendedClaim = ({ filled }: HeldOrder, terms: Terms): Claim =>
  claimOf(terms, lessQuantity(terms.quantity, filled))

const worseOf = (a: Claim, b: Claim, { termsOf }: Kinds, { venue, symbol }: Terms): Claim => {
  const price = dearerOf(a.price, b.price, termsOf(venue, symbol)?.kind)
  return {
    side: a.side,
    quantity: larger(a.quantity, b.quantity),
    market: a.market,
    cost: larger(a.cost, b.cost),
    ...(price === undefined ? {} : { price }),
  }
}
/** An inverse contract is worth more the lower its price. */
const dearerOf = (
  a: Price | undefined,
  b: Price | undefined,
  kind: InstrumentKind | undefined,
): Price | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return kind === 'inverse' ? smaller(a, b) : larger(a, b)
}
