/** What money moves, in which currency, when an account trades or is funded. */
import { type PositionFill } from '#domain/books/position'
import { amountFromQuantity, amountOf, negateAmount, signed } from '#domain/values/decimal'
import type { Amount } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'

/** Above 0 it comes into the account, below 0 it leaves it. */
export interface CashMovement {
  readonly currency: Currency
  readonly amount: Amount
}

/**
 * The movements of a fill, one for each currency that moves, the traded first and the fee last (merged
 * where they share a currency). Spot exchanges quote for base; a contract pays only what was realised.
 */
export const cashOfFill = (
  fill: PositionFill,
  realisedPnl: Amount,
  instrument: InstrumentTerms,
): readonly CashMovement[] =>
  merged([...cashOfTrade(fill, realisedPnl, instrument), cashOfFee(fill)]).filter(
    ({ amount }) => amount !== 0n,
  )

export const cashOfDeposit = (deposit: CashMovement): readonly CashMovement[] => [
  { currency: deposit.currency, amount: deposit.amount },
]

export const cashOfWithdrawal = ({ currency, amount }: CashMovement): readonly CashMovement[] => [
  { currency, amount: negateAmount(amount) },
]
/** Received above 0. */
export const cashOfFunding = ({ currency, amount }: CashMovement): readonly CashMovement[] =>
  amount === 0n ? [] : [{ currency, amount }]

const cashOfTrade = (
  { side, quantity, price }: PositionFill,
  realisedPnl: Amount,
  { kind, base, quote, settle }: InstrumentTerms,
): readonly CashMovement[] => {
  if (kind !== 'spot') return [{ currency: settle, amount: realisedPnl }]
  const bought = signed(side, quantity)
  return [
    { currency: quote, amount: negateAmount(amountOf(price, bought)) },
    { currency: base, amount: amountFromQuantity(bought) },
  ]
}

const cashOfFee = ({ fee }: PositionFill): CashMovement => ({
  currency: fee.currency,
  amount: negateAmount(fee.amount),
})

const merged = (movements: readonly CashMovement[]): readonly CashMovement[] =>
  movements.reduce<readonly CashMovement[]>((sums, { currency, amount }) => {
    const at = sums.findIndex((sum) => sum.currency === currency)
    const earlier = sums[at]
    return earlier === undefined
      ? [...sums, { currency, amount }]
      : sums.with(at, { currency, amount: (earlier.amount + amount) as Amount })
  }, [])
