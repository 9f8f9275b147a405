/**
 * What every account has and has under way: the fold, in log order, of all streams but the guards' own
 * decisions, seals and access. Every event of them counts, whatever it is, so that a decision can name
 * by one number how far its guard had read.
 */
import {
  type CashMovement,
  cashOfDeposit,
  cashOfFill,
  cashOfFunding,
  cashOfWithdrawal,
} from '#domain/books/cash'
import { applyFill, flat, type Position } from '#domain/books/position'
import { type HeldProposal, type ProposalsFold, proposalsFold } from '#domain/risk/proposals'
import { type RuleTexts, ruleTextsOf } from '#domain/risk/texts'
import {
  addAmount,
  addQuantity,
  lessQuantity,
  zeroAmount,
  zeroQuantity,
} from '#domain/values/decimal'
import type { RecordedEvent } from '#schemas/envelope'
import type { AccountOpened } from '#schemas/events/account'
import type { InstrumentListed } from '#schemas/events/instrument'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { ForeignFillObserved, OrderFilled, OrderIntentRecorded } from '#schemas/events/order'
import type { Basis } from '#schemas/events/risk'
import { categories, categoryOf, type Prefix, type StreamName } from '#schemas/streams'
import type { Amount, Quantity } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Currency,
  MarketSymbol,
  OrderId,
  ProposalId,
  StrategyId,
  VenueId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { InstrumentRules, InstrumentTerms, Terms } from '#schemas/values/trading'

/** Where an order that has not ended stands. `ended`: the venue counts more filled than the fills add up to. */
export type Stage = 'intended' | 'inFlight' | 'working' | 'unknown' | 'ended'

export interface HeldOrder {
  readonly orderId: OrderId
  readonly book: BookId
  readonly terms: Terms
  /** The event that asked for it: what a decision about it answers. */
  readonly intent: RecordedEvent<OrderIntentRecorded>
  readonly stage: Stage
  readonly filled: Quantity
  /** What the venue says was filled when it ended. */
  readonly venueTotal?: Quantity
}
/** A position and the place where it is held. */
export interface Place {
  readonly book: BookId
  readonly account: AccountId
  readonly strategy: StrategyId
  readonly venue: VenueId
  readonly symbol: MarketSymbol
}
export type Account = Omit<AccountOpened, 'type'>
export interface Instrument {
  readonly terms: InstrumentTerms
  readonly rules: InstrumentRules
  readonly ruleTexts: RuleTexts
}

export interface Holdings {
  /** How much of the log is in here: the last event, and how many. */
  readonly basis: () => Basis
  /** When the writer of the last event said it happened; undefined before the first. */
  readonly basisAt: () => Instant | undefined
  readonly account: (account: AccountId) => Account | undefined
  readonly cash: (account: AccountId, currency: Currency) => Amount
  /** Those that have ever moved in it. */
  readonly currencies: (account: AccountId) => readonly Currency[]
  readonly instrument: (venue: VenueId, symbol: MarketSymbol) => Instrument | undefined
  /** Known from a listing, or from a fill where nothing was ever listed. */
  readonly termsOf: (venue: VenueId, symbol: MarketSymbol) => InstrumentTerms | undefined
  readonly position: (place: Omit<Place, 'book'>) => Position
  /** Undefined: never heard of, ended, or denied. */
  readonly order: (order: OrderId) => HeldOrder | undefined
  /** Intents of a book that nobody has decided, sent or lapsed, in log order. */
  readonly waiting: (book: BookId) => ReadonlyMap<OrderId, HeldOrder>
  /** Requests on a book's control that nobody has ruled on, in log order. */
  readonly proposals: (book: BookId) => ReadonlyMap<ProposalId, HeldProposal>
}

/** What an event has changed, for whoever keeps sums over it. */
export interface Change {
  readonly order?: HeldOrder
  readonly place?: Place
  readonly instrument?: { readonly venue: VenueId; readonly symbol: MarketSymbol }
  readonly account?: AccountId
}
export interface HoldingsFold extends Holdings {
  readonly apply: (recorded: RecordedEvent) => Change
  /** It was decided: approved orders stay until they end, denied ones are never spoken of again. */
  readonly decided: (order: OrderId, outcome: 'approved' | 'denied') => void
  /** The ruling on it stands in the log. */
  readonly ruled: (book: BookId, proposal: ProposalId) => void
}

