/** What a check is: it looks at an order in its book, and says what it found. */
import type { Cell } from '#domain/risk/cell'
import type { Desk } from '#domain/risk/desk'
import type { OpenedBook } from '#domain/risk/desk-state'
import type { Exposure } from '#domain/risk/exposure'
import type { Account, Holdings, Instrument } from '#domain/risk/holdings'
import type { Claim } from '#domain/risk/load'
import type { Outlook, Own } from '#domain/risk/outlook'
import type { Stand } from '#domain/risk/loss'
import type { LimitTexts } from '#domain/risk/texts'
import type { Wealth } from '#domain/risk/wealth'
import { fundsCurrency, type Pricing } from '#domain/risk/worth'
import type { CheckCode } from '#schemas/codes'
import type { CheckOutcome } from '#schemas/events/risk'
import type { Amount, Price } from '#schemas/values/decimal'
import type { BookId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits, Mark, Scope, Terms, TradingSession } from '#schemas/values/trading'

/** Everything that a check may look at. */
export interface View {
  readonly book: BookId
  readonly terms: Terms
  /** The time of the decision, which never goes back along the book's stream. */
  readonly at: Instant
  /** What the clock says, by which what others wrote and heard has its age. */
  readonly clock: Instant
  /** What the order's symbol is valued by; where it has just jumped, the price before that. */
  readonly mark: Mark | undefined
  /** The same as it was heard. */
  readonly heard: Mark | undefined
  /** Of the order's venue: the one that is open or opens next, as it was looked up. */
  readonly session: TradingSession | undefined
  readonly reducing: boolean
  readonly desk: Desk
  readonly holdings: Holdings
  readonly exposure: Exposure
  readonly opened: OpenedBook | undefined
  /** The part of the book that these limits and sums are of; undefined: the whole. */
  readonly scope: Scope | undefined
  readonly limits: Limits
  readonly limitTexts: LimitTexts
  readonly quantityText: string
  readonly account: Account | undefined
  readonly instrument: Instrument | undefined
  readonly pricing: Pricing | undefined
  /** What its account has of its instrument already; undefined: nothing. */
  readonly cell: Cell | undefined
  readonly outlook: Outlook
  /** What it makes of that cell, in the whole book. */
  readonly own: Own
  /** What the book is worth; undefined: these rules do not ask. */
  readonly wealth: Wealth | undefined
  /** Against its day and its highest; undefined: not known. */
  readonly stand: Stand | undefined
  /** What of it may still fill, at worst: the whole of a new order, of an amended one what it was and is to be. */
  readonly claim: Claim
  /** It is judged in the place of what it was. */
  readonly isAmendment: boolean
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
  | 'instant'
  | 'orders'
  | 'positions'

/** What the limit is a limit of. */
export type CheckScope =
  | 'order'
  | 'instrument'
  | 'symbol'
  | 'venue'
  | 'account'
  | 'strategy'
  | 'book'
  | 'guard'

export interface Finding {
  readonly outcome: CheckOutcome
  /** Empty: there is none. */
  readonly observed: string
  readonly limit: string
}
export interface Check {
  readonly code: CheckCode
  readonly unit: Unit
  readonly scope: CheckScope
  readonly evaluate: (view: View) => Finding
  /** What was found, as a sentence; one that failed says what to do. Only asked for in a denial. */
  readonly inWords: (view: View, finding: Finding) => string
  /** Where it failed: the check that names the cause better, if that failed too. */
  readonly yieldsTo?: (view: View) => CheckCode | undefined
}

export const passed = (observed: string, limit: string): Finding => ({
  outcome: 'passed',
  observed,
  limit,
})
export const failed = (observed: string, limit: string): Finding => ({
  outcome: 'failed',
  observed,
  limit,
})
export const notEvaluated = (limit: string): Finding => ({
  outcome: 'notEvaluated',
  observed: '',
  limit,
})

/** What is measured against a limit that it may reach and not exceed. */
export interface Bounded<Value extends bigint | number> {
  readonly code: CheckCode
  readonly unit: Unit
  readonly scope: CheckScope
  /** Undefined: it cannot be said. */
  readonly observed: (view: View) => Value | undefined
  readonly text: (value: Value, view: View) => string
  /** Undefined: it is not limited. */
  readonly limit: (view: View) => Value | undefined
  readonly limitText: (view: View) => string
  /** The subject of the sentence: "The quantity". */
  readonly what: (view: View) => string
  /** What can be done: "order less". */
  readonly remedy: string
  /** Why it may not be known. */
  readonly missing?: (view: View) => string
}
export const atMost = <Value extends bigint | number>({
  code,
  unit,
  scope,
  observed,
  text,
  limit,
  limitText,
  what,
  remedy,
  missing,
}: Bounded<Value>): Check => ({
  code,
  unit,
  scope,
  evaluate: (view) => {
    const most = limit(view)
    const value = observed(view)
    if (value === undefined)
      return most === undefined ? passed('', '') : notEvaluated(limitText(view))
    const seen = text(value, view)
    if (most === undefined) return passed(seen, '')
    return value <= most ? passed(seen, limitText(view)) : failed(seen, limitText(view))
  },
  inWords: (view, finding) => {
    if (finding.outcome === 'notEvaluated') return unsaid(missing?.(view) ?? 'it is not known')
    if (finding.limit === '') return `${what(view)} is not limited.`
    const is = `${what(view)} is ${finding.observed} ${unitText(unit, view)}`
    return finding.outcome === 'passed'
      ? `${is}, at most ${finding.limit}.`
      : `${is}, more than the ${finding.limit} allowed: ${remedy}.`
  },
})
export const unsaid = (because: string): string => `Not evaluated: ${because}.`

/** The price that a venue would judge the order by: its own, or the market's. */
export const priceOf = ({ terms, mark }: View): Price | undefined =>
  terms.limitPrice ?? terms.stopPrice ?? mark?.price

/** What the currencies of a unit are named by. */
export interface Named {
  readonly terms: Pick<Terms, 'side'>
  readonly opened: Pick<OpenedBook, 'currency'> | undefined
  readonly instrument: Pick<Instrument, 'terms'> | undefined
}
/** Currencies by name, everything else in a word. */
export const unitText = (unit: Unit, view: Named): string => {
  switch (unit) {
    case 'bookCurrency':
      return view.opened?.currency ?? unit
    case 'fundsCurrency':
      return view.instrument === undefined ? unit : fundsCurrency(view.terms, view.instrument.terms)
    case 'quoteCurrency':
      return view.instrument?.terms.quote ?? unit
    case 'milliseconds':
      return 'ms'
    case 'quantity':
    case 'orders':
    case 'positions':
    case 'state':
    case 'orderType':
    case 'price':
    case 'ratio':
    case 'instant':
      return unit
  }
}

export const notListed = ({ terms }: View): string =>
  unsaid(`${terms.symbol} is not listed at ${terms.venue}`)
/** Why something in the book's currency cannot be said. */
export const missingPrice = ({ terms, pricing, mark }: View): string => {
  if (pricing === undefined) return `${terms.symbol} is not listed at ${terms.venue}`
  if (mark === undefined) return `there is no mark of ${terms.symbol}`
  if (pricing.rate === undefined)
    return `there is no mark of ${pricing.rateSymbols.join(' or ')} to convert by`
  return 'something that the book holds or has open has no mark'
}
