/** Everything that can be asked of the ledger over HTTP. */
import * as E from 'fp-ts/lib/Either.js'
import { open } from '#adapters/http/endpoint'
import type { Route } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import type { Envelop } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { Hash, Ids } from '#domain/kernel/ids'
import { HealthReply } from '#schemas/api/status'
import type { VenueId } from '#schemas/values/ids'
import type { AppName } from '#schemas/writers'
import { appendSurely } from './appending.ts'
import { assessProposal } from './assess.ts'
import { listBalances } from './balances.ts'
import { listBooks, openBook } from './books.ts'
import { cancelOrder } from './cancel-order.ts'
import { listCandles } from './candles.ts'
import { changeControl } from './control.ts'
import { endorseLimits, endorseProposal } from './endorse.ts'
import { listInstruments } from './instruments.ts'
import { engageKillSwitch } from './kill-switch.ts'
import { issueKey, listKeys, revokeKey } from './keys.ts'
import type { Knowledge } from './knowledge.ts'
import { type LevelMeans, refuseBeyondHead } from './levelling.ts'
import { changeLimits, listProposals } from './limits.ts'
import { listAccounts, listDecisions, listFills, listOrders, listPositions } from './lists.ts'
import { withDocumentation } from './documentation.ts'
import { depositFunds, withdrawFunds } from './move-funds.ts'
import { openAccount } from './open-account.ts'
import { placeOrder } from './place-order.ts'
import { listPnl } from './pnl.ts'
import { showRisk } from './risk.ts'
import { showOrder } from './show-order.ts'
import { type ReadHeartbeats, showStatus } from './status.ts'
import { streamRoute } from './stream-route.ts'
import { listTicks } from './ticks.ts'
import type { TickViews } from './ticks-views.ts'
import { turns } from './turns.ts'
import type { Views } from './views.ts'

/** How this process itself is doing. */
export interface Health {
  readonly alive: () => unknown
  readonly ready: () => { readonly isReady: boolean; readonly body: unknown }
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
}

export interface RouteMeans {
  readonly log: EventLog
  readonly knowledge: Knowledge
  readonly views: Views
  readonly tickViews: TickViews
  readonly heartbeats: ReadHeartbeats
  readonly health: Health
  readonly clock: Clock
  readonly ids: Ids
  readonly hash: Hash
  readonly envelop: Envelop
  readonly newApiKey: () => string
  readonly stopping: AbortSignal
  readonly venue: VenueId
  readonly version: string
  /** Every app that this ledger needs. */
  readonly expected: readonly AppName[]
}

export const routesOf = (given: RouteMeans): readonly Route[] => {
  const append = appendSurely(given.log, given.clock, given.stopping)
  const level = { log: given.log, progress: given.knowledge.progress }
  const views = withinLog(given.views, level)
  const means = { ...given, ...given.knowledge, views, append, inTurn: turns() }
  const routes = [
    placeOrder(means),
    listOrders(means),
    showOrder(means),
    cancelOrder(means),
    listFills(means),
    listPositions(means),
    listPnl(means),
    listBalances(means),
    listAccounts(means),
    listInstruments(means),
    listCandles(means),
    listTicks(means),
    showRisk(means),
    listDecisions(means),
    engageKillSwitch(means),
    changeLimits(means),
    changeControl(means),
    listProposals(means),
    endorseLimits(means),
    endorseProposal(means),
    assessProposal(means),
    openBook(means),
    listBooks(means),
    openAccount(means),
    depositFunds(means),
    withdrawFunds(means),
    issueKey(means),
    listKeys(means),
    revokeKey(means),
    showStatus(means),
    streamRoute,
    ...healthRoutes(given.health),
  ]
  return withDocumentation(routes, given.version)
}

/** Nobody waits for a position that the log does not have. */
const withinLog = (views: Views, level: LevelMeans): Views => ({
  ...views,
  reach: async (position, ms) => {
    const there = await refuseBeyondHead(level, position)
    return E.isLeft(there) ? there : views.reach(position, ms)
  },
})

const healthRoutes = ({ alive, ready, metrics }: Health): readonly Route[] => [
  open(
    {
      method: 'GET',
      path: '/healthz',
      summary: 'Whether this process is alive.',
      tag: 'operation',
      replies: { 200: HealthReply },
    },
    async () => ({ status: 200, body: alive() }),
  ),
  open(
    {
      method: 'GET',
      path: '/readyz',
      summary: 'Whether an order placed now would be decided and sent.',
      tag: 'operation',
      replies: { 200: HealthReply, 503: HealthReply },
    },
    async () => {
      const { isReady, body } = ready()
      return { status: isReady ? 200 : 503, body }
    },
  ),
  open(
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Figures of this process, as Prometheus reads them.',
      tag: 'operation',
      replies: { 200: 'text/plain' },
    },
    async () => {
      const { type, text } = await metrics()
      return { status: 200, body: text, headers: { 'content-type': type } }
    },
  ),
]
