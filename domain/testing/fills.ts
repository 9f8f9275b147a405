/** Instruments and fills for tests of the books. */
import type { PositionFill } from '#domain/books/position'
import { fc } from '#testing/prop'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import { parseDecimal } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { InstrumentKind, InstrumentTerms, Side } from '#schemas/values/trading'

const parsed = (text: string, places: number): bigint => {
  const value = parseDecimal(text, places)
  if (value._tag === 'Left') throw new Error(`not a decimal: ${text}`)
  return value.right
}
export const price = (text: string): Price => parsed(text, 18) as Price
export const quantity = (text: string): Quantity => parsed(text, 18) as Quantity
export const amount = (text: string): Amount => parsed(text, 36) as Amount

const btc = 'BTC' as Currency
const usd = 'USD' as Currency
const usdt = 'USDT' as Currency
const bnb = 'BNB' as Currency

export const spot: InstrumentTerms = {
  kind: 'spot',
  base: btc,
  quote: usdt,
  settle: usdt,
  contractSize: quantity('1'),
}
export const linear: InstrumentTerms = { ...spot, kind: 'linear' }
/** 100 USD a contract, paid in BTC. */
export const inverse: InstrumentTerms = {
  kind: 'inverse',
  base: btc,
  quote: usd,
  settle: btc,
  contractSize: quantity('100'),
}
export const instruments: Readonly<Record<InstrumentKind, InstrumentTerms>> = {
  spot,
  linear,
  inverse,
}

/** A fill in words: `bought('0.5', '64000')`; the fee is in USDT where nothing else is said. */
const traded =
  (side: Side) =>
  (size: string, at: string, fee = '0', currency: string = usdt): PositionFill => ({
    side,
    quantity: quantity(size),
    price: price(at),
    fee: { currency: currency as Currency, amount: amount(fee) },
  })
export const bought = traded('buy')
export const sold = traded('sell')

/** Round and awkward: a few whole ones, a lot's multiple, or all 18 places. */
const anyUnits = (max: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: 1n, max: 5n }).map((n) => n * 10n ** 18n),
    fc.bigInt({ min: 1n, max: 1_000_000n }).map((n) => n * 10n ** 13n),
    fc.bigInt({ min: 1n, max }),
  )
export const anyQuantity = anyUnits(3n * 10n ** 19n) as fc.Arbitrary<Quantity>
export const anyPrice = anyUnits(10n ** 23n) as fc.Arbitrary<Price>

const anyFeeIn = (currencies: readonly Currency[]) =>
  fc.record({
    currency: fc.constantFrom(...currencies),
    // In 18 places, as a coin's fee is, and small beside the quantities; below 0 is a rebate.
    amount: fc
      .bigInt({ min: -(10n ** 10n), max: 10n ** 12n })
      .map((n) => (n * 10n ** 18n) as Amount),
  })

/** Fees in the quote, in a third currency and, where that is asked for, in the traded coin itself. */
export const anyFill = (fees: 'aside' | 'inKindToo'): fc.Arbitrary<PositionFill> =>
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: anyQuantity,
    price: anyPrice,
    fee: anyFeeIn(fees === 'aside' ? [usdt, bnb] : [usdt, bnb, btc]),
  })
export const anyFills = (
  fees: 'aside' | 'inKindToo',
  maxLength = 12,
): fc.Arbitrary<readonly PositionFill[]> => fc.array(anyFill(fees), { maxLength })
export const anyInstrument = fc.constantFrom(spot, linear, inverse)
