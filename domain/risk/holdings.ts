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
import {
  amendmentDecided,
  amendmentsOf,
  amendmentsOver,
  amendmentsWaiting,
  type HeldAmendment,
} from '#domain/risk/amendments'
import {
  type Account,
  emptyHoldings,
  type HeldOrder,
  type HoldingsState,
  type Instrument,
  type Place,
} from '#domain/risk/held'
import {
  type BookMoney,
  bringIn,
  hold,
  type MoneyChange,
  moneyOf,
  moveCash,
} from '#domain/risk/money'
import {
  noLongerWaiting,
  type OrderChange,
  orderBecame,
  orderFilled,
} from '#domain/risk/held-orders'
import { type HeldProposal, type ProposalsFold, proposalsFold } from '#domain/risk/proposals'
import { ruleTextsOf } from '#domain/risk/texts'
import { type Venues, type VenuesFold, venuesFold } from '#domain/risk/venues'
import { addAmount, zeroAmount } from '#domain/values/decimal'
import { pairTexts } from '#domain/values/pair-texts'
import type { RecordedEvent } from '#schemas/envelope'
import type { InstrumentListed } from '#schemas/events/instrument'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { ForeignFillObserved, OrderFilled } from '#schemas/events/order'
import type { Basis } from '#schemas/events/risk'
import { categories, categoryOf, type Prefix, type StreamName } from '#schemas/streams'
import type { Amount } from '#schemas/values/decimal'
import type {
  AccountId,
  AmendmentId,
  BookId,
  Currency,
  MarketSymbol,
  OrderId,
  ProposalId,
  VenueId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { InstrumentTerms } from '#schemas/values/trading'

export {
  type Account,
  type HeldOrder,
  type HoldingsState,
  type Instrument,
  type Place,
  remainingOf,
  type Stage,
} from '#domain/risk/held'

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
  readonly venues: Venues
  /** Known from a listing, or from a fill where nothing was ever listed. */
  readonly termsOf: (venue: VenueId, symbol: MarketSymbol) => InstrumentTerms | undefined
  readonly position: (place: Omit<Place, 'book'>) => Position
  /** What a book is worth, and what was brought into it. */
  readonly money: (book: BookId) => BookMoney
  /** Undefined: never heard of, ended, or denied. */
  readonly order: (order: OrderId) => HeldOrder | undefined
  /** Intents of a book that nobody has decided, sent or lapsed, in log order. */
  readonly waiting: (book: BookId) => ReadonlyMap<OrderId, HeldOrder>
  /** Of an order, those that were neither done nor refused. */
  readonly amendments: (order: OrderId) => ReadonlyMap<AmendmentId, HeldAmendment>
  /** Of a book, those that nobody has decided, sent or refused, in log order. */
  readonly amendmentsWaiting: (book: BookId) => ReadonlyMap<AmendmentId, HeldAmendment>
  /** Requests on a book's control that nobody has ruled on, in log order. */
  readonly proposals: (book: BookId) => ReadonlyMap<ProposalId, HeldProposal>
}

/** What an event has changed, for whoever keeps sums over it. */
export interface Change extends OrderChange {
  readonly place?: Place
  readonly instrument?: { readonly venue: VenueId; readonly symbol: MarketSymbol }
  readonly account?: AccountId
  readonly money?: MoneyChange
}
export interface HoldingsFold extends Holdings {
  readonly state: HoldingsState
  readonly apply: (recorded: RecordedEvent) => Change
  /** It was decided: approved orders stay until they end, denied ones are never spoken of again. */
  readonly decided: (order: OrderId, outcome: 'approved' | 'denied') => void
  readonly amendDecided: (
    order: OrderId,
    amendment: AmendmentId,
    outcome: 'approved' | 'denied',
  ) => void
  /** The ruling on it stands in the log. */
  readonly ruled: (book: BookId, proposal: ProposalId) => void
}

const others: ReadonlySet<string> = new Set(['risk', 'seal', 'access'])
/** The streams that are folded here. */
export const isHolding = (stream: StreamName): boolean => !others.has(categoryOf(stream))
export const holdingsPrefixes: readonly Prefix[] = categories
  .filter((category) => !others.has(category))
  .map((category): Prefix => `${category}-`)

type Listing = Omit<InstrumentListed, 'type'>

interface Working {
  readonly state: HoldingsState
  readonly proposals: ProposalsFold
  readonly venues: VenuesFold
}

const nothing: Change = {}
const nobody: ReadonlyMap<OrderId, HeldOrder> = new Map()
const instrumentKey = (venue: VenueId, symbol: MarketSymbol): string => `${venue} ${symbol}`
const placeOf = ({ book, account, strategy, venue, symbol }: Place): Place => ({
  book,
  account,
  strategy,
  venue,
  symbol,
})
const placeKey = ({ account, venue, symbol, strategy }: Omit<Place, 'book'>): string =>
  `${account} ${venue} ${symbol} ${strategy}`

