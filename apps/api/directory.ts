/** Who may ask, and what may be asked about: keys, accounts, books, instruments, as the log has them. */
import { accounts as accountRows, type AccountRow } from '#projections/accounts'
import { rowAfter } from '#projections/fold'
import { type InstrumentRow, instruments as instrumentRows } from '#projections/instruments'
import { type Venues, venuesFold } from '#domain/risk/venues'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed, EventType } from '#schemas/events/ledger'
import type { BookOpened, KillSwitchEngaged, KillSwitchReleased } from '#schemas/events/risk'
import type { Prefix } from '#schemas/streams'
import type {
  AccountId,
  BookId,
  KillSwitchId,
  MarketSymbol,
  OrderId,
  VenueId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { BookControl, Limits } from '#schemas/values/trading'
import { type People, peopleFold } from './people.ts'
import { type Proposals, proposalsFold } from './proposals.ts'
import { type Uses, usesFold } from './uses.ts'

/** What is folded from the beginning of the log: all but what orders bring about. */
export const directoryFilter: {
  readonly prefixes: readonly Prefix[]
  readonly types: readonly EventType[]
} = {
  prefixes: ['access-', 'account-', 'risk-', 'control-', 'instrument-', 'venue-'],
  types: [
    'PersonAdmitted',
    'ApiKeyIssued',
    'ApiKeyRevoked',
    'AccountOpened',
    'FundsDeposited',
    'FundsWithdrawn',
    'BookOpened',
    'KillSwitchEngaged',
    'KillSwitchReleased',
    'RiskLimitsSet',
    'ControlChanged',
    'ControlRefused',
    'RiskLimitsProposed',
    'RiskLimitsEndorsed',
    'KillSwitchReleaseRequested',
    'KillSwitchReleaseEndorsed',
    'ControlChangeRequested',
    'ControlChangeEndorsed',
    'ProposalAssessed',
    'InstrumentListed',
    'InstrumentChanged',
    'VenueConnected',
    'VenueDisconnected',
    'ReconciliationCompleted',
    'BreakDetected',
  ],
}

export type DecisionEvent = RecordedEvent<EventNamed<'OrderApproved' | 'OrderDenied'>>
export type EngagedKillSwitch = RecordedEvent<KillSwitchEngaged>

export interface BookEntry {
  readonly opened: BookOpened
  readonly openedAt: Instant
  readonly openedPosition: bigint
  /** What is in force. */
  readonly limits: Limits
  readonly control: BookControl
  /** All that stand, oldest first. */
  readonly killSwitches: readonly EngagedKillSwitch[]
  /** Of the last event on its stream that was folded here. */
  readonly position: bigint
}
export interface Directory extends People, Proposals, Uses {
  readonly account: (id: AccountId) => AccountRow | undefined
  readonly accounts: () => readonly AccountRow[]
  readonly book: (id: BookId) => BookEntry | undefined
  readonly books: () => readonly BookId[]
  readonly instrument: (venue: VenueId, symbol: MarketSymbol) => InstrumentRow | undefined
  readonly instruments: () => readonly InstrumentRow[]
  readonly venues: Venues
  /** Of the newest decisions only; older ones are in the read models. */
  readonly decisionOn: (order: OrderId) => DecisionEvent | undefined
}

export interface DirectoryFold extends Directory {
  readonly apply: (recorded: RecordedEvent) => void
}

/** Enough for a read model to catch up with, and a few megabytes. */
const decisionsMax = 4_000

interface Entries {
  readonly accounts: Map<AccountId, AccountRow>
  readonly books: Map<BookId, Omit<BookEntry, 'killSwitches'>>
  /** Those that stand, by book. There may be tens of thousands: none is looked at for another. */
  readonly killSwitches: Map<BookId, Map<KillSwitchId, EngagedKillSwitch>>
  readonly instruments: Map<string, InstrumentRow>
  readonly decisions: Map<OrderId, DecisionEvent>
}

export const directoryFold = (): DirectoryFold => {
  const entries: Entries = {
    accounts: new Map(),
    books: new Map(),
    killSwitches: new Map(),
    instruments: new Map(),
    decisions: new Map(),
  }
  const { accounts, books, instruments, decisions } = entries
  const people = peopleFold()
  const proposals = proposalsFold((book) => books.get(book)?.limits ?? {})
  const uses = usesFold()
  const venues = venuesFold()
  return {
    ...people,
    ...proposals,
    ...uses,
    apply: (recorded) => {
      people.apply(recorded)
      proposals.apply(recorded)
      uses.apply(recorded)
      venues.apply(recorded.event)
      apply(entries, recorded)
    },
    account: (id) => accounts.get(id),
    accounts: () => [...accounts.values()],
    book: (id) => bookOf(entries, id),
    books: () => [...books.keys()],
    instrument: (venue, symbol) => instruments.get(`${venue}.${symbol}`),
    instruments: () => [...instruments.values()],
    venues,
    decisionOn: (order) => decisions.get(order),
  }
}

const apply = (entries: Entries, recorded: RecordedEvent): void => {
  const { event, position } = recorded
  switch (event.type) {
    case 'AccountOpened': {
      const row = rowAfter(accountRows, [recorded])
      if (row !== undefined) entries.accounts.set(event.account, row)
      return
    }
    case 'BookOpened':
      entries.books.set(event.book, {
        opened: event,
        openedAt: recorded.metadata.occurredAt,
        openedPosition: position,
        limits: event.limits,
        control: event.control,
        position,
      })
      return
    case 'RiskLimitsSet':
      changeBook(entries, event.book, { limits: event.limits, position })
      return
    case 'ControlChanged':
      changeBook(entries, event.book, { control: event.control, position })
      return
    case 'KillSwitchReleased':
      applyRelease(entries, event, position)
      return
    case 'InstrumentListed':
    case 'InstrumentChanged': {
      const name = `${event.venue}.${event.symbol}`
      const row = rowAfter(instrumentRows, [recorded])
      if (row !== undefined) entries.instruments.set(name, row)
      return
    }
    case 'KillSwitchEngaged':
      applyKillSwitch(entries, { ...recorded, event })
      return
    case 'OrderApproved':
    case 'OrderDenied':
      applyDecision(entries, { ...recorded, event })
      return
    default:
      return
  }
}

const bookOf = ({ books, killSwitches }: Entries, id: BookId): BookEntry | undefined => {
  const book = books.get(id)
  return book && { ...book, killSwitches: [...(killSwitches.get(id)?.values() ?? [])] }
}

const changeBook = (
  { books }: Entries,
  id: BookId,
  change: Pick<BookEntry, 'position'> & Partial<Pick<BookEntry, 'limits' | 'control'>>,
): void => {
  const book = books.get(id)
  if (book !== undefined) books.set(id, { ...book, ...change })
}

const applyKillSwitch = ({ books, killSwitches }: Entries, recorded: EngagedKillSwitch): void => {
  const { book: id, killSwitchId } = recorded.event
  const book = books.get(id)
  if (book === undefined) return
  const standing = killSwitches.get(id) ?? new Map<KillSwitchId, EngagedKillSwitch>()
  if (!standing.has(killSwitchId)) standing.set(killSwitchId, recorded)
  killSwitches.set(id, standing)
  books.set(id, { ...book, position: recorded.position })
}

const applyRelease = (
  { books, killSwitches }: Entries,
  { book: id, killSwitchIds }: KillSwitchReleased,
  position: bigint,
): void => {
  const book = books.get(id)
  if (book === undefined) return
  for (const killSwitchId of killSwitchIds) killSwitches.get(id)?.delete(killSwitchId)
  books.set(id, { ...book, position })
}

const applyDecision = ({ books, decisions }: Entries, recorded: DecisionEvent): void => {
  const book = books.get(recorded.event.book)
  if (book !== undefined) {
    books.set(recorded.event.book, { ...book, position: recorded.position })
  }
  decisions.set(recorded.event.orderId, recorded)
  if (decisions.size <= decisionsMax) return
  const oldest = decisions.keys().next()
  if (oldest.done !== true) decisions.delete(oldest.value)
}
