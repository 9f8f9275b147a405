/** Works off what waited together: what must be made durable, and what may be said once it is. */
import type { Gateway } from '#adapters/paper/server'
import { refusal } from '#domain/matching/acceptance'
import type { Matching } from '#domain/matching/engine'
import type { Change, PaperOrder, PaperTrade } from '#domain/matching/order'
import type { OrderName, PaperBatch } from '#domain/matching/store'
import type { PaperAnswer, PaperFrame, PaperWireRequest } from '#schemas/paper/wire'
import type { Instant } from '#schemas/values/instant'
import type { AskedFor, Entry } from './inbox.ts'
import { paperRequest, wireOrder, wireTrade } from './translate.ts'

type ListRequest = Extract<
  PaperWireRequest,
  { readonly type: 'openOrders' | 'closedOrders' | 'trades' }
>
/** An answer, or a question that is answered from what is durable. */
export type Reply =
  | { readonly to: Gateway; readonly answer: PaperAnswer }
  | { readonly to: Gateway; readonly list: ListRequest }
export interface News {
  readonly frame: PaperFrame
  /** Who has it as an answer. */
  readonly except?: Gateway
}
export interface Work {
  readonly batch: PaperBatch
  readonly replies: readonly Reply[]
  readonly news: readonly News[]
}

const keyOf = ({ account, clientOrderId }: OrderName): string => `${account} ${clientOrderId}`

/** The orders that must be looked up before these entries can be worked off. */
export const namesIn = (entries: readonly Entry[], matching: Matching): readonly OrderName[] => {
  const names = new Map<string, OrderName>()
  for (const entry of entries) {
    if (entry.kind === 'tick' || !('clientOrderId' in entry.request)) continue
    const { account, clientOrderId } = entry.request
    if (matching.open(account, clientOrderId) === undefined)
      names.set(keyOf(entry.request), { account, clientOrderId })
  }
  return [...names.values()]
}

/** `known` are the orders that were looked up and found. `now` never goes back. */
export const workOff = (
  entries: readonly Entry[],
  matching: Matching,
  known: readonly PaperOrder[],
  now: () => Instant,
): Work => {
  const desk = openDesk(matching, known)
  for (const entry of entries) {
    if (entry.kind === 'request') serve(desk, entry, now())
    else for (const change of matching.hear(entry.frame, now())) desk.record(change)
  }
  return desk.close()
}

/** Gathers what a batch comes to. */
interface Desk {
  readonly matching: Matching
  /** How an order stands by now, open or not; undefined where it was never taken in. */
  readonly find: (name: OrderName) => PaperOrder | undefined
  readonly takeIn: (change: Change, asker: Gateway, sendBy: Instant) => void
  readonly record: (change: Change, asker?: Gateway) => void
  readonly reply: (reply: Reply) => void
  readonly close: () => Work
}

const openDesk = (matching: Matching, known: readonly PaperOrder[]): Desk => {
  /** Orders that are not open: found before, or ended in this batch. */
  const standing = new Map(known.map((order) => [keyOf(order), order]))
  const placed = new Map<bigint, PaperOrder>()
  const changed = new Map<bigint, PaperOrder>()
  const trades: PaperTrade[] = []
  const replies: Reply[] = []
  const news: News[] = []
  let notAfter: Instant | undefined

  const record = ({ order, trades: made }: Change, asker?: Gateway): void => {
    standing.set(keyOf(order), order)
    const records = placed.has(order.id) ? placed : changed
    records.set(order.id, order)
    trades.push(...made)
    for (const trade of made) news.push({ frame: { type: 'tradeMade', trade: wireTrade(trade) } })
    if (order.status === 'refused') return
    const frame = { type: 'orderChanged', order: wireOrder(order) } as const
    news.push({ frame, ...(asker === undefined ? {} : { except: asker }) })
  }
  return {
    matching,
    find: (name) => matching.open(name.account, name.clientOrderId) ?? standing.get(keyOf(name)),
    takeIn: (change, asker, sendBy) => {
      placed.set(change.order.id, change.order)
      record(change, asker)
      // A refusal may become durable at any time.
      if (change.order.status !== 'refused') notAfter = earlierOf(notAfter, sendBy)
    },
    record,
    reply: (reply) => replies.push(reply),
    close: () => ({
      batch: { placed: [...placed.values()], changed: [...changed.values()], trades, notAfter },
      replies,
      news,
    }),
  }
}

const serve = (desk: Desk, { request, from }: AskedFor, at: Instant): void => {
  const { matching, find, reply } = desk
  switch (request.type) {
    case 'place': {
      if (find(request) === undefined)
        desk.takeIn(matching.place(paperRequest(request), at), from, request.sendBy)
      return reply({ to: from, answer: placeAnswer(request.request, find(request)) })
    }
    case 'cancel': {
      const change = matching.cancel(request.account, request.clientOrderId, at)
      if (change !== undefined) desk.record(change, from)
      return reply({ to: from, answer: statusAnswer(request.request, find(request)) })
    }
    case 'amend': {
      const reason = refusal('notSupported', 'orders are not amended here')
      return reply({ to: from, answer: { type: 'refused', request: request.request, reason } })
    }
    case 'fundings': {
      const answer = {
        type: 'fundings',
        request: request.request,
        fundings: [],
        more: false,
      } as const
      return reply({ to: from, answer })
    }
    case 'order':
      return reply({ to: from, answer: statusAnswer(request.request, find(request)) })
    case 'instruments': {
      const instruments = matching.instruments()
      const answer = { type: 'instruments', request: request.request, instruments } as const
      return reply({ to: from, answer })
    }
    case 'openOrders':
    case 'closedOrders':
    case 'trades':
      return reply({ to: from, list: request })
  }
}

const earlierOf = (a: Instant | undefined, b: Instant): Instant =>
  a === undefined || b < a ? b : a

/** Also to whoever places it again. */
const placeAnswer = (request: number, order: PaperOrder | undefined): PaperAnswer =>
  order?.status === 'refused' && order.reason !== undefined
    ? { type: 'refused', request, reason: order.reason }
    : statusAnswer(request, order)

const statusAnswer = (request: number, order: PaperOrder | undefined): PaperAnswer =>
  order === undefined
    ? { type: 'refused', request, reason: refusal('unknownOrder', 'there never was such an order') }
    : { type: 'order', request, order: wireOrder(order) }
