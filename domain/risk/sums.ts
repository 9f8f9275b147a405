/** Sums of worth and of demands, kept up to date by adding and taking away. */
import type { Worth } from '#domain/risk/worth'
import { abs, addAmount, larger, zeroAmount } from '#domain/values/decimal'
import type { Amount } from '#schemas/values/decimal'
import type { AccountId, Currency } from '#schemas/values/ids'

/** `unpriced` counts what could not be valued: as long as there is any, the sums are not known. */
export interface Sum {
  readonly long: Amount
  readonly short: Amount
  readonly gross: Amount
  readonly unpriced: number
}
export const noSum: Sum = { long: zeroAmount, short: zeroAmount, gross: zeroAmount, unpriced: 0 }

export const withWorth = (sum: Sum, worth: Worth | undefined): Sum =>
  worth === undefined
    ? { ...sum, unpriced: sum.unpriced + 1 }
    : {
        long: (sum.long + worth.long) as Amount,
        short: (sum.short + worth.short) as Amount,
        gross: (sum.gross + worth.worst) as Amount,
        unpriced: sum.unpriced,
      }
export const withoutWorth = (sum: Sum, worth: Worth | undefined): Sum =>
  worth === undefined
    ? { ...sum, unpriced: sum.unpriced - 1 }
    : {
        long: (sum.long - worth.long) as Amount,
        short: (sum.short - worth.short) as Amount,
        gross: (sum.gross - worth.worst) as Amount,
        unpriced: sum.unpriced,
      }
/** A sum with one of its parts replaced. */
export const exchanged = (sum: Sum, before: Sum, after: Sum): Sum => ({
  long: (sum.long - before.long + after.long) as Amount,
  short: (sum.short - before.short + after.short) as Amount,
  gross: (sum.gross - before.gross + after.gross) as Amount,
  unpriced: sum.unpriced - before.unpriced + after.unpriced,
})
export const grossOf = ({ gross, unpriced }: Sum): Amount | undefined =>
  unpriced === 0 ? gross : undefined
/** The worse of all long sides together and all short sides together. */
export const netOf = ({ long, short, unpriced }: Sum): Amount | undefined =>
  unpriced === 0 ? (larger(abs(long), abs(short)) as Amount) : undefined

/** What is spoken for of one account's cash in one currency. */
export interface Funds {
  readonly spokenFor: Amount
  readonly unpriced: number
}
export const noFunds: Funds = { spokenFor: zeroAmount, unpriced: 0 }

export const withDemand = (funds: Funds, amount: Amount | undefined): Funds =>
  amount === undefined
    ? { ...funds, unpriced: funds.unpriced + 1 }
    : { ...funds, spokenFor: addAmount(funds.spokenFor, amount) }
export const withoutDemand = (funds: Funds, amount: Amount | undefined): Funds =>
  amount === undefined
    ? { ...funds, unpriced: funds.unpriced - 1 }
    : { ...funds, spokenFor: (funds.spokenFor - amount) as Amount }

/** The same, as it goes along. */
export type Purse = { -readonly [Key in keyof Funds]: Funds[Key] }
export const emptyPurse = (): Purse => ({ ...noFunds })
export const addDemand = (purse: Purse, amount: Amount | undefined): void => {
  if (amount === undefined) purse.unpriced += 1
  else purse.spokenFor = addAmount(purse.spokenFor, amount)
}
export const takeDemand = (purse: Purse, amount: Amount | undefined): void => {
  if (amount === undefined) purse.unpriced -= 1
  else purse.spokenFor = (purse.spokenFor - amount) as Amount
}

export const fundsKey = (account: AccountId, currency: Currency): string => `${account} ${currency}`
