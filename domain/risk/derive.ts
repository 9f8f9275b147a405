/** Deriving recorded decisions again from the log alone, and comparing them with what was recorded. */
import * as E from 'fp-ts/lib/Either.js'
import type { Decision } from '#domain/kernel/decider'
import type { DecideRejection, RiskDecision } from '#domain/risk/decide'
import { type AmendDecision, decideWaiting } from '#domain/risk/decide-amendment'
import type { DayEvent, DayRejection } from '#domain/risk/days'
import { breachWatch, deriveDayEvent, isDayEvent } from '#domain/risk/derive-days'
import { holdingsFold } from '#domain/risk/holdings'
import { replayOf } from '#domain/risk/replay'
import { rulesOf } from '#domain/risk/rules'
import { type RuleRejection, type Ruling, ruleOn } from '#domain/risk/ruling'
import { isRiskEvent, type Standing, standingOf } from '#domain/risk/standing'
import { isEqual } from '#domain/values/equal'
import type { RecordedEvent } from '#schemas/envelope'
import type { RiskEvent } from '#schemas/events/risk'
import { riskStream } from '#schemas/streams'
import type { BookId } from '#schemas/values/ids'

/** `same`: it follows from the log, to the last digit. */
export type Verdict =
  | { readonly _tag: 'Same' }
  /** The fields in which they differ. */
  | {
      readonly _tag: 'Different'
      readonly derived: Decided
      readonly fields: readonly string[]
    }
  /** It answers what was not there, had to wait, or was decided or ended already. */
  | { readonly _tag: 'NothingToDecide' }
  | { readonly _tag: 'NotAllowed'; readonly rejection: Rejection }
  /** The kill switch that a breach names does not follow it. */
  | { readonly _tag: 'WithoutKillSwitch' }
  /** Its basis names an event that is not there at that count. */
  | { readonly _tag: 'OtherBasis'; readonly count: number }
  /** Recorded by rules that this build does not know. */
  | { readonly _tag: 'OtherRules'; readonly rules: number }

export interface Derived {
  readonly recorded: RecordedEvent<Decided>
  readonly verdict: Verdict
}

/** Both folds must stand where the decision says that they stood: the stream before it, and its basis. */
export const deriveDecision = (
  standing: Standing,
  recorded: RiskDecision | AmendDecision,
): Verdict => {
  const rules = rulesOf(recorded.rules)
  if (rules === undefined) return { _tag: 'OtherRules', rules: recorded.rules }
  const order = standing.holdings.order(recorded.orderId)
  if (order === undefined) return { _tag: 'NothingToDecide' }
  const { mark, session, clock } = recorded
  const waiting =
    'amendmentId' in recorded
      ? standing.holdings.amendments(recorded.orderId).get(recorded.amendmentId)
      : order
  return waiting === undefined
    ? { _tag: 'NothingToDecide' }
    : compared(recorded, decideWaiting(standing, waiting, { mark, session, clock }, rules))
}
/** The same of what was made of a request on the book's control. */
export const deriveRuling = (standing: Standing, recorded: Ruling): Verdict => {
  const rules = rulesOf(recorded.rules)
  if (rules === undefined) return { _tag: 'OtherRules', rules: recorded.rules }
  const held = standing.holdings.proposals(recorded.book).get(recorded.proposalId)
  if (held === undefined) return { _tag: 'NothingToDecide' }
  return compared(recorded, ruleOn(standing, { held, clock: recorded.clock }, rules))
}
/** And of what was recorded of days, equity and breaches. */
export const deriveDay = (standing: Standing, recorded: DayEvent): Verdict => {
  const rules = rulesOf(recorded.rules)
  if (rules === undefined) return { _tag: 'OtherRules', rules: recorded.rules }
  return compared(recorded, deriveDayEvent(standing, recorded, rules))
}
const compared = (recorded: Decided, decision: Decision<Decided, Rejection>): Verdict => {
  if (E.isLeft(decision)) return { _tag: 'NotAllowed', rejection: decision.left }
  const derived = decision.right[0]
  if (derived === undefined) return { _tag: 'NothingToDecide' }
  const fields = differences(derived, recorded)
  return fields.length === 0 ? { _tag: 'Same' } : { _tag: 'Different', derived, fields }
}

export interface Derivation {
  /** The next event of the log, of any stream. Answers the verdict on it if it is a decision or ruling of this book. */
  readonly apply: (recorded: RecordedEvent) => Derived | undefined
}
/** Reads a whole log in order and derives every decision of one book. */
export const derivation = (book: BookId): Derivation => {
  const holdings = holdingsFold()
  const standing = standingOf(book, holdings)
  const replay = replayOf(book, holdings, [standing])
  const breaches = breachWatch(standing)
  return {
    apply: (recorded) => {
      const broken = isOf(book, recorded) ? breaches.next(recorded) : undefined
      const derived = replay.apply(recorded, (derivable): Derived => {
        const event = derivable as Decided
        return { recorded: { ...recorded, event }, verdict: verdictOn(standing, event) }
      })
      return broken === undefined
        ? derived
        : { recorded: broken, verdict: { _tag: 'WithoutKillSwitch' } }
    },
  }
}

type Decided = RiskDecision | AmendDecision | Ruling | DayEvent
type Rejection = DecideRejection | RuleRejection | DayRejection
const isOf = (
  book: BookId,
  recorded: RecordedEvent,
): recorded is RecordedEvent<RiskEvent> & RecordedEvent =>
  recorded.stream === riskStream(book) && isRiskEvent(recorded.event)
const verdictOn = (standing: Standing, event: Decided): Verdict => {
  const { count, eventId } = standing.holdings.basis()
  if (count !== event.basis.count || eventId !== event.basis.eventId)
    return { _tag: 'OtherBasis', count }
  if (isDayEvent(event)) return deriveDay(standing, event)
  return 'orderId' in event ? deriveDecision(standing, event) : deriveRuling(standing, event)
}

/** The fields in which two decisions differ, by value. */
const differences = (a: Decided, b: Decided): readonly string[] => {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].filter((key) => !isEqual(Reflect.get(a, key), Reflect.get(b, key)))
}