const others: ReadonlySet<string> = new Set(['risk', 'seal', 'access'])
/** The streams that are folded here. */
export const isHolding = (stream: StreamName): boolean => !others.has(categoryOf(stream))
export const holdingsPrefixes: readonly Prefix[] = categories
  .filter((category) => !others.has(category))
  .map((category): Prefix => `${category}-`)

/** How much of an order may still fill, at worst. */
export const remainingOf = ({ stage, terms, filled, venueTotal }: HeldOrder): Quantity =>
  lessQuantity(stage === 'ended' ? (venueTotal ?? filled) : terms.quantity, filled)

type Known = { -readonly [Key in keyof HeldOrder]: HeldOrder[Key] }
type Listing = Omit<InstrumentListed, 'type'>

interface State {
  count: number
  last: RecordedEvent | undefined
  readonly accounts: Map<AccountId, Account>
  readonly cash: Map<string, Amount>
  readonly listed: Map<string, Instrument>
  readonly traded: Map<string, InstrumentTerms>
  readonly positions: Map<string, Position>
  readonly orders: Map<OrderId, Known>
  readonly waiting: Map<BookId, Map<OrderId, HeldOrder>>
  readonly proposals: ProposalsFold
}

const nothing: Change = {}
const nobody: ReadonlyMap<OrderId, HeldOrder> = new Map()
const instrumentKey = (venue: VenueId, symbol: MarketSymbol): string => `${venue} ${symbol}`
const placeKey = ({ account, venue, symbol, strategy }: Omit<Place, 'book'>): string =>
  `${account} ${venue} ${symbol} ${strategy}`

export const holdingsFold = (): HoldingsFold => {
  const state: State = {
    count: 0,
    last: undefined,
    accounts: new Map(),
    cash: new Map(),
    listed: new Map(),
    traded: new Map(),
    positions: new Map(),
    orders: new Map(),
    waiting: new Map(),
    proposals: proposalsFold(),
  }
  return {
    apply: (recorded) => {
      state.count += 1
      state.last = recorded
      return evolve(state, recorded.event, recorded)
    },
    decided: (orderId, outcome) => {
      const order = state.orders.get(orderId)
      if (order === undefined) return
      noLongerWaiting(state, order)
      if (outcome === 'denied' && order.stage === 'intended') state.orders.delete(orderId)
    },
    ruled: (book, proposal) => state.proposals.ruled(book, proposal),
    basis: () => {
      const { count, last } = state
      return last === undefined ? { count } : { count, eventId: last.metadata.id }
    },
    basisAt: () => state.last?.metadata.occurredAt,
    account: (id) => state.accounts.get(id),
    cash: (account, currency) => state.cash.get(`${account} ${currency}`) ?? zeroAmount,
    currencies: (account) =>
      [...state.cash.keys()].flatMap((key) => {
        const [of, currency] = key.split(' ')
        return of === account ? [currency as Currency] : []
      }),
    instrument: (venue, symbol) => state.listed.get(instrumentKey(venue, symbol)),
    termsOf: (venue, symbol) => {
      const key = instrumentKey(venue, symbol)
      return state.listed.get(key)?.terms ?? state.traded.get(key)
    },
    position: (place) => state.positions.get(placeKey(place)) ?? flat,
    order: (orderId) => state.orders.get(orderId),
    waiting: (book) => state.waiting.get(book) ?? nobody,
    proposals: (book) => state.proposals.of(book),
  }
}

