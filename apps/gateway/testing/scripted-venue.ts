/** A venue that does what a test tells it, remembers all that reached it, and can be asked for the truth afterwards. */
import * as E from 'fp-ts/lib/Either.js'
import type {
  PlaceFailure,
  Venue,
  VenueAmendment,
  VenueFunding,
  VenueInstrument,
  VenueOrder,
  VenueOrderState,
  VenueReport,
  VenueSilent,
  VenueTrade,
} from '#domain/kernel/venue'
import { addQuantity, lessQuantity } from '#domain/values/decimal'
import { fee, payloadHash, price, quantity, symbol } from '#domain/testing/orders'
import type { Quantity } from '#schemas/values/decimal'
import type { AccountId, ClientOrderId, MarketSymbol, TradeId, VenueId } from '#schemas/values/ids'
import type { Side } from '#schemas/values/trading'
import {
  bitcoin,
  type Listener,
  orderAtVenue,
  plainCapabilities,
  type PlacedTerms,
  type PlaceScript,
  refused,
  silent,
  type WireAttempt,
} from '#apps/gateway/testing/script'
import type { Owner, World } from '#apps/gateway/testing/world'

export class ScriptedVenue {
  readonly #world: World
  readonly #orders: VenueOrderState[] = []
  readonly #trades: VenueTrade[] = []
  readonly #fundings: VenueFunding[] = []
  #listeners: Listener[] = []
  #numbers = 0
  connected = true
  instruments: readonly VenueInstrument[] = [bitcoin]
  capabilities = plainCapabilities
  readonly attempts: WireAttempt[] = []
  readonly cancels: ClientOrderId[] = []
  /** How often it was asked what it has. */
  questions = 0
  script: (order: VenueOrder) => PlaceScript = () => ({ effect: 'rest', answer: 'answer' })
  /** What becomes of a cancel. `tooLate`: it says no. */
  cancelScript: (clientOrderId: ClientOrderId) => 'answer' | 'silence' | 'tooLate' = () => 'answer'
  /** Whether a question is answered. */
  answers: (what: string) => boolean = () => true
  /** How long a question is under way, or its answer: `… answered`, or a cancel: `cancel …`. */
  slowMs: (what: string) => number = () => 0
  /** What the socket makes of a report: how often each listener hears it. */
  echoes: (report: VenueReport) => number = () => 1
  logHead: () => bigint = () => 0n

  constructor(world: World) {
    this.#world = world
  }

  get orders(): readonly VenueOrderState[] {
    return this.#orders
  }
  get fundings(): readonly VenueFunding[] {
    return this.#fundings
  }
  get trades(): readonly VenueTrade[] {
    return this.#trades
  }
  orderOf(clientOrderId: ClientOrderId): VenueOrderState | undefined {
    return this.#orders.find((order) => order.clientOrderId === clientOrderId)
  }

