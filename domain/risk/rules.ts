/**
 * The versions of everything that a decision depends on besides the log. A decision records the version that it
 * was taken by, and is derived again by that one for ever; whoever changes what is checked, adds a version.
 */
import { checks, firstChecks, secondChecks, thirdChecks } from '#domain/risk/checks/all'
import type { Check } from '#domain/risk/checks/check'
import type { Valuation } from '#domain/risk/worth'
import type { Ratio } from '#schemas/values/decimal'

export interface Rules {
  readonly version: number
  readonly checks: readonly Check[]
  readonly valuation: Valuation
  /** How long an approval may wait to be sent. */
  readonly approvalLifeMs: number
  /** Whether requests on the book's control are decided, each before any order that comes after it. */
  readonly decidesControl: boolean
  /** Whether limits that tighten are set although a later proposal names some of them too. */
  readonly setsTighterFirst: boolean
  /** Whether a ruling is kept to what fits into one event. */
  readonly boundsRulings: boolean
  /** Whether limits of parts of a book bind beside its own. */
  readonly bindsOverrides: boolean
  /** Whether what needs two persons waits for the second, where it was refused before. */
  readonly waitsForSecond: boolean
  /** How a book's worth is watched; undefined: it is not. */
  readonly days: DayRules | undefined
}
export interface DayRules {
  /** So long after its boundary a day may begin with what the book is worth now. */
  readonly lateAfterMs: number
  /** Equity is marked no more often, and where it has moved by one such part of itself. */
  readonly markEveryMs: number
  readonly markMovePart: bigint
}

const worstFeeRate = (2n * 10n ** 15n) as Ratio

/** Market and limit orders. */
const first: Rules = {
  version: 1,
  checks: firstChecks,
  valuation: { worstFeeRate, ratesEitherWay: false, countsLockedIn: false },
  approvalLifeMs: 5_000,
  decidesControl: false,
  setsTighterFirst: false,
  boundsRulings: false,
  bindsOverrides: false,
  waitsForSecond: false,
  days: undefined,
}
/** Stop orders, orders that end by themselves, only wait or only reduce; control; rates quoted either way. */
const second: Rules = {
  version: 2,
  checks: secondChecks,
  valuation: { worstFeeRate, ratesEitherWay: true, countsLockedIn: false },
  approvalLifeMs: 5_000,
  decidesControl: true,
  setsTighterFirst: false,
  boundsRulings: false,
  bindsOverrides: false,
  waitsForSecond: false,
  days: undefined,
}
/** Strategies of one account that would stand against each other in a contract; losses that strategies of one account have locked in between them; what tightens is set whatever came later. */
const third: Rules = {
  ...second,
  version: 3,
  checks: thirdChecks,
  valuation: { ...second.valuation, countsLockedIn: true },
  setsTighterFirst: true,
  boundsRulings: true,
}

/** 5 basis points, at most every 10 seconds. */
const days: DayRules = { lateAfterMs: 5_000, markEveryMs: 10_000, markMovePart: 2_000n }
/** Days, losses, windows, strategies' own limits, overrides, amendments; control by two persons. */
const fourth: Rules = {
  ...third,
  version: 4,
  checks,
  waitsForSecond: true,
  bindsOverrides: true,
  days,
}

/** What has once decided anything stays as it is. */
const versions: readonly Rules[] = [first, second, third, fourth]
/** Undefined: this build does not know them. */
export const rulesOf = (version: number): Rules | undefined => versions[version - 1]
/** What is decided now is decided by these. */
export const rulesInForce: Rules = fourth
