/** What the gateway knows from the log: orders that have not ended, kill switches, accounts, instruments. Bounded. */
import type { VenueInstrument } from '#domain/kernel/venue'
import { forbids, type KillSwitchFold, killSwitchFold } from '#domain/order/kill-switch'
import type { RecordedEvent } from '#schemas/envelope'
import type { AccountEvent } from '#schemas/events/account'
import type { EventType } from '#schemas/events/ledger'
import { type ForeignFillObserved, orderFacts, type OrderFilled } from '#schemas/events/order'
import type { OrderApproved } from '#schemas/events/risk'
import type { VenueEvent } from '#schemas/events/venue'
import type { Prefix } from '#schemas/streams'
import type {
  AccountId,
  BookId,
  EventId,
  KillSwitchId,
  MarketSymbol,
  OrderId,
  VenueId,
} from '#schemas/values/ids'
import { ContractHoldings } from './contract-holdings.ts'
import { type EngagedKillSwitch, Entry } from './entry.ts'
import { Exits, type Place } from './exits.ts'
import { VenueAccount } from './venue-account.ts'

export type { EngagedKillSwitch }
interface Book {
  riskRevision: bigint
  readonly killSwitches: KillSwitchFold<EngagedKillSwitch>
}
export interface Listed extends VenueInstrument {
  readonly revision: bigint
}

/** What the gateway follows. All of an order's types: its fold must not miss any. */
export const followed: {
  readonly prefixes: readonly Prefix[]
  readonly types: readonly EventType[]
  readonly eager: readonly EventType[]
} = {
  prefixes: ['order-', 'risk-', 'account-', 'instrument-', 'venue-'],
  eager: ['OrderApproved', 'OrderCancelRequested', 'KillSwitchEngaged'],
  types: [
    ...orderFacts.map(({ type }) => type),
    'BookOpened',
    'OrderApproved',
    'OrderDenied',
    'KillSwitchEngaged',
    'KillSwitchReleased',
    'AccountOpened',
    'FundsDeposited',
    'FundsWithdrawn',
    'FundingPaid',
    'InstrumentListed',
    'InstrumentChanged',
    'VenueConnected',
    'VenueDisconnected',
    'ReconciliationCompleted',
    'BreakDetected',
    'ForeignFillObserved',
  ],
}

/** After these an order may fill for more than what it was good for before. */
const claimsMore: ReadonlySet<EventType> = new Set<EventType>([
  'OrderCancelRefused',
  'OrderAmendStarted',
  'OrderAmended',
])

export class View {
  readonly venue: VenueId
  readonly contracts = new ContractHoldings()
  readonly #exits = new Exits()
  /** Everything up to this position of the log is in here. */
  foldedTo = 0n
  readonly #nowMs: () => number
  readonly #entries = new Map<OrderId, Entry>()
  readonly #books = new Map<BookId, Book>()
  readonly #accounts = new Map<AccountId, VenueAccount>()
  readonly #instruments = new Map<MarketSymbol, Listed>()

  constructor(venue: VenueId, nowMs: () => number) {
    this.venue = venue
    this.#nowMs = nowMs
  }

