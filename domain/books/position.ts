/** One holding, from fills: average cost with kept cost basis, so that nothing drifts. */
import {
  abs,
  amountOf,
  contractPriceHalfEven,
  inverseAmountHalfEven,
  inversePriceHalfEven,
  quantityHalfEven,
  scaleHalfEven,
  shareHalfEven,
  signed,
} from '#domain/values/decimal'
import {
  type Amount,
  type Price,
  placesOfQuantity,
  type Quantity,
  type SignedQuantity,
} from '#schemas/values/decimal'
import type { Fee, InstrumentTerms, Side } from '#schemas/values/trading'

/** What a holding is, in the instrument's quote currency (spot, linear) or settle currency (inverse). */
export interface Position {
  /** Above 0 long, below 0 short. */
  readonly quantity: SignedQuantity
  /** What the open quantity cost: above 0 long, below 0 short; exactly 0 when flat. */
  readonly costBasis: Amount
  /** Over all closes so far, before fees. */
  readonly realisedPnl: Amount
}

/** The part of a fill that changes a holding. */
export interface PositionFill {
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Fee
}

export const flat: Position = {
  quantity: 0n as SignedQuantity,
  costBasis: 0n as Amount,
  realisedPnl: 0n as Amount,
}

/**
 * The holding after a fill. What reduces it takes its share of the cost out; what is left of the fill
 * opens the other side at the fill's price. The last of a holding takes all of its cost.
 */
export const applyFill = (
  position: Position,
  fill: PositionFill,
  instrument: InstrumentTerms,
): Position => {
  const change = quantityChange(fill, instrument)
  const closed = closedQuantity(position, change)
  const paid = notional(fill.price, change, instrument)
  const costTaken = shareOf(position.costBasis, closed, position.quantity)
  const proceeds = (0n - shareOf(paid, closed, change)) as Amount
  const gain = gainOf(costTaken, proceeds, instrument)
  return {
    quantity: (position.quantity + change) as SignedQuantity,
    costBasis: (position.costBasis - costTaken + paid + proceeds) as Amount,
    realisedPnl: (position.realisedPnl + gain) as Amount,
  }
}

/** By how much a fill changes the holding: a fee in a spot's base currency is taken from it (or given to it). */
export const quantityChange = (fill: PositionFill, instrument: InstrumentTerms): SignedQuantity => {
  const traded = signed(fill.side, fill.quantity)
  return feeIsInKind(fill.fee, instrument)
    ? ((traded - quantityHalfEven(fill.fee.amount)) as SignedQuantity)
    : traded
}

/** A fee in the very thing that is held. A contract's count is never changed by one. */
export const feeIsInKind = (fee: Fee, instrument: InstrumentTerms): boolean =>
  instrument.kind === 'spot' && fee.currency === instrument.base

/** How much of a holding a change of the other sign closes; never more than there is. */
export const closedQuantity = (position: Position, change: SignedQuantity): Quantity => {
  if (position.quantity > 0n === change > 0n) return 0n as Quantity
  const held = abs(position.quantity)
  const against = abs(change)
  return (held < against ? held : against) as Quantity
}

/** What so much is worth at a price, with the sign of the quantity, in the currency of the cost basis. */
export const notional = (
  price: Price,
  quantity: Quantity | SignedQuantity,
  { kind, contractSize }: InstrumentTerms,
): Amount => {
  if (kind === 'inverse') return inverseAmountHalfEven(quantity, contractSize, price)
  const amount = amountOf(price, quantity)
  return contractSize === wholeContract ? amount : scaleHalfEven(amount, contractSize)
}

/** What the holding would realise if it were closed at this price, before fees. */
export const unrealisedPnl = (
  position: Position,
  price: Price,
  instrument: InstrumentTerms,
): Amount => gainOf(position.costBasis, notional(price, position.quantity, instrument), instrument)

/** Cost per unit, for showing; harmonic for inverse contracts. Undefined when flat. */
export const averagePrice = (
  { quantity, costBasis }: Pick<Position, 'quantity' | 'costBasis'>,
  { kind, contractSize }: Pick<InstrumentTerms, 'kind' | 'contractSize'>,
): Price | undefined => {
  if (quantity === 0n) return undefined
  if (kind !== 'inverse') return contractPriceHalfEven(costBasis, quantity, contractSize)
  return costBasis === 0n ? undefined : inversePriceHalfEven(quantity, contractSize, costBasis)
}

/** The currency of cost and PnL. */
export const pnlCurrency = ({ kind, quote, settle }: InstrumentTerms): InstrumentTerms['quote'] =>
  kind === 'spot' ? quote : settle

const wholeContract = 10n ** BigInt(placesOfQuantity)

/** An inverse contract pays in what it is counted against: it gains where its worth falls. */
const gainOf = (cost: Amount, worth: Amount, { kind }: InstrumentTerms): Amount =>
  (kind === 'inverse' ? cost - worth : worth - cost) as Amount

/** The part of an amount, all of it where the part is the whole, so that no remainder is left behind. */
const shareOf = (amount: Amount, part: Quantity, whole: SignedQuantity): Amount => {
  const size = abs(whole)
  if (part === 0n) return 0n as Amount
  return part === size ? amount : shareHalfEven(amount, part, size)
}
