/**
 * What other limits would have made of past intents. Each decision on an intent is taken again with the question
 * that was recorded (intent, mark, session, clock), once under the limits that were in force and once under the
 * others, both by the rules in force now; the others' own trading windows have their own session. Holdings, rates and kill switches are what they really were: what else
 * would have happened if an order had been denied, nobody knows.
 */
import type { SessionLookup } from '#domain/market/sessions'
import { judge, type Judgement } from '#domain/risk/decide'
import { holdingsFold } from '#domain/risk/holdings'
import { replayOf } from '#domain/risk/replay'
import { type Rules, rulesInForce } from '#domain/risk/rules'
import { standingOf } from '#domain/risk/standing'
import { otherQuestion, questionOf, rulesFor, underLimits } from '#domain/risk/what-if-question'
import { type Stake, stakes } from '#domain/risk/what-if-stakes'
import { addAmount, zeroAmount } from '#domain/values/decimal'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { Amount } from '#schemas/values/decimal'
import type { BookId, OrderId, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits, Reason, Terms } from '#schemas/values/trading'

export interface Asked {
  readonly book: BookId
  /** The limits that would have been in force where these were. */
  readonly limits: (inForce: Limits) => Limits
  /** Whether a decision is within the range that is asked about. */
  readonly isAsked: (decision: RecordedEvent<OrderApproved | OrderDenied>) => boolean
  /** So many differences are told one by one; all of them are counted. */
  readonly rowsMax: number
  /** By the tables of today, for trading windows that were not in force. */
  readonly sessionAt: SessionLookup
}

/** Approved under the limits in force and denied under the others; or the other way round. */
export type Turn = 'newlyDenied' | 'newlyApproved'
export interface Compared {
  readonly orderId: OrderId
  readonly recorded: 'approved' | 'denied'
  readonly inForce: Reason | undefined
  readonly other: Reason | undefined
  readonly turn: Turn | undefined
  /** In the book's currency, at most; undefined: there was no price. */
  readonly notional: Amount | undefined
}
/** One decision that would have been another. */
export interface Row {
  readonly orderId: OrderId
  readonly at: Instant
  readonly logPosition: bigint
  readonly terms: Terms
  readonly turn: Turn
  /** Why it would have been denied, or was. */
  readonly reason: Reason
  readonly notional: Amount | undefined
  /** Of a newly denied order's fills; undefined: it has none, or they have no price. */
  readonly pnl: Amount | undefined
}
export interface Sums {
  readonly newlyDenied: number
  readonly newlyApproved: number
  readonly deniedNotional: Amount
  readonly approvedNotional: Amount
  /** Of the fills of what would have been denied, at the last recorded marks, fees taken off. */
  readonly deniedPnl: Amount
  /** Orders and fills that are in no sum, because something had no price. */
  readonly unpriced: number
}
export interface WhatIfResult {
  /** On intents, in the range. */
  readonly decisions: number
  readonly first: Moment | undefined
  readonly last: Moment | undefined
  /** Decided otherwise by the rules in force now than when they were recorded, under the same limits. */
  readonly otherByRules: number
  /** Taken before the book had trading days, and judged by the rules of their time. */
  readonly byFormerRules: number
  /** Judged by a session that is on no log: by other trading windows, with the time-zone tables of today. */
  readonly byOtherWindows: number
  readonly total: Sums
  readonly byStrategy: ReadonlyMap<StrategyId, Sums>
  /** Of the newly denied, by the code of the reason. */
  readonly byReason: ReadonlyMap<string, number>
  readonly rows: readonly Row[]
  readonly rowsLeftOut: number
}
export interface Moment {
  readonly at: Instant
  readonly logPosition: bigint
}
export interface WhatIf {
  /** The next event of the log, of any stream. Answers what became of a decision in the range. */
  readonly apply: (recorded: RecordedEvent) => Compared | undefined
  readonly result: () => WhatIfResult
}

const none: Sums = {
  newlyDenied: 0,
  newlyApproved: 0,
  deniedNotional: zeroAmount,
  approvedNotional: zeroAmount,
  deniedPnl: zeroAmount,
  unpriced: 0,
}
interface State {
  decisions: number
  first: Moment | undefined
  last: Moment | undefined
  otherByRules: number
  byFormerRules: number
  byOtherWindows: number
  readonly strategies: Map<StrategyId, Sums>
  readonly reasons: Map<string, number>
  readonly rows: Omit<Row, 'pnl'>[]
  rowsLeftOut: number
}

