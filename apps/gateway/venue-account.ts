/** One account at the venue, as the log tells it: which book it is of, and what was found there that is not ours. */
import type { RecordedEvent } from '#schemas/envelope'
import type { FundingPaid } from '#schemas/events/account'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { VenueEvent } from '#schemas/events/venue'
import { type StreamName, venueStream } from '#schemas/streams'
import type {
  AccountId,
  BookId,
  BreakId,
  MarketSymbol,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

interface ForeignTrade {
  readonly symbol: MarketSymbol
  readonly venueOrderId: VenueOrderId
  readonly tradeId: TradeId
}

export class VenueAccount {
  readonly venue: VenueId
  readonly account: AccountId
  readonly stream: StreamName
  book: BookId | undefined
  openedAt: Instant | undefined
  revision = -1n
  /** When the venue was asked for what the log holds of it by now. */
  reconciledAt: Instant | undefined
  /** The venue said something of it since it was last asked for everything. */
  touched = false
  /** The venue has paid what the log lacks, and perhaps what it was paid on too. */
  lacksPayment = false
  /** A break was found since the venue was last asked for everything, or is still there. */
  inDoubt = false
  /** Breaks are for people to resolve; there are few of them. */
  readonly #breaks = new Set<BreakId>()
  readonly #foreignFills = new Set<string>()
  /** Of the account's own stream, on which payments are recorded. */
  accountRevision = -1n
  /** Three a day for each contract: few enough to be remembered. */
  readonly #fundings = new Set<string>()

  constructor(venue: VenueId, account: AccountId) {
    this.venue = venue
    this.account = account
    this.stream = venueStream(venue, account)
  }

  opened(book: BookId, at: Instant): void {
    this.book ??= book
    this.openedAt ??= at
  }
  hasBreak(breakId: BreakId): boolean {
    return this.#breaks.has(breakId)
  }
  get breakCount(): number {
    return this.#breaks.size
  }
  hasForeignFill(trade: ForeignTrade): boolean {
    return this.#foreignFills.has(keyOf(trade))
  }

  hasFunding(funding: Pick<FundingPaid, 'symbol' | 'fundingId'>): boolean {
    return this.#fundings.has(`${funding.symbol} ${funding.fundingId}`)
  }
  /** An event of the account's own stream. */
  absorbOfAccount(event: LedgerEvent, revision: bigint): void {
    if (revision <= this.accountRevision) return
    this.accountRevision = revision
    if (event.type !== 'FundingPaid' || event.venue !== this.venue) return
    this.#fundings.add(`${event.symbol} ${event.fundingId}`)
  }

  absorb({ event, revision }: RecordedEvent): void {
    this.fold(event as VenueEvent, revision)
  }
  fold(event: VenueEvent, revision: bigint): void {
    if (revision <= this.revision) return
    this.revision = revision
    switch (event.type) {
      case 'ReconciliationCompleted':
        this.reconciledAt = event.askedAt
        this.inDoubt = event.breaksFound + (event.breaksOpen ?? 0) > 0
        return
      case 'BreakDetected':
        this.#breaks.add(event.breakId)
        this.inDoubt = true
        return
      case 'ForeignFillObserved':
        this.#foreignFills.add(keyOf(event))
        return
      case 'VenueConnected':
      case 'VenueDisconnected':
        return
    }
  }
}

const keyOf = ({ symbol, venueOrderId, tradeId }: ForeignTrade): string =>
  `${symbol} ${venueOrderId} ${tradeId}`
