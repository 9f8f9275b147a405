/** What is held and what is under way, as data: the state of the fold of holdings. */
import type { Position } from '#domain/books/position'
import { type AmendmentsState, noAmendments } from '#domain/risk/amendments'
import { type MoneyState, noMoney } from '#domain/risk/money'
import { noProposals, type ProposalsState } from '#domain/risk/proposals'
import type { RuleTexts } from '#domain/risk/texts'
import { noVenues, type VenuesState } from '#domain/risk/venues'
import { lessQuantity } from '#domain/values/decimal'
import type { RecordedEvent } from '#schemas/envelope'
import type { AccountOpened } from '#schemas/events/account'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { Amount, Quantity } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  MarketSymbol,
  OrderId,
  StrategyId,
  VenueId,
} from '#schemas/values/ids'
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

/** How much of an order may still fill, at worst. */
export const remainingOf = ({ stage, terms, filled, venueTotal }: HeldOrder): Quantity =>
  lessQuantity(stage === 'ended' ? (venueTotal ?? filled) : terms.quantity, filled)

export type Known = { -readonly [Key in keyof HeldOrder]: HeldOrder[Key] }

/** All that the fold knows, as data. What waits is among the orders too: the same objects. */
export interface HoldingsState {
  count: number
  last: RecordedEvent | undefined
  readonly accounts: Map<AccountId, Account>
  readonly cash: Map<string, Amount>
  /** The same over the accounts of each book, with all else that its worth depends on. */
  readonly money: MoneyState
  readonly listed: Map<string, Instrument>
  readonly traded: Map<string, InstrumentTerms>
  readonly positions: Map<string, Held>
  readonly orders: Map<OrderId, Known>
  readonly waiting: Map<BookId, Map<OrderId, HeldOrder>>
  readonly amendments: AmendmentsState
  readonly proposals: ProposalsState
  readonly venues: VenuesState
}
export interface Held {
  readonly place: Place
  readonly position: Position
}
export const emptyHoldings = (): HoldingsState => ({
  count: 0,
  last: undefined,
  accounts: new Map(),
  cash: new Map(),
  money: noMoney(),
  listed: new Map(),
  traded: new Map(),
  positions: new Map(),
  orders: new Map(),
  waiting: new Map(),
  amendments: noAmendments(),
  proposals: noProposals(),
  venues: noVenues(),
})
