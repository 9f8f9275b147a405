/** What a check is: it looks at an order in its book, and says what it found. */
import type { Desk, OpenedBook } from '#domain/risk/desk'
import type { Exposure } from '#domain/risk/exposure'
import type { Account, Holdings, Instrument } from '#domain/risk/holdings'
import type { Outlook } from '#domain/risk/outlook'
import type { Pricing } from '#domain/risk/worth'
import type { CheckCode } from '#schemas/codes'
import type { CheckOutcome } from '#schemas/events/risk'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
} from '#schemas/values/decimal'
import type { BookId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits, Mark, Terms } from '#schemas/values/trading'

/** Everything that a check may look at. */
export interface View {
  readonly book: BookId
  readonly terms: Terms
  readonly at: Instant
  readonly mark: Mark | undefined
  readonly reducing: boolean
  readonly desk: Desk
  readonly holdings: Holdings
  readonly exposure: Exposure
  readonly opened: OpenedBook | undefined
  readonly limits: Limits
  readonly account: Account | undefined
  readonly instrument: Instrument | undefined
  readonly pricing: Pricing | undefined
  readonly outlook: Outlook
  /** What the order is worth at most, in the book's currency. */
  readonly notional: Amount | undefined
}

/** What is measured; the unit of what is observed and of its limit. */
export type Unit =
  | 'state'
  | 'orderType'
  | 'price'
  | 'quantity'
  | 'quoteCurrency'
  | 'bookCurrency'
  | 'fundsCurrency'
  | 'ratio'
  | 'milliseconds'
  | 'orders'

/** What the limit is a limit of. */
export type CheckScope = 'order' | 'instrument' | 'symbol' | 'account' | 'book' | 'guard'

export interface Finding {
  readonly outcome: CheckOutcome
  /** Empty: there is none. */
  readonly observed: string
  readonly limit: string
  /** In full words; only put together for a denial. */
  readonly message: () => string
}
export interface Check {
  readonly code: CheckCode
  readonly unit: Unit
  readonly scope: CheckScope
  readonly evaluate: (view: View) => Finding
}

export const quantityText = (value: bigint): string => formatDecimal(value, placesOfQuantity)
export const amountText = (value: bigint): string => formatDecimal(value, placesOfAmount)

/** The price that a venue would judge the order by: its own, or the market's. */
export const priceOf = ({ terms, mark }: View): Price | undefined => terms.limitPrice ?? mark?.price

export const notEvaluated = (limit: string, because: string): Finding => ({
  outcome: 'notEvaluated',
  observed: '',
  limit,
  message: () => `Not evaluated: ${because}.`,
})
export const judged = (
  passed: boolean,
  observed: string,
  limit: string,
  message: () => string,
): Finding => ({ outcome: passed ? 'passed' : 'failed', observed, limit, message })

/** How a value that may not exceed a limit is written and spoken of. */
export interface Measure<Value extends bigint | number> {
  readonly text: (value: Value) => string
  /** The subject of the sentence: "The order's worth". */
  readonly what: string
  readonly unit: string
  /** What can be done: "order less". */
  readonly remedy: string
  /** Why it may not be known. */
  readonly missing: string
}
export const atMost = <Value extends bigint | number>(
  observed: Value | undefined,
  limit: Value | undefined,
  { text, what, unit, remedy, missing }: Measure<Value>,
): Finding => {
  const limitText = limit === undefined ? '' : text(limit)
  if (limit === undefined) {
    const seen = observed === undefined ? '' : text(observed)
    return judged(true, seen, '', () => `${what} is not limited.`)
  }
  if (observed === undefined) return notEvaluated(limitText, missing)
  const seen = text(observed)
  return observed <= limit
    ? judged(true, seen, limitText, () => `${what} is ${seen} ${unit}, at most ${limitText}.`)
    : judged(
        false,
        seen,
        limitText,
        () => `${what} is ${seen} ${unit}, more than the ${limitText} allowed: ${remedy}.`,
      )
}

/** Why something in the book's currency cannot be said. */
export const missingPrice = ({ terms, pricing, mark }: View): string => {
  if (pricing === undefined) return `${terms.symbol} is not listed at ${terms.venue}`
  if (mark === undefined) return `there is no mark of ${terms.symbol}`
  if (pricing.rate === undefined && pricing.rateSymbol !== undefined)
    return `there is no mark of ${pricing.rateSymbol} to convert by`
  return 'something that the book holds or has open has no mark'
}