  /** The venue as one gateway reaches it. */
  reachedBy(owner: Owner): Venue {
    return {
      id: 'paper' as VenueId,
      capabilities: this.capabilities,
      place: (order, mayStillSend) => this.#place(owner, order, mayStillSend),
      cancel: (account, clientOrderId) => this.#cancel(owner, account, clientOrderId),
      amend: (account, clientOrderId, amendment, mayStillSend) =>
        this.#amend(owner, account, clientOrderId, amendment, mayStillSend),
      openOrders: (account) =>
        this.#ask(owner, 'openOrders', () =>
          this.#orders.filter((each) => each.account === account && each.status === 'open'),
        ),
      closedOrders: (account, since) =>
        this.#ask(owner, 'closedOrders', () =>
          this.#orders.filter(
            (each) => each.account === account && each.status !== 'open' && each.venueAt >= since,
          ),
        ),
      trades: (account, since) =>
        this.#ask(owner, 'trades', () =>
          this.#trades.filter((each) => each.account === account && each.venueAt >= since),
        ),
      fundings: (account, since) =>
        this.#ask(owner, 'fundings', () =>
          this.#fundings.filter((each) => each.account === account && each.venueAt >= since),
        ),
      order: (account, clientOrderId) =>
        this.#ask(owner, 'order', () => {
          const order = this.orderOf(clientOrderId)
          return order?.account === account ? order : 'notFound'
        }),
      instruments: () => this.#ask(owner, 'instruments', () => this.instruments),
      listen: (hear) => {
        const listener = { owner, hear }
        this.#listeners.push(listener)
        if (this.connected) hear({ type: 'connected' })
        return () => {
          this.#listeners = this.#listeners.filter((each) => each !== listener)
        }
      },
      close: () => Promise.resolve(),
    }
  }

  disconnect(): void {
    this.connected = false
    this.#toEach({ type: 'disconnected', detail: 'the test says so' })
  }
  reconnect(): void {
    this.connected = true
    this.#toEach({ type: 'connected' })
  }
  /** Some of what is open trades. */
  fill(clientOrderId: ClientOrderId, size: string): void {
    const order = this.orderOf(clientOrderId)
    if (order?.status === 'open') this.#trade(order, quantity(size))
  }
  /** Ends what is open, unasked. */
  end(clientOrderId: ClientOrderId, status: 'cancelled' | 'expired'): void {
    const order = this.orderOf(clientOrderId)
    if (order?.status === 'open') this.#change(order, { status })
  }
  /** Books a payment, and tells of it unless it is not `told`. */
  pay(funding: Omit<VenueFunding, 'venueAt' | 'receivedAt' | 'payloadHash'>, told = true): void {
    const booked = { ...funding, ...this.#stamp() }
    this.#fundings.push(booked)
    if (told) this.#report({ type: 'funding', funding: booked })
  }
  /** Says again what it said of an order. */
  repeat(clientOrderId: ClientOrderId): void {
    const order = this.orderOf(clientOrderId)
    if (order !== undefined) this.#report({ type: 'order', order })
    for (const trade of this.#trades) {
      if (trade.clientOrderId === clientOrderId) this.#report({ type: 'trade', trade })
    }
  }
  /** Somebody trades on this account past the ledger. */
  strangerTrades(size: string, side: Side = 'buy', of: MarketSymbol = symbol): void {
    const order = this.#add({
      symbol: of,
      side,
      quantity: quantity(size),
      account: 'main' as AccountId,
    })
    this.#trade(order, quantity(size))
  }
  /** Works again on what it had ended. */
  revive(order: VenueOrderState): void {
    this.#change(order, { status: 'open' })
  }
  /** Forgets an order without a word. */
  lose(clientOrderId: ClientOrderId): void {
    this.#orders.splice(
      this.#orders.findIndex((order) => order.clientOrderId === clientOrderId),
      1,
    )
  }
  /** Has again what it had lost, without a word. */
  restore(order: VenueOrderState): void {
    this.#orders.push(order)
  }

  async #place(
    owner: Owner,
    sent: VenueOrder,
    mayStillSend: () => boolean,
  ): Promise<E.Either<PlaceFailure, VenueOrderState>> {
    await this.#world.turn(owner, `place ${sent.clientOrderId}`)
    if (!this.connected) return E.left({ _tag: 'NotSent', detail: 'no connection' })
    if (!mayStillSend()) return E.left({ _tag: 'NotSent', detail: 'no longer' })
    const { now, monotonicMs } = this.#world.clock
    this.attempts.push({
      by: owner.name,
      order: sent,
      leftAtMs: monotonicMs(),
      leftAt: now(),
      logHead: this.logHead(),
    })
    const { effect, answer } = this.script(sent)
    // The bytes are under way whatever becomes of their sender.
    await this.#world.turn(this.#world.outside, `arrive ${sent.clientOrderId}`)
    const result = effect === 'lost' ? silent : this.#arrive(sent, effect)
    await this.#world.turn(owner, `answer ${sent.clientOrderId}`)
    return answer === 'silence' ? silent : result
  }
  #arrive(
    { clientOrderId, terms, sendBy }: VenueOrder,
    effect: PlaceScript['effect'],
  ): E.Either<PlaceFailure, VenueOrderState> {
    if (this.capabilities.honoursDeadline && this.#world.clock.now() > sendBy) {
      return refused('deadlinePassed', 'Too late.')
    }
    if (effect === 'refuse') return refused('venueRefused', 'Not today.')
    if (effect === 'throttle') return E.left({ _tag: 'VenueThrottled', retryAfterMs: 100 })
    const order = this.#add({ ...terms, clientOrderId })
    this.#report({ type: 'order', order })
    const half = (terms.quantity / 2n) as Quantity
    if (effect === 'fill') this.#trade(order, terms.quantity)
    if (effect === 'fillHalf' || effect === 'expireHalf') this.#trade(order, half)
    if (effect === 'expireHalf') this.end(clientOrderId, 'expired')
    return E.right(this.orderOf(clientOrderId) ?? order)
  }

  async #cancel(
    owner: Owner,
    account: AccountId,
    clientOrderId: ClientOrderId,
  ): Promise<E.Either<PlaceFailure, VenueOrderState>> {
    await this.#world.turn(owner, `cancel ${clientOrderId}`)
    if (!this.connected) return E.left({ _tag: 'NotSent', detail: 'no connection' })
    this.cancels.push(clientOrderId)
    const script = this.cancelScript(clientOrderId)
    await this.#world.wait(this.#world.outside, this.slowMs(`cancel ${clientOrderId}`))
    await this.#world.turn(this.#world.outside, `cancelling ${clientOrderId}`)
    const order = this.orderOf(clientOrderId)
    const known = order !== undefined && order.account === account
    if (known && order.status === 'open' && script !== 'tooLate') {
      this.#change(order, { status: 'cancelled' })
    }
    await this.#world.turn(owner, `cancel answered ${clientOrderId}`)
    if (script === 'silence') return silent
    const after = this.orderOf(clientOrderId)
    if (!known || after === undefined || script === 'tooLate') {
      return refused('venueRefused', 'Too late to cancel.')
    }
    return E.right(after)
  }

  async #amend(
    owner: Owner,
    account: AccountId,
    clientOrderId: ClientOrderId,
    { sendBy, ...terms }: VenueAmendment,
    mayStillSend: () => boolean,
  ): Promise<E.Either<PlaceFailure, VenueOrderState>> {
    await this.#world.turn(owner, `amend ${clientOrderId}`)
    if (!this.connected || !mayStillSend()) return E.left({ _tag: 'NotSent', detail: 'no longer' })
    await this.#world.turn(this.#world.outside, `amending ${clientOrderId}`)
    const order = this.orderOf(clientOrderId)
    const late = this.#world.clock.now() > sendBy
    if (order?.account !== account || order.status !== 'open' || late) {
      return refused('venueRefused', 'Too late to amend.')
    }
    return E.right(this.#change(order, terms))
  }

  async #ask<A>(owner: Owner, what: string, answer: () => A): Promise<E.Either<VenueSilent, A>> {
    await this.#way(owner, what)
    this.questions += 1
    const heard = this.connected && this.answers(what)
    const told = answer()
    await this.#way(owner, `${what} answered`)
    return heard ? E.right(told) : silent
  }

  async #way(owner: Owner, what: string): Promise<void> {
    await this.#world.wait(owner, this.slowMs(what))
    await this.#world.turn(owner, what)
  }
  #add(terms: PlacedTerms): VenueOrderState {
    this.#numbers += 1
    const order = orderAtVenue(`V${String(this.#numbers)}`, terms, this.#stamp())
    this.#orders.push(order)
    return order
  }
  #change(order: VenueOrderState, change: Partial<VenueOrderState>): VenueOrderState {
    const changed = { ...order, ...change, ...this.#stamp() }
    this.#orders.splice(this.#orders.indexOf(order), 1, changed)
    this.#report({ type: 'order', order: changed })
    return changed
  }
  #trade(order: VenueOrderState, wanted: Quantity): void {
    const left = lessQuantity(order.quantity, order.filledTotal)
    const size = wanted < left ? wanted : left
    if (size === 0n) return
    this.#numbers += 1
    const trade: VenueTrade = {
      tradeId: `T${String(this.#numbers)}` as TradeId,
      venueOrderId: order.venueOrderId,
      ...(order.clientOrderId === undefined ? {} : { clientOrderId: order.clientOrderId }),
      account: order.account,
      symbol: order.symbol,
      side: order.side,
      quantity: size,
      price: price('60000'),
      fee: fee('1'),
      liquidity: 'taker',
      ...this.#stamp(),
    }
    this.#trades.push(trade)
    this.#report({ type: 'trade', trade })
    const filledTotal = addQuantity(order.filledTotal, size)
    const full = filledTotal === order.quantity
    this.#change(order, { filledTotal, ...(full ? { status: 'filled' } : {}) })
  }
  #stamp() {
    const now = this.#world.clock.now()
    return { venueAt: now, receivedAt: now, payloadHash }
  }
  #report(report: VenueReport): void {
    if (!this.connected) return
    for (let echo = 0; echo < this.echoes(report); echo += 1) this.#toEach(report)
  }
  /** Each listener hears it in its own time, if it lives to. */
  #toEach(report: VenueReport): void {
    for (const { owner, hear } of this.#listeners) {
      void this.#world.turn(owner, `report ${report.type}`).then(() => hear(report))
    }
  }
}