export const holdingsFold = (state: HoldingsState = emptyHoldings()): HoldingsFold => {
  const working: Working = {
    state,
    proposals: proposalsFold(state.proposals),
    venues: venuesFold(state.venues),
  }
  const { proposals, venues } = working
  const pair = pairTexts()
  return {
    state,
    apply: (recorded) => {
      state.count += 1
      state.last = recorded
      return evolve(working, recorded.event, recorded)
    },
    decided: (orderId, outcome) => {
      const order = state.orders.get(orderId)
      if (order === undefined) return
      noLongerWaiting(state, order)
      if (outcome === 'approved' || order.stage !== 'intended') return
      state.orders.delete(orderId)
      amendmentsOver(state.amendments, orderId)
    },
    amendDecided: (orderId, amendment, outcome) =>
      amendmentDecided(state.amendments, orderId, amendment, outcome),
    ruled: (book, proposal) => proposals.ruled(book, proposal),
    basis: () => {
      const { count, last } = state
      return last === undefined ? { count } : { count, eventId: last.metadata.id }
    },
    basisAt: () => state.last?.metadata.occurredAt,
    account: (id) => state.accounts.get(id),
    cash: (account, currency) => state.cash.get(pair(account, currency)) ?? zeroAmount,
    currencies: (account) =>
      [...state.cash.keys()].flatMap((key) => {
        const [of, currency] = key.split(' ')
        return of === account ? [currency as Currency] : []
      }),
    venues,
    instrument: (venue, symbol) => state.listed.get(pair(venue, symbol)),
    termsOf: (venue, symbol) => {
      const key = pair(venue, symbol)
      return state.listed.get(key)?.terms ?? state.traded.get(key)
    },
    position: (place) => state.positions.get(placeKey(place))?.position ?? flat,
    money: (book) => moneyOf(state.money, book),
    order: (orderId) => state.orders.get(orderId),
    waiting: (book) => state.waiting.get(book) ?? nobody,
    amendments: (orderId) => amendmentsOf(state.amendments, orderId),
    amendmentsWaiting: (book) => amendmentsWaiting(state.amendments, book),
    proposals: (book) => proposals.of(book),
  }
}

const evolve = (
  { state, proposals, venues }: Working,
  event: LedgerEvent,
  recorded: RecordedEvent,
): Change => {
  switch (event.type) {
    case 'OrderFilled':
      return filledBy(state, event)
    case 'ForeignFillObserved':
      return booked(state, event)
    case 'AccountOpened':
      state.accounts.set(event.account, event)
      return { account: event.account }
    case 'FundsDeposited':
      return brought(state, event, cashOfDeposit(event))
    case 'FundsWithdrawn':
      return brought(state, event, cashOfWithdrawal(event))
    case 'FundingPaid':
      return moved(state, event, cashOfFunding(event))
    case 'InstrumentListed':
    case 'InstrumentChanged':
      return list(state, event)
    case 'RiskLimitsProposed':
    case 'KillSwitchReleaseRequested':
    case 'ControlChangeRequested':
      proposals.apply({ ...recorded, event })
      return nothing
    case 'RiskLimitsEndorsed':
    case 'KillSwitchReleaseEndorsed':
    case 'ControlChangeEndorsed':
      proposals.endorse({ ...recorded, event })
      return nothing
    case 'VenueConnected':
    case 'VenueDisconnected':
    case 'ReconciliationCompleted':
    case 'BreakDetected':
      venues.apply(event)
      return nothing
    default:
      return orderBecame(state, recorded)
  }
}

const filledBy = (state: HoldingsState, event: OrderFilled): Change => ({
  ...booked(state, event),
  ...orderFilled(state, event),
})
/** A fill counts wherever it comes from, and whatever has become of its order. */
const booked = (state: HoldingsState, fill: OrderFilled | ForeignFillObserved): Change => {
  const key = placeKey(fill)
  const before = state.positions.get(key)?.position ?? flat
  const position = applyFill(before, fill, fill.instrument)
  // A flat position is forgotten: what it has realised is already in the cash.
  if (position.quantity === 0n) state.positions.delete(key)
  else state.positions.set(key, { place: placeOf(fill), position })
  const realised = (position.realisedPnl - before.realisedPnl) as Amount
  const { money } = moved(state, fill, cashOfFill(fill, realised, fill.instrument))
  state.traded.set(instrumentKey(fill.venue, fill.symbol), fill.instrument)
  hold(state.money, fill, key, { position, instrument: fill.instrument })
  return { place: fill, ...(money === undefined ? {} : { money }) }
}
type Owner = Pick<Place, 'book' | 'account'>
/** What came in from outside, or went there, is no profit and no loss. */
const brought = (
  state: HoldingsState,
  owner: Owner,
  movements: readonly CashMovement[],
): Change => {
  for (const movement of movements) bringIn(state.money, owner.book, movement)
  return moved(state, owner, movements)
}
const moved = (
  state: HoldingsState,
  { book, account }: Owner,
  movements: readonly CashMovement[],
): Change => {
  for (const movement of movements) {
    const key = `${account} ${movement.currency}`
    state.cash.set(key, addAmount(state.cash.get(key) ?? zeroAmount, movement.amount))
    moveCash(state.money, book, movement)
  }
  return { money: { book, currencies: movements.map(({ currency }) => currency) } }
}
const list = (state: HoldingsState, { venue, symbol, terms, rules }: Listing): Change => {
  state.listed.set(instrumentKey(venue, symbol), { terms, rules, ruleTexts: ruleTextsOf(rules) })
  return { instrument: { venue, symbol } }
}