const evolve = (state: State, event: LedgerEvent, recorded: RecordedEvent): Change => {
  switch (event.type) {
    case 'OrderIntentRecorded':
      return intended(state, { ...recorded, event })
    case 'OrderSubmissionStarted':
    // What the question brought to light follows as its own event.
    case 'OrderOutcomeResolved':
      return become(state, event.orderId, 'inFlight')
    case 'OrderAccepted':
      return become(state, event.orderId, 'working')
    case 'OrderOutcomeUnknown':
      return become(state, event.orderId, 'unknown')
    case 'OrderCancelled':
    case 'OrderExpired':
      return end(state, event.orderId, event.filledTotal)
    case 'OrderRefused':
    case 'OrderLapsed':
      return end(state, event.orderId, undefined)
    case 'OrderFilled':
      return filledBy(state, event)
    case 'ForeignFillObserved':
      return booked(state, event)
    case 'AccountOpened':
      state.accounts.set(event.account, event)
      return { account: event.account }
    case 'FundsDeposited':
      return moved(state, event.account, cashOfDeposit(event))
    case 'FundsWithdrawn':
      return moved(state, event.account, cashOfWithdrawal(event))
    case 'FundingPaid':
      return moved(state, event.account, cashOfFunding(event))
    case 'InstrumentListed':
    case 'InstrumentChanged':
      return list(state, event)
    case 'RiskLimitsProposed':
    case 'KillSwitchReleaseRequested':
    case 'ControlChangeRequested':
      state.proposals.apply({ ...recorded, event })
      return nothing
    // All other events count, and change nothing here.
    default:
      return nothing
  }
}

const intended = (state: State, intent: RecordedEvent<OrderIntentRecorded>): Change => {
  const { orderId, book, terms } = intent.event
  if (state.orders.has(orderId)) return nothing
  const order: Known = { orderId, book, terms, intent, stage: 'intended', filled: zeroQuantity }
  state.orders.set(orderId, order)
  const queue = state.waiting.get(book)
  if (queue === undefined) state.waiting.set(book, new Map([[orderId, order]]))
  else queue.set(orderId, order)
  return { order }
}
const become = (
  state: State,
  orderId: OrderId,
  stage: Exclude<Stage, 'intended' | 'ended'>,
): Change => {
  const order = state.orders.get(orderId)
  if (order === undefined || order.stage === 'ended') return nothing
  noLongerWaiting(state, order)
  order.stage = stage
  return settled(state, order)
}
const end = (state: State, orderId: OrderId, venueTotal: Quantity | undefined): Change => {
  const order = state.orders.get(orderId)
  if (order === undefined || order.stage === 'ended') return nothing
  noLongerWaiting(state, order)
  order.stage = 'ended'
  order.venueTotal = venueTotal ?? order.filled
  return settled(state, order)
}
const filledBy = (state: State, event: OrderFilled): Change => {
  const change = booked(state, event)
  const order = state.orders.get(event.orderId)
  if (order === undefined) return change
  order.filled = addQuantity(order.filled, event.quantity)
  return { ...change, ...settled(state, order) }
}
/** An order of which nothing can fill any more is forgotten. */
const settled = (state: State, order: Known): Change => {
  const over = order.stage === 'working' || order.stage === 'ended'
  if (over && remainingOf(order) === 0n) state.orders.delete(order.orderId)
  return { order }
}
const noLongerWaiting = (state: State, { book, orderId }: HeldOrder): void => {
  state.waiting.get(book)?.delete(orderId)
}

/** A fill counts wherever it comes from, and whatever has become of its order. */
const booked = (state: State, fill: OrderFilled | ForeignFillObserved): Change => {
  const key = placeKey(fill)
  const before = state.positions.get(key) ?? flat
  const after = applyFill(before, fill, fill.instrument)
  // A flat position is forgotten: what it has realised is already in the cash.
  if (after.quantity === 0n) state.positions.delete(key)
  else state.positions.set(key, after)
  const realised = (after.realisedPnl - before.realisedPnl) as Amount
  for (const movement of cashOfFill(fill, realised, fill.instrument))
    move(state, fill.account, movement)
  state.traded.set(instrumentKey(fill.venue, fill.symbol), fill.instrument)
  return { place: fill }
}
const moved = (state: State, account: AccountId, movements: readonly CashMovement[]): Change => {
  for (const movement of movements) move(state, account, movement)
  return nothing
}
const move = (state: State, account: AccountId, { currency, amount }: CashMovement): void => {
  const key = `${account} ${currency}`
  state.cash.set(key, addAmount(state.cash.get(key) ?? zeroAmount, amount))
}
const list = (state: State, { venue, symbol, terms, rules }: Listing): Change => {
  state.listed.set(instrumentKey(venue, symbol), { terms, rules, ruleTexts: ruleTextsOf(rules) })
  return { instrument: { venue, symbol } }
}
