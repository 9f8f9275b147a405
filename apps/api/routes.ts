/** Everything that can be asked of the ledger over HTTP. */
import * as E from 'fp-ts/lib/Either.js'
import type { Answer, KeyedRoute, Method, Route } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import type { Envelop } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { Hash, Ids } from '#domain/kernel/ids'
import type { VenueId } from '#schemas/values/ids'
import type { AppName } from '#schemas/writers'
import { appendSurely } from './appending.ts'
import { cancelOrder } from './cancel-order.ts'
import { listInstruments } from './instruments.ts'
import { engageKillSwitch } from './kill-switch.ts'
import type { Knowledge } from './knowledge.ts'
import { listAccounts, listDecisions, listFills, listOrders, listPositions } from './lists.ts'
import { placeOrder } from './place-order.ts'
import { showRisk } from './risk.ts'
import { showOrder } from './show-order.ts'
import { type ReadHeartbeats, showStatus } from './status.ts'
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
  readonly heartbeats: ReadHeartbeats
  readonly health: Health
  readonly clock: Clock
  readonly ids: Ids
  readonly hash: Hash
  readonly envelop: Envelop
  readonly stopping: AbortSignal
  readonly venue: VenueId
  readonly version: string
  /** Every app that this ledger needs. */
  readonly expected: readonly AppName[]
}

export const routesOf = (given: RouteMeans): readonly Route[] => {
  const append = appendSurely(given.log, given.clock, given.stopping)
  const means = { ...given, ...given.knowledge, append }
  return [
    keyed('POST', '/v1/orders', placeOrder(means)),
    keyed('GET', '/v1/orders', listOrders(means)),
    keyed('GET', '/v1/orders/:id', showOrder(means)),
    keyed('DELETE', '/v1/orders/:id', cancelOrder(means)),
    keyed('GET', '/v1/fills', listFills(means)),
    keyed('GET', '/v1/positions', listPositions(means)),
    keyed('GET', '/v1/accounts', listAccounts(means)),
    keyed('GET', '/v1/instruments', listInstruments(means)),
    keyed('GET', '/v1/risk', showRisk(means)),
    keyed('GET', '/v1/risk/decisions', listDecisions(means)),
    keyed('POST', '/v1/risk/kill-switch', engageKillSwitch(means)),
    keyed('GET', '/v1/status', showStatus(means)),
    ...healthRoutes(given.health),
  ]
}

const keyed = (method: Method, path: string, handle: KeyedRoute['handle']): Route => ({
  access: 'key',
  method,
  path,
  handle,
})

const open = (path: string, answer: () => Promise<Answer>): Route => ({
  access: 'anybody',
  method: 'GET',
  path,
  handle: async () => E.right(await answer()),
})

const healthRoutes = ({ alive, ready, metrics }: Health): readonly Route[] => [
  open('/healthz', async () => ({ status: 200, body: alive() })),
  open('/readyz', async () => {
    const { isReady, body } = ready()
    return { status: isReady ? 200 : 503, body }
  }),
  open('/metrics', async () => {
    const { type, text } = await metrics()
    return { status: 200, body: text, headers: { 'content-type': type } }
  }),
]