  get entries(): ReadonlyMap<OrderId, Entry> {
    return this.#entries
  }
  get accounts(): ReadonlyMap<AccountId, VenueAccount> {
    return this.#accounts
  }
  get instruments(): ReadonlyMap<MarketSymbol, Listed> {
    return this.#instruments
  }
  riskRevisionOf(book: BookId): bigint {
    return this.#books.get(book)?.riskRevision ?? 0n
  }
  /** The entry of an order that is not followed: it is read, told, and forgotten again. */
  remember(orderId: OrderId): Entry {
    const entry = this.#entries.get(orderId) ?? new Entry(orderId)
    this.#entries.set(orderId, entry)
    return entry
  }
  touch(account: AccountId): void {
    const at = this.#accounts.get(account)
    if (at !== undefined) at.touched = true
  }
  forget(entry: Entry): void {
    if (this.#entries.get(entry.orderId) !== entry) return
    this.#entries.delete(entry.orderId)
    this.#exits.forget(entry)
  }

  /** Folds one event of the log in place. Answers the orders that it may have given something to do. */
  apply(recorded: RecordedEvent): readonly OrderId[] {
    const { event, stream, revision } = recorded
    if ('book' in event && stream.startsWith('risk-')) {
      this.#bookOf(event.book).riskRevision = revision
    }
    switch (event.type) {
      case 'OrderIntentRecorded':
        if (event.terms.venue === this.venue) this.#follow(event.orderId)
        return this.#ofOrder(event.orderId, recorded)
      case 'OrderApproved':
        return this.#approved(event, recorded.metadata.id)
      case 'OrderDenied':
        return this.#denied(event.orderId)
      case 'KillSwitchEngaged':
        return this.#killed(event.book, { ...event, eventId: recorded.metadata.id })
      case 'KillSwitchReleased':
        this.#released(event.book, event.killSwitchIds)
        return []
      case 'AccountOpened':
      case 'FundsDeposited':
      case 'FundsWithdrawn':
      case 'FundingPaid':
        this.#ofAccount(event, recorded)
        return []
      case 'InstrumentListed':
      case 'InstrumentChanged':
        if (event.venue === this.venue) this.listed({ ...event, revision })
        return []
      case 'VenueConnected':
      case 'VenueDisconnected':
      case 'ReconciliationCompleted':
      case 'BreakDetected':
      case 'ForeignFillObserved':
        return event.venue === this.venue ? this.#ofVenue(event, recorded) : []
      case 'OrderCancelRequested':
      case 'OrderSubmissionStarted':
      case 'OrderAccepted':
      case 'OrderRefused':
      case 'OrderOutcomeUnknown':
      case 'OrderOutcomeResolved':
      case 'OrderFilled':
      case 'OrderCancelled':
      case 'OrderCancelRefused':
      case 'OrderExpired':
      case 'OrderLapsed':
      case 'OrderAmendRequested':
      case 'OrderAmendStarted':
      case 'OrderAmended':
      case 'OrderAmendRefused':
      case 'OrderAmendOutcomeUnknown':
      case 'OrderAnomalyObserved':
        return this.#ofOrder(event.orderId, recorded)
      // Of the rest nothing is sent, ended or held back.
      default:
        return []
    }
  }

  listed({ symbol, terms, rules, revision }: Listed): void {
    const known = this.#instruments.get(symbol)
    if (known === undefined || known.revision < revision) {
      this.#instruments.set(symbol, { symbol, terms, rules, revision })
    }
  }

  #bookOf(book: BookId): Book {
    const known = this.#books.get(book) ?? {
      riskRevision: 0n,
      killSwitches: killSwitchFold<EngagedKillSwitch>(),
    }
    this.#books.set(book, known)
    return known
  }
  #account(account: AccountId): VenueAccount {
    const known = this.#accounts.get(account) ?? new VenueAccount(this.venue, account)
    this.#accounts.set(account, known)
    return known
  }
  #ofAccount(event: AccountEvent, { metadata, revision }: RecordedEvent): void {
    const account = this.#account(event.account)
    if (event.type === 'AccountOpened') account.opened(event.book, metadata.occurredAt)
    account.absorbOfAccount(event, revision)
  }
  #ofVenue(event: VenueEvent, recorded: RecordedEvent): readonly OrderId[] {
    this.#account(event.account).absorb(recorded)
    return event.type === 'ForeignFillObserved' ? this.#booked(event) : []
  }
  /** Whatever it is a fill of, what was approved as an exit of that position may be one no longer. */
  #booked(fill: OrderFilled | ForeignFillObserved): readonly OrderId[] {
    this.contracts.fold(fill)
    this.#exits.fold(fill)
    return this.#forbid(this.#exits.at(fill))
  }
  #follow(orderId: OrderId): void {
    const entry = this.remember(orderId)
    entry.followed = true
    entry.loaded = true
  }
  #ofOrder(orderId: OrderId, recorded: RecordedEvent): readonly OrderId[] {
    const { event } = recorded
    const entry = this.#entries.get(orderId)
    const isFollowed = entry?.loaded === true
    if (isFollowed) entry.absorbRecorded(recorded, this.#nowMs())
    const own = isFollowed ? [orderId] : []
    if (event.type === 'OrderFilled' && event.venue === this.venue)
      return [...own, ...this.#booked(event)]
    const place = claimsMore.has(event.type) ? entry?.approval?.terms : undefined
    return place === undefined ? own : [...own, ...this.#forbid(this.#exits.at(place))]
  }
  #approved(event: OrderApproved, approvalId: EventId): readonly OrderId[] {
    const entry = this.#entries.get(event.orderId)
    if (entry === undefined || entry.approval !== undefined) return []
    const { orderId, terms, reducing, expiresAt } = event
    entry.approval = { approvalId, orderId, terms, reducing, expiresAt }
    this.#exits.approved(entry)
    this.#forbid([entry])
    return [orderId]
  }
  #denied(orderId: OrderId): readonly OrderId[] {
    const entry = this.#entries.get(orderId)
    if (entry === undefined) return []
    entry.denied = true
    return [orderId]
  }
  #released(book: BookId, released: readonly KillSwitchId[]): void {
    this.#bookOf(book).killSwitches.release(released)
  }
  #killed(
    book: BookId,
    { killSwitchId, scope, mode, eventId }: EngagedKillSwitch,
  ): readonly OrderId[] {
    const engaged = { killSwitchId, scope, mode, eventId }
    if (this.#bookOf(book).killSwitches.engage(engaged) === undefined) return []
    // Those that stand already have forbidden what they forbid: a new one costs the same however many they are.
    return this.#forbid(this.#entries.values(), (each) => (each === book ? [engaged] : []))
  }
  #standingIn(book: BookId): readonly EngagedKillSwitch[] {
    return this.#books.get(book)?.killSwitches.standing() ?? []
  }
  /** Answers those that one of these kill switches forbids, and did not before. */
  #forbid(
    entries: Iterable<Entry>,
    switchesOf: (book: BookId) => readonly EngagedKillSwitch[] = (book) => this.#standingIn(book),
  ): readonly OrderId[] {
    const excessive = new Map<string, ReadonlySet<Entry>>()
    const isExcessive = (entry: Entry, place: Place): boolean => {
      const key = `${place.account} ${place.symbol} ${place.strategy}`
      const known = excessive.get(key) ?? this.#exits.excessive(place)
      excessive.set(key, known)
      return known.has(entry)
    }
    const struck: OrderId[] = []
    for (const entry of entries) {
      const { order, approval } = entry
      if (order._tag === 'Unrecorded' || approval === undefined) continue
      const news = switchesOf(order.book).filter(
        (each) =>
          !entry.forbiddenBy.has(each.killSwitchId) &&
          forbids(each, order.terms, approval.reducing && !isExcessive(entry, approval.terms)),
      )
      for (const each of news) entry.forbiddenBy.set(each.killSwitchId, each)
      if (news.length > 0) struck.push(entry.orderId)
    }
    return struck
  }
}
