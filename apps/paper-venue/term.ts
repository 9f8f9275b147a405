/** One term of ownership: from the durable state on, work off what comes, until told to stop or the store is lost. */
import * as E from 'fp-ts/lib/Either.js'
import type { Gateway, PaperSocket } from '#adapters/paper/server'
import type { Clock } from '#domain/kernel/clock'
import type { TickFeed } from '#domain/kernel/tick-feed'
import { type Matching, openMatching } from '#domain/matching/engine'
import type { FundingRule } from '#domain/matching/funding'
import { paperInstrument, paperSymbols } from '#domain/matching/instruments'
import type { PaperStore, StoreLost } from '#domain/matching/store'
import { laterOf, msBetween } from '#domain/values/instant'
import type { PaperWireRequest } from '#schemas/paper/wire'
import type { Instant } from '#schemas/values/instant'
import { namesIn, workOff } from './batch.ts'
import type { Work } from './desk.ts'
import type { Entry, Inbox } from './inbox.ts'
import { listed } from './listing.ts'
import type { Mouth, Said } from './misbehaviour.ts'

/** A market order does not trade on a quote that is older than this. */
export const quoteAgeMsMax = 5_000

export interface Term {
  readonly store: PaperStore
  readonly feed: TickFeed
  readonly clock: Clock
  readonly inbox: Inbox
  /** Opens the socket, once the market has been heard of; undefined where it is told to stop first. */
  readonly serve: () => Promise<Served | undefined>
  readonly funding: FundingRule
  /** How long the market may be silent before orders are taken in without it. */
  readonly marketMsMax: number
}

export interface Served {
  readonly socket: PaperSocket
  readonly mouth: Mouth
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
  const { funding } = term
  const options = { instrumentOf: paperInstrument, symbols: paperSymbols, quoteAgeMsMax, funding }
  const matching = openMatching(options, state.right)
  const stopListening = await listenTo(feed, inbox, term.marketMsMax)
  let last = 0 as Instant
  const now = (): Instant => (last = laterOf(last, clock.now()))
  const served = await term.serve()
  if (served === undefined) {
    stopListening()
    return { kind: 'closed' }
  }
  const { socket, mouth } = served
  try {
    for (;;) {
      const entries = await inbox.take(dueInMs(matching, clock))
      if (entries === undefined) return { kind: 'closed' }
      const ended = await workThrough({ entries, matching, store, socket, mouth, now })
      if (ended !== undefined) return ended
    }
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

/** How long until something is to happen by itself. */
const dueInMs = (matching: Matching, clock: Clock): number | undefined => {
  const dueAt = matching.dueAt()
  return dueAt === undefined ? undefined : msBetween(clock.now(), dueAt)
}

interface Turn {
  readonly entries: readonly Entry[]
  readonly matching: Matching
  readonly store: PaperStore
  readonly socket: PaperSocket
  readonly mouth: Mouth
  readonly now: () => Instant
}

/** Looked up, worked off, made durable, answered, told: in this order. */
const workThrough = async (turn: Turn): Promise<Ended | undefined> => {
  const { entries, matching, store, socket, mouth, now } = turn
  const names = namesIn(entries, matching)
  const known = names.length === 0 ? E.right([]) : await store.find(names)
  if (E.isLeft(known)) return lost(known.left)
  const offered = matching.instruments().length
  const work = workOff(entries, matching, known.right, now)
  const failed = await makeDurable(store, work)
  if (failed !== undefined) return failed
  const said: Said[] = []
  for (const reply of work.replies) {
    const answer = 'answer' in reply ? E.right(reply.answer) : await listed(store, reply.list)
    if (E.isLeft(answer)) return lost(answer.left)
    said.push({ to: reply.to, request: reply.request, answer: answer.right })
  }
  mouth.say(said, work.news)
  // Whoever has listed the instruments comes back and lists them again.
  if (matching.instruments().length > offered) socket.sendAway('there are more instruments')
  return undefined
}

const makeDurable = async (store: PaperStore, { batch }: Work): Promise<Ended | undefined> => {
  const { placed, changed, trades, fundings, positions } = batch
  const isEmpty = [placed, changed, trades, fundings, positions].every(({ length }) => length === 0)
  if (isEmpty) return undefined
  const committed = await store.commit(batch)
  if (E.isLeft(committed)) return lost(committed.left)
  return committed.right
    ? undefined
    : { kind: 'lost', detail: 'a deadline passed before the orders were durable' }
}

const lost = ({ detail }: StoreLost): Ended => ({ kind: 'lost', detail })

/** So many requests may be on the line at once. */
const onTheLineMax = 4_096
const retryAfterMs = 100

/** Hands a request to the inbox after the latency of the line; throttles where too much waits already. */
export const requestsInto = (
  inbox: Inbox,
  latencyMs: number,
  turnsAway: (request: PaperWireRequest) => boolean = () => false,
): ((request: PaperWireRequest, from: Gateway) => void) => {
  let onTheLine = 0
  return (request, from) => {
    const throttle = (): void => {
      from.answer({ type: 'throttled', request: request.request, retryAfterMs })
    }
    const arrive = (): void => {
      if (turnsAway(request) || !inbox.ask(request, from)) throttle()
    }
    if (latencyMs === 0) return arrive()
    if (onTheLine >= onTheLineMax) return throttle()
    onTheLine += 1
    setTimeout(() => {
      onTheLine -= 1
      arrive()
    }, latencyMs)
  }
}
