/** What the paper venue is told: where to keep its orders, where to hear the market, where to serve, how to behave. */
import * as t from 'io-ts'
import { Milliseconds, optional, shared, wholeNumber } from '#apps/process/settings'
import { allMisbehaviours, type Misbehaviour } from './misbehaviour.ts'
import { Ratio } from '#schemas/values/decimal'

/** A hundredth of the notional at one time is more than any venue lets its holders pay each other. */
const rateMax = 10n ** 16n
const FundingRate = t.refinement(
  Ratio,
  (rate) => rate <= rateMax && rate >= -rateMax,
  'FundingRate',
)

const isKnown = (word: string): word is Misbehaviour =>
  (allMisbehaviours as readonly string[]).includes(word)
const Misbehaviours = new t.Type<readonly Misbehaviour[], readonly Misbehaviour[], unknown>(
  'Misbehaviours',
  (u): u is readonly Misbehaviour[] => Array.isArray(u),
  (u, context) => {
    if (u === 'all') return t.success(allMisbehaviours)
    const words = typeof u === 'string' ? u.split(',').map((word) => word.trim()) : []
    return words.length > 0 && words.every(isKnown) ? t.success(words) : t.failure(u, context)
  },
  t.identity,
)
const wellBehaved: readonly Misbehaviour[] = []

export const config = {
  database: shared.database,
  hub: shared.hub,
  paper: shared.paper,
  latencyMs: optional(
    'DAYBOOK_PAPER_LATENCY',
    Milliseconds,
    'milliseconds from 0 to 3600000 that each request takes to arrive',
    0,
  ),
  fundingRate: optional(
    'DAYBOOK_PAPER_FUNDING',
    FundingRate,
    'the part of its notional that a position in a contract pays at the end of each interval, from -0.01 to 0.01',
    (10n ** 14n) as Ratio,
  ),
  fundingIntervalMs: optional(
    'DAYBOOK_PAPER_FUNDING_INTERVAL',
    wholeNumber('FundingInterval', 1_000, 86_400_000),
    'milliseconds from 1000 to 86400000 between two fundings, counted from 1970',
    28_800_000,
  ),
  misbehaves: optional(
    'DAYBOOK_PAPER_MISBEHAVE',
    Misbehaviours,
    `all, or some of ${allMisbehaviours.join(', ')} with commas between, for tests and demonstrations`,
    wellBehaved,
  ),
} as const
