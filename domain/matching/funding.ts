/**
 * What holders of a perpetual contract pay each other at the end of every funding interval: so much of the notional,
 * at the mark; above 0 the longs pay. Intervals are counted from 1970, so that those of eight hours end at 00, 08 and
 * 16 o'clock UTC. An interval that ended while the venue was away is settled on the first mark that is heard after.
 */
import { notional } from '#domain/books/position'
import type { PaperFunding, PaperPosition } from '#domain/matching/order'
import { negateAmount, scaleHalfEven } from '#domain/values/decimal'
import type { Price, Ratio } from '#schemas/values/decimal'
import type { FundingId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { InstrumentTerms } from '#schemas/values/trading'

export interface FundingRule {
  /** Of the notional for each interval; 0: there is no funding. */
  readonly rate: Ratio
  readonly intervalMs: number
}

/** Whoever was away for longer is asked no more than this. */
const intervalsMax = 1_000

/** The end of the last interval that is over. */
export const lastEnd = (at: Instant, { intervalMs }: FundingRule): Instant => {
  const micros = intervalMs * 1_000
  return (Math.floor(at / micros) * micros) as Instant
}
export const nextEnd = (at: Instant, rule: FundingRule): Instant =>
  (lastEnd(at, rule) + rule.intervalMs * 1_000) as Instant

/** The ends of intervals that are over and not settled, oldest first. */
export const endsSince = (
  fundedUntil: Instant,
  at: Instant,
  rule: FundingRule,
): readonly Instant[] => {
  const micros = rule.intervalMs * 1_000
  const last = lastEnd(at, rule)
  const first = Math.max(nextEnd(fundedUntil, rule), last - (intervalsMax - 1) * micros)
  const count = first > last ? 0 : (last - first) / micros + 1
  return Array.from({ length: count }, (_, index) => (first + index * micros) as Instant)
}

export const paymentOf = (
  { account, symbol, quantity }: PaperPosition,
  end: Instant,
  markPrice: Price,
  { rate }: FundingRule,
  terms: InstrumentTerms,
): Omit<PaperFunding, 'id' | 'at'> => ({
  fundingId: formatInstant(end) as string as FundingId,
  account,
  symbol,
  quantity,
  markPrice,
  rate,
  currency: terms.settle,
  // The worth of a short is below 0, so that it receives what a long pays.
  amount: negateAmount(scaleHalfEven(notional(markPrice, quantity, terms), rate)),
})
