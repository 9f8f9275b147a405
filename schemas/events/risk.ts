/** Everything that one book's risk guard decides, and what binds it. Stream: risk-<book>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { Count } from '#schemas/values/count'
import {
  BookId,
  Code,
  Currency,
  EventId,
  KillSwitchId,
  Line,
  OrderId,
  ProposalId,
} from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import {
  BookControl,
  KillSwitchMode,
  Limits,
  Mark,
  Reason,
  Scope,
  Terms,
} from '#schemas/values/trading'

/** When a trading day begins: a local time of day, and the time zone it is meant in. */
const TradingDay = t.strict({ time: t.string, zone: t.string }, 'TradingDay')

export const BookOpened = fact('BookOpened', {
  book: BookId,
  currency: Currency,
  control: BookControl,
  tradingDay: TradingDay,
  limits: Limits,
})

/** What a decision had folded besides its own stream: the last event, and how many. Absent id: none. */
export const Basis = t.exact(
  t.intersection([t.type({ count: Count }), t.partial({ eventId: EventId })]),
  'Basis',
)
export type Basis = Readonly<t.TypeOf<typeof Basis>>

export const CheckOutcome = t.keyof({ passed: null, failed: null, notEvaluated: null })
export type CheckOutcome = t.TypeOf<typeof CheckOutcome>
/** One check in full words, as a denial records it. */
export const CheckResult = t.exact(
  t.intersection([
    t.type({ code: Code, outcome: CheckOutcome, unit: t.string, message: Line }),
    t.partial({ observed: t.string, limit: t.string }),
  ]),
  'CheckResult',
)
export type CheckResult = Readonly<t.TypeOf<typeof CheckResult>>
/** One check as an approval records it: code, observed, limit. An empty text: there was none. */
export const CheckLine = t.tuple([Code, t.string, t.string], 'CheckLine')
export type CheckLine = Readonly<t.TypeOf<typeof CheckLine>>

/**
 * What every decision records, so that it can be derived again from the log alone. `clock` is what the guard's
 * clock said; `at` is that too, but never goes back along the stream, whoever sets the clock.
 */
const decision = {
  orderId: OrderId,
  book: BookId,
  rules: Count,
  basis: Basis,
  at: Instant,
  clock: Instant,
}

export const OrderApproved = fact(
  'OrderApproved',
  {
    ...decision,
    terms: Terms,
    reducing: t.boolean,
    expiresAt: Instant,
    checks: t.readonlyArray(CheckLine),
  },
  { mark: Mark },
)
export const OrderDenied = fact(
  'OrderDenied',
  { ...decision, reducing: t.boolean, reason: Reason, checks: t.readonlyArray(CheckResult) },
  { mark: Mark },
)
/** Marks that later decisions convert and value by: only of what is held, open or needed for conversion. */
export const MarksTaken = fact('MarksTaken', {
  book: BookId,
  at: Instant,
  marks: t.readonlyArray(Mark),
})
/** Absolute, and latched until it is released; a `killSwitchId` that is known already changes nothing. */
export const KillSwitchEngaged = fact('KillSwitchEngaged', {
  book: BookId,
  killSwitchId: KillSwitchId,
  scope: Scope,
  mode: KillSwitchMode,
  reason: Line,
})

/** What the guard made of a proposal, and when: `at` and `basis` as a decision has them. */
const ruling = {
  book: BookId,
  proposalId: ProposalId,
  rules: Count,
  basis: Basis,
  at: Instant,
  clock: Instant,
}
/** All limits of the book, as they are from this event on. */
export const RiskLimitsSet = fact('RiskLimitsSet', { ...ruling, limits: Limits })
/** These stand no longer. Whatever else stands goes on standing. */
export const KillSwitchReleased = fact('KillSwitchReleased', {
  ...ruling,
  killSwitchIds: t.readonlyArray(KillSwitchId),
})
/** The proposal changes nothing, and never will. */
export const ControlRefused = fact('ControlRefused', { ...ruling, reason: Reason })

export const riskFacts = [
  BookOpened,
  OrderApproved,
  OrderDenied,
  MarksTaken,
  KillSwitchEngaged,
  RiskLimitsSet,
  KillSwitchReleased,
  ControlRefused,
] as const
export type RiskEvent = EventOf<(typeof riskFacts)[number]>
export type BookOpened = EventOf<typeof BookOpened>
export type OrderApproved = EventOf<typeof OrderApproved>
export type OrderDenied = EventOf<typeof OrderDenied>
export type MarksTaken = EventOf<typeof MarksTaken>
export type KillSwitchEngaged = EventOf<typeof KillSwitchEngaged>
export type RiskLimitsSet = EventOf<typeof RiskLimitsSet>
export type KillSwitchReleased = EventOf<typeof KillSwitchReleased>
export type ControlRefused = EventOf<typeof ControlRefused>
