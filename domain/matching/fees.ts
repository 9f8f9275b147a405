/** What a trade at the paper venue costs. */
import { notional } from '#domain/books/position'
import { scaleHalfEven } from '#domain/values/decimal'
import type { Price, Quantity, Ratio } from '#schemas/values/decimal'
import type { Fee, InstrumentTerms, Liquidity } from '#schemas/values/trading'

const tenThousandth = 10n ** 14n

/** 0.0002 for who makes the price, 0.0006 for who takes it, of the notional. */
export const feeRates: Readonly<Record<Liquidity, Ratio>> = {
  maker: (2n * tenThousandth) as Ratio,
  taker: (6n * tenThousandth) as Ratio,
}

/** In the quote currency, of contracts in the currency that they settle in. */
export const feeOf = (
  price: Price,
  quantity: Quantity,
  terms: InstrumentTerms,
  liquidity: Liquidity,
): Fee => ({
  currency: terms.kind === 'spot' ? terms.quote : terms.settle,
  amount: scaleHalfEven(notional(price, quantity, terms), feeRates[liquidity]),
})
