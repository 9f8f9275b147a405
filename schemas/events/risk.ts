/** Everything that one book's risk guard decides, and what binds it. Stream: risk-<book>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { Count } from '#schemas/values/count'
import { Amount, Ratio } from '#schemas/values/decimal'
import {
  AmendmentId,
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
  TradingSession,
} from '#schemas/values/trading'

/** When a trading day begins: a local time of day, and the time zone it is meant in. */
export const TradingDay = t.strict({ time: t.string, zone: t.string }, 'TradingDay')
export type TradingDay = Readonly<t.TypeOf<typeof TradingDay>>

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
    // `scope`: the part of the book that an override binds.
    t.partial({ observed: t.string, limit: t.string, scope: Scope }),
  ]),
  'CheckResult',
)
export type CheckResult = Readonly<t.TypeOf<typeof CheckResult>>
/** One check as an approval records it: code, observed, limit. An empty text: there was none. */
export const CheckLine = t.tuple([Code, t.string, t.string], 'CheckLine')
export type CheckLine = Readonly<t.TypeOf<typeof CheckLine>>
/** The same of an override: code, observed, limit, and the part of the book that it binds. */
export const ScopedCheckLine = t.tuple([Code, t.string, t.string, Scope], 'ScopedCheckLine')
export type ScopedCheckLine = Readonly<t.TypeOf<typeof ScopedCheckLine>>

/**
 * What every decision records, so that it can be derived again from the log alone. `clock` is what the guard's
 * clock said; `at` is that too, but never goes back along the stream, whoever sets the clock.
 */
const derived = { book: BookId, rules: Count, basis: Basis, at: Instant, clock: Instant }
const decision = { orderId: OrderId, ...derived }
const approval = {
  ...decision,
  terms: Terms,
  reducing: t.boolean,
  expiresAt: Instant,
  checks: t.readonlyArray(CheckLine),
}
const denial = {
  ...decision,
  reducing: t.boolean,
  reason: Reason,
  checks: t.readonlyArray(CheckResult),
}
/** `session`: of the venue, the one that is open or opens next, where the book has trading windows for it. */
const seen = { mark: Mark, session: TradingSession }
const lines = { overrides: t.readonlyArray(ScopedCheckLine) }

export const OrderApproved = fact('OrderApproved', approval, { ...seen, ...lines })
export const OrderDenied = fact('OrderDenied', denial, seen)
/** The whole order as it may be from then on. */
export const AmendApproved = fact(
  'AmendApproved',
  { amendmentId: AmendmentId, ...approval },
  { ...seen, ...lines },
)
export const AmendDenied = fact('AmendDenied', { amendmentId: AmendmentId, ...denial }, seen)
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
const ruling = { proposalId: ProposalId, ...derived }
/** All limits of the book, as they are from this event on. */
export const RiskLimitsSet = fact('RiskLimitsSet', { ...ruling, limits: Limits })
/** These stand no longer. Whatever else stands goes on standing. */
export const KillSwitchReleased = fact('KillSwitchReleased', {
  ...ruling,
  killSwitchIds: t.readonlyArray(KillSwitchId),
})
export const ControlChanged = fact('ControlChanged', { ...ruling, control: BookControl })
/** The proposal changes nothing, and never will. */
export const ControlRefused = fact('ControlRefused', { ...ruling, reason: Reason })

/** Money that came in (above 0) or went out, and what it was worth in the book's currency when it was taken into account. */
export const ExternalFlow = t.strict(
  { currency: Currency, amount: Amount, worth: Amount },
  'ExternalFlow',
)
export type ExternalFlow = Readonly<t.TypeOf<typeof ExternalFlow>>
const valued = { ...derived, equity: Amount }
/**
 * A trading day begins, by its local date and in UTC as the time-zone tables had it. `late`: the guard was not
 * there at the boundary, and `equity` is the last that was marked before it, at `markedAt`.
 */
export const TradingDayOpened = fact(
  'TradingDayOpened',
  {
    ...valued,
    day: t.string,
    opensAt: Instant,
    closesAt: Instant,
    rule: TradingDay,
    marks: t.readonlyArray(Mark),
    late: t.boolean,
    highWater: Amount,
    flows: t.readonlyArray(ExternalFlow),
  },
  { markedAt: Instant },
)
/** What the book is worth, with what the day began at and the highest so far, both moved by `flows`. */
export const EquityMarked = fact('EquityMarked', {
  ...valued,
  dayOpenEquity: Amount,
  highWater: Amount,
  flows: t.readonlyArray(ExternalFlow),
})
/** Followed in the same append by the kill switch that it names. */
export const DailyLossBreached = fact('DailyLossBreached', {
  ...valued,
  day: t.string,
  dayOpenEquity: Amount,
  loss: Amount,
  limit: Amount,
  killSwitchId: KillSwitchId,
})
export const DrawdownBreached = fact('DrawdownBreached', {
  ...valued,
  highWater: Amount,
  drawdown: Ratio,
  limit: Ratio,
  killSwitchId: KillSwitchId,
})

export const riskFacts = [
  BookOpened,
  OrderApproved,
  OrderDenied,
  MarksTaken,
  KillSwitchEngaged,
  RiskLimitsSet,
  KillSwitchReleased,
  ControlChanged,
  ControlRefused,
  AmendApproved,
  AmendDenied,
  TradingDayOpened,
  EquityMarked,
  DailyLossBreached,
  DrawdownBreached,
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
export type ControlChanged = EventOf<typeof ControlChanged>
export type AmendApproved = EventOf<typeof AmendApproved>
export type AmendDenied = EventOf<typeof AmendDenied>
export type TradingDayOpened = EventOf<typeof TradingDayOpened>
export type EquityMarked = EventOf<typeof EquityMarked>
export type DailyLossBreached = EventOf<typeof DailyLossBreached>
export type DrawdownBreached = EventOf<typeof DrawdownBreached>