export const whatIf = (asked: Asked): WhatIf => {
  const holdings = holdingsFold()
  const real = standingOf(asked.book, holdings)
  const other = standingOf(asked.book, holdings)
  const replay = replayOf(asked.book, holdings, [real, underLimits(other, asked.limits)])
  const turned = stakes(real)
  const state: State = {
    decisions: 0,
    first: undefined,
    last: undefined,
    otherByRules: 0,
    byFormerRules: 0,
    byOtherWindows: 0,
    strategies: new Map(),
    reasons: new Map(),
    rows: [],
    rowsLeftOut: 0,
  }
  return {
    apply: (recorded) => {
      if (recorded.event.type === 'OrderFilled') turned.filled(recorded.event)
      return replay.apply(recorded, (event) => {
        if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return undefined
        const decision = { ...recorded, event }
        if (!asked.isAsked(decision)) return undefined
        const question = questionOf(real, event)
        if (question === undefined) return undefined
        const rules = rulesFor(real, event)
        const proposed = otherQuestion(question, real, other, asked.sessionAt)
        const compared = comparedOf(event, {
          inForce: judge(real, question, rules),
          other: judge(other, proposed.question, rules),
        })
        if (proposed.isLookedUp) state.byOtherWindows += 1
        count(state, decision, question.intent.terms, compared, rules)
        const { turn } = compared
        if (turn !== undefined) {
          const isKept = tell(state, asked.rowsMax, decision, question.intent.terms, {
            ...compared,
            turn,
          })
          if (turn === 'newlyDenied')
            turned.denied(event.orderId, question.intent.terms.strategy, isKept)
        }
        return compared
      })
    },
    result: () => resultOf(state, turned.worth()),
  }
}

const comparedOf = (
  { type, orderId }: OrderApproved | OrderDenied,
  { inForce, other }: { readonly inForce: Judgement; readonly other: Judgement },
): Compared => ({
  orderId,
  recorded: type === 'OrderApproved' ? 'approved' : 'denied',
  inForce: inForce.reason,
  other: other.reason,
  turn:
    (inForce.reason === undefined) === (other.reason === undefined)
      ? undefined
      : inForce.reason === undefined
        ? 'newlyDenied'
        : 'newlyApproved',
  notional: inForce.view.notional ?? other.view.notional,
})

const count = (
  state: State,
  { event, position }: RecordedEvent<OrderApproved | OrderDenied>,
  { strategy }: Terms,
  { recorded, inForce, turn, notional, other }: Compared,
  rules: Rules,
): void => {
  const moment = { at: event.at, logPosition: position }
  state.decisions += 1
  state.first ??= moment
  state.last = moment
  if ((recorded === 'approved') !== (inForce === undefined)) state.otherByRules += 1
  if (rules !== rulesInForce) state.byFormerRules += 1
  if (turn === undefined) return
  const before = state.strategies.get(strategy) ?? none
  state.strategies.set(strategy, withTurn(before, turn, notional))
  if (other !== undefined) state.reasons.set(other.code, (state.reasons.get(other.code) ?? 0) + 1)
}
const withTurn = (sums: Sums, turn: Turn, notional: Amount | undefined): Sums => {
  const worth = notional ?? zeroAmount
  const unpriced = sums.unpriced + (notional === undefined ? 1 : 0)
  return turn === 'newlyDenied'
    ? {
        ...sums,
        unpriced,
        newlyDenied: sums.newlyDenied + 1,
        deniedNotional: addAmount(sums.deniedNotional, worth),
      }
    : {
        ...sums,
        unpriced,
        newlyApproved: sums.newlyApproved + 1,
        approvedNotional: addAmount(sums.approvedNotional, worth),
      }
}
/** Whether there was room to tell it by itself. */
const tell = (
  state: State,
  rowsMax: number,
  { event, position }: RecordedEvent<OrderApproved | OrderDenied>,
  terms: Terms,
  { turn, inForce, other, notional }: Compared & { readonly turn: Turn },
): boolean => {
  const reason = other ?? inForce
  if (state.rows.length >= rowsMax || reason === undefined) {
    state.rowsLeftOut += 1
    return false
  }
  const { orderId, at } = event
  state.rows.push({ orderId, at, logPosition: position, terms, turn, reason, notional })
  return true
}

const resultOf = (
  { strategies, reasons, rows, ...counted }: State,
  { byStrategy: pnl, byOrder }: Stake,
): WhatIfResult => {
  const byStrategy = new Map(
    [...strategies].map(([strategy, sums]) => {
      const made = pnl.get(strategy)
      return [strategy, made === undefined ? sums : withPnl(sums, made)] as const
    }),
  )
  return {
    ...counted,
    total: [...byStrategy.values()].reduce(added, none),
    byStrategy,
    byReason: reasons,
    rows: rows.map((row) => ({ ...row, pnl: byOrder.get(row.orderId) })),
  }
}
const withPnl = (
  sums: Sums,
  { worth, unpriced }: { readonly worth: Amount; readonly unpriced: number },
): Sums => ({
  ...sums,
  deniedPnl: addAmount(sums.deniedPnl, worth),
  unpriced: sums.unpriced + unpriced,
})
const added = (a: Sums, b: Sums): Sums => ({
  newlyDenied: a.newlyDenied + b.newlyDenied,
  newlyApproved: a.newlyApproved + b.newlyApproved,
  deniedNotional: addAmount(a.deniedNotional, b.deniedNotional),
  approvedNotional: addAmount(a.approvedNotional, b.approvedNotional),
  deniedPnl: addAmount(a.deniedPnl, b.deniedPnl),
  unpriced: a.unpriced + b.unpriced,
})
