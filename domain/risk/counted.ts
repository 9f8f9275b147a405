/** The orders of a book that count: what of each may still fill, and where it stands in the market. */
import type { Cell, CellKey } from '#domain/risk/cell'
import { standsIn, worstClaimOf } from '#domain/risk/claims'
import type { Desk } from '#domain/risk/desk'
import type { HeldOrder, Holdings } from '#domain/risk/holdings'
import type { Claim } from '#domain/risk/load'
import type { Stand } from '#domain/risk/resting'
import type { OrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

export interface Counted {
  readonly cell: Cell
  readonly terms: Terms
  readonly claim: Claim
  readonly stands: readonly Stand[]
  readonly open: number
  readonly unknown: number
}

interface Known {
  readonly desk: Desk
  readonly holdings: Holdings
}
/** An order counts once it is approved, however that is known, until both folds say that nothing can fill. */
export const countedOf = (
  { desk, holdings }: Known,
  order: HeldOrder,
  cellAt: (key: CellKey) => Cell,
): Counted | undefined => {
  const approved = desk.outcomeOf(order.orderId) === 'approved'
  if (order.stage === 'intended' && !approved) return undefined
  return {
    cell: cellAt(order.terms),
    terms: order.terms,
    claim: worstClaimOf(desk, holdings, order),
    stands: standsIn(desk, holdings, order),
    open: order.stage === 'ended' ? 0 : 1,
    unknown: isUnknown(holdings, order) ? 1 : 0,
  }
}
/** Its own outcome, or that of an amendment. */
const isUnknown = (
  holdings: Pick<Holdings, 'amendments'>,
  { orderId, stage }: HeldOrder,
): boolean => {
  if (stage === 'unknown') return true
  for (const amendment of holdings.amendments(orderId).values())
    if (amendment.stage === 'unknown') return true
  return false
}

/** Their ids begin with their time; the order in which they were counted is not that of the log. */
export const ordersBeside = (
  orders: ReadonlyMap<OrderId, Counted>,
  terms: Terms,
): readonly OrderId[] =>
  [...orders]
    .filter(([, { claim, terms: other }]) => claim.quantity > 0n && isBeside(other, terms))
    .map(([id]) => id)
    .toSorted()
const isBeside = (a: Terms, b: Terms): boolean =>
  a.account === b.account &&
  a.venue === b.venue &&
  a.symbol === b.symbol &&
  a.strategy === b.strategy &&
  a.side === b.side
