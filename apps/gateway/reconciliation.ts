/** Asks the venue what it has, and brings the log up to it. What the venue lacks is never "gone": it is a break. */
import * as E from 'fp-ts/lib/Either.js'
import type { VenueOrderState, VenueSilent, VenueTrade } from '#domain/kernel/venue'
import type { EvidenceSource } from '#domain/order/commands'
import {
  clientOrderIdOf,
  isActive,
  type Order,
  orderIdOf,
  workingQuantity,
} from '#domain/order/order'
import { addQuantity, zeroQuantity } from '#domain/values/decimal'
import { laterOf, plusMs } from '#domain/values/instant'
import type { AccountId, ClientOrderId, OrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { provableInMs } from './absence.ts'
import type { Entry } from './entry.ts'
import type { Fundings } from './fundings.ts'
import type { Journal } from './journal.ts'
import type { Orders } from './orders.ts'
import type { GatewayPorts } from './ports.ts'
import { sendWithinMs } from './submission.ts'
import type { Word } from './tasks.ts'
import type { VenueAccount } from './venue-account.ts'
import type { View } from './view.ts'

/** How much further back than needed is asked: clocks differ, and trades are published late. */
const marginMs = 60_000
/** Where fills are missing all the same, because the time of day was set back before they were made. */
const furtherBackMs = [3_600_000, 86_400_000, 30 * 86_400_000] as const
const earliest = 0 as Instant
/** An order that ended less than this before it was asked for may still be shown as open. */
const staleMs = 5000

interface Before {
  readonly askedAt: Instant
  readonly askedMs: number
  /** The account's orders at the venue, or perhaps there, when it was asked. */
  readonly active: ReadonlyMap<OrderId, Entry>
  /** Those of them that it had acknowledged by then; the others may have arrived in between. */
  readonly open: ReadonlySet<OrderId>
}
interface Found {
  readonly open: readonly VenueOrderState[]
  readonly closed: readonly VenueOrderState[]
  readonly trades: readonly VenueTrade[]
}

export interface ReconciliationParts {
  readonly ports: GatewayPorts
  readonly view: View
  readonly orders: Orders
  readonly journal: Journal
  readonly fundings: Fundings
}

export class Reconciliation {
  readonly #ports: GatewayPorts
  readonly #view: View
  readonly #orders: Orders
  readonly #journal: Journal
  readonly #fundings: Fundings
  /** When each account was last asked for everything, and all of it was recorded. */
  readonly #completeAt = new Map<AccountId, Instant>()

  constructor({ ports, view, orders, journal, fundings }: ReconciliationParts) {
    this.#ports = ports
    this.#view = view
    this.#orders = orders
    this.#journal = journal
    this.#fundings = fundings
  }

  /** Everything since the last time, and a ReconciliationCompleted at the end. False: try again. */
  async complete(at: VenueAccount, stillWanted: () => boolean): Promise<boolean> {
    at.lacksPayment = false
    const before = this.#before(at.account)
    const since = this.#since(at, before)
    // Before the trades, so that what was paid on is among them.
    const fundings = await this.#answered(this.#ports.venue.fundings(at.account, since))
    const found = fundings === undefined ? undefined : await this.#ask(at.account, since)
    if (fundings === undefined || found === undefined) return false
    const breaksBefore = at.breakCount
    const lost = await this.#bring(at, before, found)
    if (lost === undefined || !stillWanted()) return false
    await this.#fundings.bring(at, fundings)
    if (!stillWanted()) return false
    this.#completeAt.set(at.account, before.askedAt)
    at.touched = this.#before(at.account).active.size > 0
    await this.#journal.reconciled(at, {
      askedAt: before.askedAt,
      openOrders: found.open.length,
      closedOrders: found.closed.length,
      trades: found.trades.length,
      breaksFound: at.breakCount - breaksBefore,
      breaksOpen: this.#journal.breaksAmong(at, found.open) + stillOpen(lost),
    })
    return true
  }

  /** Only what is open, and more only of what does not agree. False: the venue did not answer. */
  async sweep(at: VenueAccount): Promise<boolean> {
    const before = this.#before(at.account)
    const open = await this.#answered(this.#ports.venue.openOrders(at.account))
    if (open === undefined) return false
    const byId = new Map(open.map((state) => [state.clientOrderId, state]))
    const doubtful = [...before.active.values()].filter((entry) => isDoubtful(entry, byId))
    if (doubtful.length === 0) {
      return await this.#orders.hear(wordsOf(open, 'openOrders'))
    }
    const since = doubtful
      .map((entry) => this.#lookBackFrom(at.account, entry.order))
      .reduce((a, b) => (a < b ? a : b))
    const more = await this.#askMore(at.account, plusMs(since, -marginMs))
    if (more === undefined) return false
    return (await this.#bring(at, before, { open, ...more })) !== undefined
  }

  /** Contracts are paid on without any order: what the log lacks is noted. False: no answer. */
  async findPayments(at: VenueAccount): Promise<boolean> {
    const since = plusMs(at.reconciledAt ?? at.openedAt ?? this.#ports.clock.now(), -marginMs)
    const fundings = await this.#answered(this.#ports.venue.fundings(at.account, since))
    at.lacksPayment ||= fundings?.some((funding) => !at.hasFunding(funding)) ?? false
    return fundings !== undefined
  }

  #before(account: AccountId): Before {
    const { clock } = this.#ports
    const ofAccount = [...this.#view.entries].filter(
      ([, { order, followed }]) =>
        followed &&
        order._tag !== 'Unrecorded' &&
        order.terms.account === account &&
        (isActive(order) || workingQuantity(order) > 0n),
    )
    return {
      askedAt: clock.now(),
      askedMs: clock.monotonicMs(),
      active: new Map(ofAccount),
      open: new Set(ofAccount.flatMap(([id, { order }]) => (order._tag === 'Open' ? [id] : []))),
    }
  }

  /** The last reconciliation, or further back where an older outcome is still unknown. */
  #since(at: VenueAccount, { active, askedAt }: Before): Instant {
    const unresolved = [...active.values()]
      .filter(({ order }) => order._tag === 'Submitting' || order._tag === 'Unknown')
      .map(({ order }) => sentAt(order, askedAt))
    const from = at.reconciledAt ?? at.openedAt ?? askedAt
    return plusMs(
      unresolved.reduce((a, b) => (a < b ? a : b), from),
      -marginMs,
    )
  }
  #lookBackFrom(account: AccountId, order: Order): Instant {
    const sent = sentAt(order, this.#ports.clock.now())
    const complete = this.#completeAt.get(account)
    const resolved = order._tag !== 'Unknown' && order._tag !== 'Submitting'
    return resolved && complete !== undefined && complete > sent ? complete : sent
  }

  async #ask(account: AccountId, since: Instant): Promise<Found | undefined> {
    // Open before closed before trades: what moves on between the questions is found further on.
    const open = await this.#answered(this.#ports.venue.openOrders(account))
    const more = open === undefined ? undefined : await this.#askMore(account, since)
    return open === undefined || more === undefined ? undefined : { open, ...more }
  }
  async #askMore(account: AccountId, since: Instant): Promise<Omit<Found, 'open'> | undefined> {
    const { venue } = this.#ports
    const closed = await this.#answered(venue.closedOrders(account, since))
    const trades =
      closed === undefined ? undefined : await this.#answered(venue.trades(account, since))
    return closed === undefined || trades === undefined ? undefined : { closed, trades }
  }
  async #answered<A>(answer: Promise<E.Either<VenueSilent, A>>): Promise<A | undefined> {
    const result = await answer
    if (E.isRight(result)) return result.right
    this.#ports.logger.warn(result.left, 'the venue did not answer what it has')
    return undefined
  }

  /** Records what was found, and then what was not: answers that. Undefined: not all of it was recorded. */
  async #bring(
    at: VenueAccount,
    before: Before,
    found: Found,
  ): Promise<readonly Entry[] | undefined> {
    const heard = await this.#orders.hear([
      ...wordsOf(found.open, 'openOrders'),
      ...found.trades.map((trade): Word => ({ type: 'trade', trade, via: 'trades' })),
      ...wordsOf(found.closed, 'closedOrders'),
    ])
    if (!heard) return undefined
    const listed = new Map(
      [...found.open, ...found.closed].map((each) => [each.clientOrderId, each]),
    )
    const traded = new Set(found.trades.map(({ clientOrderId }) => clientOrderId))
    const results = new Map<Entry, boolean | 'lost'>()
    for (const entry of before.active.values()) {
      const name = clientOrderIdOf(entry.orderId)
      const state = listed.get(name)
      results.set(
        entry,
        state === undefined
          ? await this.#byName(at, before, entry, traded.has(name))
          : await this.#withFills(entry, state, []),
      )
    }
    for (const state of found.open) await this.#openAfterEnd(at, before, state)
    if ([...results.values()].includes(false)) return undefined
    return [...results].flatMap(([entry, result]) => (result === 'lost' ? [entry] : []))
  }

  /** No list has it: they reach back by the time of day, which may have been set since. */
  async #byName(
    at: VenueAccount,
    before: Before,
    entry: Entry,
    traded: boolean,
  ): Promise<boolean | 'lost'> {
    const wasOpen = before.open.has(entry.orderId)
    if (entry.attempting || entry.finished || (entry.order._tag === 'Open' && !wasOpen)) return true
    const { venue } = this.#ports
    const state = await this.#answered(venue.order(at.account, clientOrderIdOf(entry.orderId)))
    if (state === undefined) return false
    if (state !== 'notFound') {
      return await this.#withFills(entry, state, wordsOf([state], 'orderByClientId'))
    }
    if (entry.order._tag === 'Open' && wasOpen) {
      await this.#journal.missingAtVenue(at, entry.orderId)
      return 'lost'
    }
    if (entry.order._tag === 'Unknown' && !traded) await this.#absent(entry, before)
    return true
  }

  /** Records this, together with the fills that the log lacks of what the venue counts. */
  async #withFills(entry: Entry, state: VenueOrderState, words: readonly Word[]): Promise<boolean> {
    const known = 'filledQuantity' in entry.order ? entry.order.filledQuantity : zeroQuantity
    const trades = state.filledTotal > known ? await this.#tradesOf(entry.order, state) : []
    if (trades === undefined) return false
    return await this.#orders.hear([
      ...words,
      ...trades.map((trade): Word => ({ type: 'trade', trade, via: 'trades' })),
    ])
  }
  /** Further and further back, until they explain what the venue counts. */
  async #tradesOf(
    order: Order,
    { account, clientOrderId, venueAt, filledTotal }: VenueOrderState,
  ): Promise<readonly VenueTrade[] | undefined> {
    const sent = sentAt(order, venueAt)
    const from = sent < venueAt ? sent : venueAt
    let trades: readonly VenueTrade[] = []
    for (const backMs of [marginMs, ...furtherBackMs]) {
      const answer = await this.#answered(
        this.#ports.venue.trades(account, laterOf(plusMs(from, -backMs), earliest)),
      )
      if (answer === undefined) return undefined
      trades = answer.filter((trade) => trade.clientOrderId === clientOrderId)
      const total = trades.reduce((sum, { quantity }) => addQuantity(sum, quantity), zeroQuantity)
      if (total >= filledTotal) break
    }
    return trades
  }

  /** The decider knows the rule by the wall clock; that it was not stepped, only we can know. */
  async #absent(entry: Entry, { askedAt, askedMs }: Before): Promise<void> {
    const { requestWindowMs, settlingMs, notFoundIsFinal, honoursDeadline } =
      this.#ports.venue.capabilities
    const askedAgo = this.#ports.clock.monotonicMs() - askedMs
    const waitMs = provableInMs(entry, this.#ports.venue.capabilities, {
      now: () => askedAt,
      monotonicMs: () => this.#ports.clock.monotonicMs() - askedAgo,
    })
    if (waitMs > 0) return
    await this.#orders.tell(entry, {
      type: 'ResolveAbsent',
      orderId: entry.orderId,
      evidence: ['openOrders', 'closedOrders', 'trades', 'orderByClientId'],
      askedAt,
      requestWindowMs,
      settlingMs,
      // Where late bytes are still acted upon, nothing that was not found is final.
      notFoundIsFinal: notFoundIsFinal && honoursDeadline,
    })
  }

  /** It had ended here well before the venue was asked, and yet the venue works on it. */
  async #openAfterEnd(at: VenueAccount, before: Before, state: VenueOrderState): Promise<void> {
    if (state.clientOrderId === undefined) return
    const orderId = orderIdOf(state.clientOrderId)
    if (before.active.has(orderId)) return
    const end = await this.#orders.endOf(orderId)
    if (end === undefined || plusMs(end.at, staleMs) > before.askedAt) return
    await this.#journal.openAfterEnd(at, orderId, end.state)
  }
}

/** In the log it is open, unknown or short of fills, and the venue's open orders do not say the same. */
const isDoubtful = (
  { orderId, order }: Entry,
  open: ReadonlyMap<ClientOrderId | undefined, VenueOrderState>,
): boolean => {
  const state = open.get(clientOrderIdOf(orderId))
  if (order._tag === 'Submitting') return false
  return (
    state === undefined || ('filledQuantity' in order && state.filledTotal > order.filledQuantity)
  )
}
/** One that has ended since, by whoever's word, is in doubt no longer. */
const stillOpen = (lost: readonly Entry[]): number =>
  lost.filter(({ order }) => order._tag === 'Open').length
const sentAt = (order: Order, otherwise: Instant): Instant =>
  'submission' in order ? plusMs(order.submission.sendBy, -sendWithinMs) : otherwise

const wordsOf = (states: readonly VenueOrderState[], via: EvidenceSource): readonly Word[] =>
  states.map((order) => ({ type: 'order', order, via }))
