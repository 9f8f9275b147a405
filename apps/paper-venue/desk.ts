/** Gathers what a batch comes to: what must be made durable, and what may be said once it is. */
import type { Gateway } from '#adapters/paper/server'
import type { Matching } from '#domain/matching/engine'
import type {
  Outcome,
  PaperFunding,
  PaperOrder,
  PaperPosition,
  PaperTrade,
} from '#domain/matching/order'
import type { OrderName, PaperBatch } from '#domain/matching/store'
import type { PaperAnswer, PaperNews, PaperWireRequest } from '#schemas/paper/wire'
import type { Instant } from '#schemas/values/instant'
import { wireFunding, wireOrder, wireTrade } from './translate.ts'

export type ListRequest = Extract<
  PaperWireRequest,
  { readonly type: 'openOrders' | 'closedOrders' | 'trades' | 'fundings' }
>
/** An answer, or a question that is answered from what is durable. */
export type Reply = { readonly to: Gateway; readonly request: PaperWireRequest } & (
  | { readonly answer: PaperAnswer }
  | { readonly list: ListRequest }
)
export interface News {
  readonly frame: PaperNews
  /** Who has it as an answer. */
  readonly except?: Gateway
}
export interface Work {
  readonly batch: PaperBatch
  readonly replies: readonly Reply[]
  readonly news: readonly News[]
}

export interface Desk {
  readonly matching: Matching
  /** How an order stands by now, open or not; undefined where it was never taken in. */
  readonly find: (name: OrderName) => PaperOrder | undefined
  /** `asker` hears by his answer of the order that he asked about. */
  readonly record: (outcome: Outcome, asker?: Asker) => void
  /** Nothing of the batch may become durable after this. */
  readonly notAfter: (sendBy: Instant) => void
  readonly reply: (reply: Reply) => void
  readonly close: () => Work
}
export interface Asker {
  readonly gateway: Gateway
  readonly name: OrderName
}

export const keyOf = ({ account, clientOrderId }: OrderName): string =>
  `${account} ${clientOrderId}`

/** `known` are orders that were ever taken in, and are not open. */
export const openDesk = (matching: Matching, known: readonly PaperOrder[]): Desk => {
  /** Orders that are not open: known before, or ended in this batch. */
  const standing = new Map(known.map((order) => [keyOf(order), order]))
  const records = openRecords(matching)
  const replies: Reply[] = []
  const news: News[] = []
  let notAfter: Instant | undefined

  const tell = (frame: PaperNews, except?: Gateway): void => {
    news.push({ frame, ...(except === undefined ? {} : { except }) })
  }
  return {
    matching,
    find: (name) => matching.open(name.account, name.clientOrderId) ?? standing.get(keyOf(name)),
    record: (outcome, asker) => {
      records.add(outcome)
      const asked = asker === undefined ? undefined : keyOf(asker.name)
      for (const { order, trades } of outcome.changes) {
        standing.set(keyOf(order), order)
        for (const trade of trades) tell({ type: 'tradeMade', trade: wireTrade(trade) })
        if (order.status === 'refused') continue
        const except = asked === keyOf(order) ? asker?.gateway : undefined
        tell({ type: 'orderChanged', order: wireOrder(order) }, except)
      }
      for (const funding of outcome.fundings)
        tell({ type: 'fundingBooked', funding: wireFunding(funding) })
    },
    notAfter: (sendBy) => {
      notAfter = notAfter === undefined || sendBy < notAfter ? sendBy : notAfter
    },
    reply: (reply) => replies.push(reply),
    close: () => ({ batch: { ...records.all(), notAfter }, replies, news }),
  }
}

/** The last of each order and position, and every trade and payment. */
const openRecords = (matching: Matching) => {
  const olderThan = matching.lastOrderId()
  const orders = new Map<bigint, PaperOrder>()
  const positions = new Map<string, PaperPosition>()
  const trades: PaperTrade[] = []
  const fundings: PaperFunding[] = []
  return {
    add: (outcome: Outcome): void => {
      for (const { order, trades: made } of outcome.changes) {
        orders.set(order.id, order)
        trades.push(...made)
      }
      fundings.push(...outcome.fundings)
      for (const position of outcome.positions)
        positions.set(`${position.account} ${position.symbol}`, position)
    },
    all: (): Omit<PaperBatch, 'notAfter'> => ({
      placed: [...orders.values()].filter(({ id }) => id > olderThan),
      changed: [...orders.values()].filter(({ id }) => id <= olderThan),
      trades,
      fundings,
      positions: [...positions.values()],
    }),
  }
}
