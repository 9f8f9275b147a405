/** One term of ownership: from the durable state on, work off what comes, until told to stop or the store is lost. */
import * as E from 'fp-ts/lib/Either.js'
import type { Gateway, PaperSocket } from '#adapters/paper/server'
import type { Clock } from '#domain/kernel/clock'
import type { TickFeed } from '#domain/kernel/tick-feed'
import { type Matching, openMatching } from '#domain/matching/engine'
import { paperInstrument, paperSymbols } from '#domain/matching/instruments'
import type { PaperStore, StoreLost } from '#domain/matching/store'
import { laterOf } from '#domain/values/instant'
import type { PaperAnswer, PaperWireRequest } from '#schemas/paper/wire'
import type { Instant } from '#schemas/values/instant'
import { namesIn, type Reply, workOff, type Work } from './batch.ts'
import type { Entry, Inbox } from './inbox.ts'
import { wireOrder, wireTrade } from './translate.ts'

/** A market order does not trade on a quote that is older than this. */
export const quoteAgeMsMax = 5_000
const pageMax = 500

export interface Term {
  readonly store: PaperStore
  readonly feed: TickFeed
  readonly clock: Clock
  readonly inbox: Inbox
  /** Opens the socket, once the market has been heard of; undefined where it is told to stop first. */
  readonly serve: () => Promise<PaperSocket | undefined>
  /** How long the market may be silent before orders are taken in without it. */
  readonly marketMsMax: number
}

/** Why a term ended. */
export type Ended =
  | { readonly kind: 'closed' }
  /** Something was in the matching that is not durable: it begins anew. */
  | { readonly kind: 'lost'; readonly detail: string }

export const runTerm = async (term: Term): Promise<Ended> => {
  const { store, feed, clock, inbox } = term
  const state = await store.state()
  if (E.isLeft(state)) return lost(state.left)
  const options = { instrumentOf: paperInstrument, symbols: paperSymbols, quoteAgeMsMax }
  const matching = openMatching(options, state.right)
  const stopListening = await listenTo(feed, inbox, term.marketMsMax)
  let last = 0 as Instant
  const now = (): Instant => (last = laterOf(last, clock.now()))
  const socket = await term.serve()
  if (socket === undefined) {
    stopListening()
    return { kind: 'closed' }
  }
  try {
    for (let entries = await inbox.take(); entries !== undefined; entries = await inbox.take()) {
      const ended = await workThrough({ entries, matching, store, socket, now })
      if (ended !== undefined) return ended
    }
    return { kind: 'closed' }
  } finally {
    stopListening()
    await socket.close()
  }
}

/** Resolves when the source has said what it offers, so that whoever asks for instruments hears of all. */
const listenTo = async (feed: TickFeed, inbox: Inbox, marketMsMax: number): Promise<() => void> => {
  let timer: NodeJS.Timeout | undefined
  let stop = (): void => undefined
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, marketMsMax)
    stop = feed.listen((frame) => {
      inbox.hear(frame)
      if (frame.type === 'welcome') resolve()
    })
  })
  clearTimeout(timer)
  return stop
}

interface Turn {
  readonly entries: readonly Entry[]
  readonly matching: Matching
  readonly store: PaperStore
  readonly socket: PaperSocket
  readonly now: () => Instant
}

/** Looked up, worked off, made durable, answered, told: in this order. */
const workThrough = async (turn: Turn): Promise<Ended | undefined> => {
  const { entries, matching, store, socket, now } = turn
  const names = namesIn(entries, matching)
  const known = names.length === 0 ? E.right([]) : await store.find(names)
  if (E.isLeft(known)) return lost(known.left)
  const offered = matching.instruments().length
  const work = workOff(entries, matching, known.right, now)
  const failed = await makeDurable(store, work)
  if (failed !== undefined) return failed
  for (const reply of work.replies) {
    const answer = 'answer' in reply ? E.right(reply.answer) : await listed(store, reply.list)
    if (E.isLeft(answer)) return lost(answer.left)
    reply.to.answer(answer.right)
  }
  for (const { frame, except } of work.news) socket.publish(frame, except)
  // Whoever has listed the instruments comes back and lists them again.
  if (matching.instruments().length > offered) socket.sendAway('there are more instruments')
  return undefined
}

const makeDurable = async (store: PaperStore, { batch }: Work): Promise<Ended | undefined> => {
  if (batch.placed.length + batch.changed.length + batch.trades.length === 0) return undefined
  const committed = await store.commit(batch)
  if (E.isLeft(committed)) return lost(committed.left)
  return committed.right
    ? undefined
    : { kind: 'lost', detail: 'a deadline passed before the orders were durable' }
}

const lost = ({ detail }: StoreLost): Ended => ({ kind: 'lost', detail })

type List = Extract<Reply, { readonly list: unknown }>['list']

const listed = async (store: PaperStore, list: List): Promise<E.Either<StoreLost, PaperAnswer>> => {
  const { request, account, after } = list
  // One more than is told says whether there are more.
  const page = { account, after, limit: pageMax + 1 }
  if (list.type === 'trades') {
    return E.map(
      (trades: readonly Parameters<typeof wireTrade>[0][]): PaperAnswer => ({
        type: 'trades',
        request,
        trades: trades.slice(0, pageMax).map(wireTrade),
        more: trades.length > pageMax,
      }),
    )(await store.trades(page, list.since))
  }
  const found =
    list.type === 'openOrders'
      ? await store.openOrders(page)
      : await store.closedOrders(page, list.since)
  return E.map(
    (orders: readonly Parameters<typeof wireOrder>[0][]): PaperAnswer => ({
      type: 'orders',
      request,
      orders: orders.slice(0, pageMax).map(wireOrder),
      more: orders.length > pageMax,
    }),
  )(found)
}

/** Hands a request to the inbox after the latency of the line; throttles where too much waits already. */
export const requestsInto =
  (inbox: Inbox, latencyMs: number) =>
  (request: PaperWireRequest, from: Gateway): void => {
    const arrive = (): void => {
      if (inbox.ask(request, from)) return
      from.answer({ type: 'throttled', request: request.request, retryAfterMs: 100 })
    }
    if (latencyMs === 0) arrive()
    else setTimeout(arrive, latencyMs)
  }
