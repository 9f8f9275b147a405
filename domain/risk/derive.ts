/** Deriving recorded decisions again from the log alone, and comparing them with what was recorded. */
import * as E from 'fp-ts/lib/Either.js'
import type { Decision } from '#domain/kernel/decider'
import { decide, type DecideRejection, type RiskDecision } from '#domain/risk/decide'
import { holdingsFold } from '#domain/risk/holdings'
import { replayOf } from '#domain/risk/replay'
import { rulesOf } from '#domain/risk/rules'
import { type RuleRejection, type Ruling, ruleOn } from '#domain/risk/ruling'
import { type Standing, standingOf } from '#domain/risk/standing'
import { isEqual } from '#domain/values/equal'
import type { RecordedEvent } from '#schemas/envelope'
import type { BookId } from '#schemas/values/ids'

/** `same`: it follows from the log, to the last digit. */
export type Verdict =
  | { readonly _tag: 'Same' }
  /** The fields in which they differ. */
  | {
      readonly _tag: 'Different'
      readonly derived: RiskDecision | Ruling
      readonly fields: readonly string[]
    }
  /** It answers what was not there, had to wait, or was decided or ended already. */
  | { readonly _tag: 'NothingToDecide' }
  | { readonly _tag: 'NotAllowed'; readonly rejection: DecideRejection | RuleRejection }
  /** Its basis names an event that is not there at that count. */
  | { readonly _tag: 'OtherBasis'; readonly count: number }
  /** Recorded by rules that this build does not know. */
  | { readonly _tag: 'OtherRules'; readonly rules: number }

export interface Derived {
  readonly recorded: RecordedEvent<Decided>
  readonly verdict: Verdict
}

/** Both folds must stand where the decision says that they stood: the stream before it, and its basis. */
export const deriveDecision = (standing: Standing, recorded: RiskDecision): Verdict => {
  const rules = rulesOf(recorded.rules)
  if (rules === undefined) return { _tag: 'OtherRules', rules: recorded.rules }
  const order = standing.holdings.order(recorded.orderId)
  if (order === undefined) return { _tag: 'NothingToDecide' }
  const { mark, session, clock } = recorded
  const question = { intent: order.intent.event, mark, session, clock }
  return compared(recorded, decide(standing, question, rules))
}
/** The same of what was made of a request on the book's control. */
export const deriveRuling = (standing: Standing, recorded: Ruling): Verdict => {
  const rules = rulesOf(recorded.rules)
  if (rules === undefined) return { _tag: 'OtherRules', rules: recorded.rules }
  const held = standing.holdings.proposals(recorded.book).get(recorded.proposalId)
  if (held === undefined) return { _tag: 'NothingToDecide' }
  return compared(recorded, ruleOn(standing, { held, clock: recorded.clock }, rules))
}
const compared = <Recorded extends RiskDecision | Ruling>(
  recorded: Recorded,
  decision: Decision<RiskDecision | Ruling, DecideRejection | RuleRejection>,
): Verdict => {
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
  return {
    apply: (recorded) =>
      replay.apply(recorded, (derivable) => {
        const event = derivable as Decided
        return { recorded: { ...recorded, event }, verdict: verdictOn(standing, event) }
      }),
  }
}

type Decided = RiskDecision | Ruling
const verdictOn = (standing: Standing, event: Decided): Verdict => {
  const { count, eventId } = standing.holdings.basis()
  if (count !== event.basis.count || eventId !== event.basis.eventId)
    return { _tag: 'OtherBasis', count }
  return 'orderId' in event ? deriveDecision(standing, event) : deriveRuling(standing, event)
}

/** The fields in which two decisions differ, by value. */
const differences = (a: Decided, b: Decided): readonly string[] => {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].filter((key) => !isEqual(Reflect.get(a, key), Reflect.get(b, key)))
}
