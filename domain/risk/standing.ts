/**
 * One book as its guard sees it: both folds side by side, and what they mean together.
 *
 * An intent waits from its own event until a decision or an end of it is folded. The log brings every event
 * once and in order, and no decision comes before its intent, so what does not wait any more has been decided
 * or has ended: nobody has to remember which. What was denied leaves both folds when the denial is on the log,
 * what was approved when it has ended and nothing can fill any more. Either never becomes untrue as the folds
 * go on, so forgetting changes no later answer, and memory holds what is open.
 */
import { type Desk, type DeskChange, type DeskFold, deskFold } from '#domain/risk/desk'
import type { DeskState } from '#domain/risk/desk-state'
import type { Equity } from '#domain/risk/equity'
import type { Enterable } from '#domain/risk/enterable'
import type { Exposure } from '#domain/risk/exposure'
import {
  type Change,
  type HeldOrder,
  type Holdings,
  type HoldingsFold,
  type HoldingsState,
  holdingsFold,
  isHolding,
} from '#domain/risk/holdings'
import { type Waiting, waitingIn } from '#domain/risk/waiting'
import { valuedBy } from '#domain/risk/valued'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { RiskEvent } from '#schemas/events/risk'
import { riskStream } from '#schemas/streams'
import type { BookId, EventId } from '#schemas/values/ids'

/** What the guard enters before it is on the log. */
export type Entry = Enterable

export interface Standing {
  readonly desk: Desk
  readonly holdings: Holdings
  readonly exposure: Exposure
  readonly equity: Equity
  /** The orders that have to be decided, in log order. */
  readonly waiting: () => Iterable<HeldOrder>
  /** Those and the amendments. */
  readonly questions: () => Iterable<Waiting>
}
/** The stream goes on otherwise than what was folded of it: nothing may be built on that. */
export interface Forked {
  readonly _tag: 'Forked'
  readonly book: BookId
  readonly revision: bigint
  readonly expected: string
  readonly found: string
}
export interface StandingFold extends Standing {
  /** An event of the book's own stream, in order. One that was entered and confirmed before is passed over. */
  readonly apply: (recorded: RecordedEvent<RiskEvent>) => Forked | undefined
  /** The holdings have changed. */
  readonly look: (change: Change) => void
  /** As if this were next on the stream; whether it will be is not known yet. */
  readonly enter: (event: Entry) => void
  readonly withdraw: () => void
  /** All that was entered is on the log, as these events. */
  readonly confirm: (events: readonly ProposedEvent<Entry>[]) => void
  /** Undefined while something in it did not come from the log. */
  readonly state: () => DeskState | undefined
}

export const standingOf = (
  book: BookId,
  holdings: HoldingsFold,
  state?: DeskState,
): StandingFold => {
  const desk = deskFold(book, state)
  const valued = valuedBy(desk, holdings)
  const entered: DeskChange[] = []
  /** Confirmed by us, and not yet brought by the log. */
  const ahead = new Map<bigint, EventId>()
  return {
    desk,
    holdings,
    get exposure() {
      return valued.exposure()
    },
    get equity() {
      return valued.equity()
    },
    state: () => (desk.isEntered() || ahead.size > 0 ? undefined : trimmed(desk)),
    waiting: () => holdings.waiting(book).values(),
    questions: () => waitingIn(holdings, book),
    apply: (recorded) => {
      const { revision, metadata, event } = recorded
      const known = ahead.get(revision)
      if (known !== undefined) {
        ahead.delete(revision)
        return known === metadata.id ? undefined : forked(recorded, known)
      }
      const next = desk.revision() + 1n
      if (revision !== next) return forked(recorded, `revision ${next.toString()}`)
      valued.deskChanged(desk.apply(event, revision, metadata.actor.person))
      settle(desk, holdings, event)
      return undefined
    },
    look: (change) => {
      forgetEnded(desk, holdings, change)
      valued.holdingsChanged(change)
    },
    enter: (event) => {
      const change = desk.enter(event)
      entered.push(change)
      valued.deskChanged(change)
    },
    withdraw: () => {
      desk.withdraw()
      for (const change of entered.splice(0)) valued.deskChanged(change)
    },
    confirm: (events) => {
      desk.confirm()
      entered.length = 0
      const first = desk.revision() - BigInt(events.length) + 1n
      for (const [index, { metadata, event }] of events.entries()) {
        ahead.set(first + BigInt(index), metadata.id)
        settle(desk, holdings, event)
      }
    },
  }
}

