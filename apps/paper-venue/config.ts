/** What the paper venue is told: where to keep its orders, where to hear the market, where to serve, how slow to be. */
import { Milliseconds, optional, shared } from '#apps/process/settings'

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
} as const
