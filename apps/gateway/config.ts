/** What the gateway is told: where the log is, which venue it works for, and where that venue is. */
import * as t from 'io-ts'
import { optional, shared } from '#apps/process/settings'

export const config = {
  log: shared.log,
  paper: shared.paper,
  venue: optional(
    'DAYBOOK_VENUE',
    t.literal('paper'),
    'paper: the only venue that this build knows',
    'paper' as const,
  ),
} as const