const forgetEnded = (desk: DeskFold, holdings: Holdings, { order, over }: Change): void => {
  if (order?.book === desk.book && holdings.order(order.orderId) === undefined)
    desk.forget(order.orderId)
  for (const amendment of over ?? []) desk.forgetAmendment(amendment)
}
/** How much is kept beyond what can be asked depends on when somebody looked: that is let go. */
const trimmed = (desk: DeskFold): DeskState => {
  desk.velocity.trim(desk.at())
  desk.duplicates.trim()
  return desk.state
}
/** All that is known of the log, as data: what a snapshot keeps. What follows from it is left out. */
export interface StandingsState {
  readonly holdings: HoldingsState
  readonly desks: ReadonlyMap<BookId, DeskState>
}
/** Both folds of all books: what one subscription feeds. */
export interface Standings {
  readonly holdings: Holdings
  readonly of: (book: BookId) => StandingFold | undefined
  readonly all: () => Iterable<StandingFold>
  readonly apply: (recorded: RecordedEvent) => Forked | undefined
  /** Changes with the next event. Undefined while something in it did not come from the log. */
  readonly state: () => StandingsState | undefined
}
/** Goes on from a state, which belongs to the fold from now on. */
export const standingsFold = (from?: StandingsState): Standings => {
  const holdings = holdingsFold(from?.holdings)
  const books = new Map<BookId, StandingFold>()
  for (const [book, desk] of from?.desks ?? []) books.set(book, standingOf(book, holdings, desk))
  const bookOf = (book: BookId): StandingFold => {
    const known = books.get(book)
    if (known !== undefined) return known
    const standing = standingOf(book, holdings)
    books.set(book, standing)
    return standing
  }
  return {
    holdings,
    of: (book) => books.get(book),
    all: () => books.values(),
    state: () => {
      const desks = new Map<BookId, DeskState>()
      for (const [book, standing] of books) {
        const desk = standing.state()
        if (desk === undefined) return undefined
        desks.set(book, desk)
      }
      return { holdings: holdings.state, desks }
    },
    apply: (recorded) => {
      const { event, stream } = recorded
      if (isHolding(stream)) {
        const change = holdings.apply(recorded)
        const book = change.order?.book ?? change.place?.book
        if (book !== undefined) bookOf(book)
        for (const standing of books.values()) standing.look(change)
        return undefined
      }
      return isRiskEvent(event) && stream === riskStream(event.book)
        ? bookOf(event.book).apply({ ...recorded, event })
        : undefined
    },
  }
}

/** Every event of a book's own stream, once; the compiler refuses this record when one is missing. */
const ownEvents: Readonly<Record<RiskEvent['type'], true>> = {
  BookOpened: true,
  OrderApproved: true,
  OrderDenied: true,
  MarksTaken: true,
  KillSwitchEngaged: true,
  RiskLimitsSet: true,
  KillSwitchReleased: true,
  ControlChanged: true,
  AmendApproved: true,
  AmendDenied: true,
  TradingDayOpened: true,
  EquityMarked: true,
  DailyLossBreached: true,
  DrawdownBreached: true,
  ControlRefused: true,
}
export const isRiskEvent = (event: LedgerEvent): event is RiskEvent =>
  Object.hasOwn(ownEvents, event.type)

/** A decision that stands in the log takes its question off the queue, and leaves behind only what can still matter. */
const settle = (desk: DeskFold, holdings: HoldingsFold, event: RiskEvent): void => {
  switch (event.type) {
    case 'OrderApproved':
    case 'OrderDenied':
      holdings.decided(event.orderId, event.type === 'OrderApproved' ? 'approved' : 'denied')
      // A denial is done with; an approval that met a lapse reserves nothing.
      if (holdings.order(event.orderId) === undefined) desk.forget(event.orderId)
      return
    case 'AmendApproved':
    case 'AmendDenied': {
      const { orderId, amendmentId } = event
      const outcome = event.type === 'AmendApproved' ? 'approved' : 'denied'
      holdings.amendDecided(orderId, amendmentId, outcome)
      if (!holdings.amendments(orderId).has(amendmentId)) desk.forgetAmendment(amendmentId)
      return
    }
    case 'RiskLimitsSet':
    case 'KillSwitchReleased':
    case 'ControlChanged':
    case 'ControlRefused':
      holdings.ruled(event.book, event.proposalId)
      desk.forgetRuling(event.proposalId)
      return
    case 'BookOpened':
    case 'MarksTaken':
    case 'KillSwitchEngaged':
    case 'TradingDayOpened':
    case 'EquityMarked':
    case 'DailyLossBreached':
    case 'DrawdownBreached':
      return
  }
}
const forked = (
  { event, metadata, revision }: RecordedEvent<RiskEvent>,
  expected: string,
): Forked => ({
  _tag: 'Forked',
  book: event.book,
  revision,
  expected,
  found: `${event.type} ${metadata.id} at revision ${revision.toString()}`,
})
