/** What a gateway tells of an account's standing at a venue, with everything that does not matter filled in. */
import { sessionsBy } from '#domain/market/sessions'
import { uuidOf } from '#domain/testing/fixed'
import { account, noon, paper } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { BreakId, Code, Line } from '#schemas/values/ids'

const place = (of = account) => ({ venue: paper, account: of })

export const connected = (of = account): LedgerEvent => ({ type: 'VenueConnected', ...place(of) })
export const disconnected = (of = account): LedgerEvent => ({
  type: 'VenueDisconnected',
  ...place(of),
  reason: 'The socket broke.' as Line,
})
export const reconciled = (of = account, breaksFound = 0): LedgerEvent => ({
  type: 'ReconciliationCompleted',
  ...place(of),
  askedAt: noon,
  openOrders: 0,
  closedOrders: 0,
  trades: 0,
  breaksFound,
})
export const breakDetected = (n: number, of = account): LedgerEvent => ({
  type: 'BreakDetected',
  ...place(of),
  breakId: uuidOf<BreakId>(n),
  kind: 'foreignOrder' as Code,
  detail: 'An order of a stranger.' as Line,
})
/** Asked for everything, and nothing was found that the log lacks: orders may be sent. */
export const settledAt = (of = account): readonly LedgerEvent[] => [connected(of), reconciled(of)]

/** What a test's guard looks up: it has no tables, and knows UTC alone. */
export const sessionsInUtc = sessionsBy((zone) => (zone === 'UTC' ? 0 : undefined))
