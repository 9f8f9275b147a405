/** What the paper venue is told: where to keep its orders, where to hear the market, where to serve, how to behave. */
import * as t from 'io-ts'
import { Milliseconds, optional, shared, wholeNumber } from '#apps/process/settings'
import { Ratio } from '#schemas/values/decimal'

/** A hundredth of the notional at one time is more than any venue lets its holders pay each other. */
const rateMax = 10n ** 16n
const FundingRate = t.refinement(
  Ratio,
  (rate) => rate <= rateMax && rate >= -rateMax,
  'FundingRate',
)

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
} as const
