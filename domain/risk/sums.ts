/** Sums of worth and of demands, kept up to date by adding and taking away. */
import type { Worth } from '#domain/risk/worth'
import { abs, addAmount, larger, zeroAmount } from '#domain/values/decimal'
import type { Amount } from '#schemas/values/decimal'

/** `unpriced` counts what could not be valued: as long as there is any, the sums are not known. */
export interface Sum {
  readonly long: Amount
  readonly short: Amount
  readonly gross: Amount
  readonly unpriced: number
}
export const noSum: Sum = { long: zeroAmount, short: zeroAmount, gross: zeroAmount, unpriced: 0 }
/** The same, as it goes along. */
export type GrowingSum = { -readonly [Key in keyof Sum]: Sum[Key] }
export const emptySum = (): GrowingSum => ({ ...noSum })

export const addWorth = (sum: GrowingSum, worth: Worth | undefined): void => {
  if (worth === undefined) {
    sum.unpriced += 1
    return
  }
  sum.long = addAmount(sum.long, worth.long)
  sum.short = addAmount(sum.short, worth.short)
  sum.gross = addAmount(sum.gross, worth.worst)
}
export const takeWorth = (sum: GrowingSum, worth: Worth | undefined): void => {
  if (worth === undefined) {
    sum.unpriced -= 1
    return
  }
  sum.long = (sum.long - worth.long) as Amount
  sum.short = (sum.short - worth.short) as Amount
  sum.gross = (sum.gross - worth.worst) as Amount
}
/** A part of two sums has become another: often one side of it stands still, and is not added up again. */
export const shiftWorth = (a: GrowingSum, b: GrowingSum, before: Worth, after: Worth): void => {
  if (before.long !== after.long) {
    const more = after.long - before.long
    a.long = (a.long + more) as Amount
    b.long = (b.long + more) as Amount
  }
  if (before.short !== after.short) {
    const more = after.short - before.short
    a.short = (a.short + more) as Amount
    b.short = (b.short + more) as Amount
  }
  if (before.worst !== after.worst) {
    const more = after.worst - before.worst
    a.gross = (a.gross + more) as Amount
    b.gross = (b.gross + more) as Amount
  }
}
/** A sum with one of its parts replaced. */
export const exchanged = (sum: Sum, before: Sum, after: Sum): Sum => ({
  long: exchangedIn(sum.long, before.long, after.long),
  short: exchangedIn(sum.short, before.short, after.short),
  gross: exchangedIn(sum.gross, before.gross, after.gross),
  unpriced: sum.unpriced - before.unpriced + after.unpriced,
})
const exchangedIn = (sum: Amount, before: Amount, after: Amount): Amount =>
  before === after ? sum : ((sum - before + after) as Amount)
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
