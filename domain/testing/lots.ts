/** Average cost told naively: every lot is kept, a close takes the same fraction of each, nothing is rounded. */
import {
  fromFixed,
  inverse,
  magnitude,
  minus,
  plus,
  type Rational,
  times,
  zero,
} from '#domain/testing/rational'
import type { PositionFill } from '#domain/books/position'
import type { InstrumentTerms } from '#schemas/values/trading'

interface Lot {
  readonly quantity: Rational
  readonly price: Rational
}
export interface LotBook {
  readonly lots: readonly Lot[]
  readonly realised: Rational
}
export const noLots: LotBook = { lots: [], realised: zero }

export const heldIn = ({ lots }: LotBook): Rational =>
  lots.reduce((sum, lot) => plus(sum, lot.quantity), zero)

/** What one lot gains from its price to another. */
const gain = (lot: Lot, exit: Rational, { kind, contractSize }: InstrumentTerms): Rational => {
  const difference =
    kind === 'inverse' ? minus(inverse(lot.price), inverse(exit)) : minus(exit, lot.price)
  return times(times(lot.quantity, fromFixed(contractSize, 18)), difference)
}

export const worthOf = (
  quantity: Rational,
  price: Rational,
  { kind, contractSize }: InstrumentTerms,
): Rational =>
  times(times(quantity, fromFixed(contractSize, 18)), kind === 'inverse' ? inverse(price) : price)

export const costIn = (book: LotBook, instrument: InstrumentTerms): Rational =>
  book.lots.reduce((sum, lot) => plus(sum, worthOf(lot.quantity, lot.price, instrument)), zero)

export const fillLots = (
  book: LotBook,
  fill: PositionFill,
  instrument: InstrumentTerms,
): LotBook => {
  const traded = fromFixed(fill.side === 'buy' ? fill.quantity : 0n - fill.quantity, 18)
  const inKind = instrument.kind === 'spot' && fill.fee.currency === instrument.base
  const change = inKind ? minus(traded, fromFixed(fill.fee.amount, 36)) : traded
  const price = fromFixed(fill.price, 18)
  const held = heldIn(book)
  if (change.over === 0n) return book
  if (held.over === 0n || held.over > 0n === change.over > 0n) {
    return { ...book, lots: [...book.lots, { quantity: change, price }] }
  }
  const fraction = times(magnitude(change), inverse(magnitude(held)))
  const share = fraction.over < fraction.under ? fraction : { over: 1n, under: 1n }
  const closed = book.lots.map((lot) => ({ ...lot, quantity: times(lot.quantity, share) }))
  const rest = book.lots.map((lot, n) => ({
    ...lot,
    quantity: minus(lot.quantity, closed[n]?.quantity ?? zero),
  }))
  const realised = closed.reduce(
    (sum, lot) => plus(sum, gain(lot, price, instrument)),
    book.realised,
  )
  const left = plus(held, change)
  if (left.over === 0n) return { lots: [], realised }
  return fraction.over <= fraction.under
    ? { lots: rest, realised }
    : { lots: [{ quantity: left, price }], realised }
}
