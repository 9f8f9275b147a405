/** Double entry: what transfers, fills, fees and funding debit and credit, so that each currency sums to zero. */
import {
  type CashMovement,
  cashOfDeposit,
  cashOfFill,
  cashOfFunding,
  cashOfWithdrawal,
} from '#domain/books/cash'
import {
  feeIsInKind,
  notional,
  pnlCurrency,
  type Position,
  type PositionFill,
  quantityChange,
} from '#domain/books/position'
import { amountFromQuantity, amountOf, negateAmount, signed } from '#domain/values/decimal'
import type { Amount } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'

/**
 * The chart of accounts, kept for each trading account.
 * - cash: what the account has of a currency, coins too.
 * - capital: what was brought in, less what was taken out.
 * - positionCost: what the open holdings cost.
 * - unitsExchanged: coins that trading brought or took; their worth stands under positionCost.
 * - contractObligation: the other side of a contract's cost, which nobody has paid.
 * - realisedPnl: gains are credits.
 * - fees: paid are debits.
 * - feesInKind: fees taken from the traded coin, at the fill's price.
 * - funding: what holders of perpetual contracts pay each other; received are credits. No part of realisedPnl.
 */
export const accountCodes = [
  'cash',
  'capital',
  'positionCost',
  'unitsExchanged',
  'contractObligation',
  'realisedPnl',
  'fees',
  'feesInKind',
  'funding',
] as const
export type AccountCode = (typeof accountCodes)[number]

/** Above 0 a debit, below 0 a credit. */
export interface Posting {
  readonly code: AccountCode
  readonly currency: Currency
  readonly amount: Amount
}

export const postingsOfDeposit = (deposit: CashMovement): readonly Posting[] =>
  against('capital', cashOfDeposit(deposit))
export const postingsOfWithdrawal = (withdrawal: CashMovement): readonly Posting[] =>
  against('capital', cashOfWithdrawal(withdrawal))
/** Received above 0. */
export const postingsOfFunding = (funding: CashMovement): readonly Posting[] =>
  against('funding', cashOfFunding(funding))

/** The postings of a fill that took a holding from `before` to `after`. */
export const postingsOfFill = (
  before: Position,
  after: Position,
  fill: PositionFill,
  instrument: InstrumentTerms,
): readonly Posting[] => {
  const realisedPnl = (after.realisedPnl - before.realisedPnl) as Amount
  const costChange = (after.costBasis - before.costBasis) as Amount
  const currency = pnlCurrency(instrument)
  return [
    ...cashOfFill(fill, realisedPnl, instrument).map(
      (movement): Posting => ({ code: 'cash', ...movement }),
    ),
    { code: 'positionCost' as const, currency, amount: costChange },
    { code: 'realisedPnl' as const, currency, amount: negateAmount(realisedPnl) },
    ...(instrument.kind === 'spot'
      ? countersOfSpot(fill, instrument)
      : [{ code: 'contractObligation' as const, currency, amount: negateAmount(costChange) }]),
    ...countersOfFee(fill, instrument),
  ].filter(({ amount }) => amount !== 0n)
}

/** By currency; every one is zero, or the books are wrong. */
export const trialBalance = (postings: readonly Posting[]): ReadonlyMap<Currency, Amount> => {
  const sums = new Map<Currency, Amount>()
  for (const { currency, amount } of postings) {
    sums.set(currency, ((sums.get(currency) ?? 0n) + amount) as Amount)
  }
  return sums
}

/** Cash that moves, and the account that it comes from or goes to. */
const against = (code: AccountCode, movements: readonly CashMovement[]): readonly Posting[] =>
  movements.flatMap(({ currency, amount }): readonly Posting[] => [
    { code: 'cash', currency, amount },
    { code, currency, amount: negateAmount(amount) },
  ])

const countersOfSpot = (fill: PositionFill, { base }: InstrumentTerms): readonly Posting[] => [
  {
    code: 'unitsExchanged',
    currency: base,
    amount: negateAmount(amountFromQuantity(signed(fill.side, fill.quantity))),
  },
]

const countersOfFee = (fill: PositionFill, instrument: InstrumentTerms): readonly Posting[] => {
  const { currency, amount } = fill.fee
  if (!feeIsInKind(fill.fee, instrument)) return [{ code: 'fees', currency, amount }]
  const traded = amountOf(fill.price, signed(fill.side, fill.quantity))
  const held = notional(fill.price, quantityChange(fill, instrument), instrument)
  return [
    { code: 'unitsExchanged', currency, amount },
    { code: 'feesInKind', currency: instrument.quote, amount: (traded - held) as Amount },
  ]
}
