/**
 * What a guard would decide about an order that nobody has placed: everything that it would write before it is
 * entered, the decision looked at, and all of it taken back. Between that nothing of the log may be folded.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Marks } from '#domain/market/marks'
import { decide, type DecideRejection, type Question, type RiskDecision } from '#domain/risk/decide'
import { type AmendDecision, decideWaiting } from '#domain/risk/decide-amendment'
import type { HeldOrder, Holdings } from '#domain/risk/holdings'
import { marksDue } from '#domain/risk/marks-due'
import { ruleOn, type RuleRejection } from '#domain/risk/ruling'
import type { Standing, StandingFold } from '#domain/risk/standing'
import { laterOf, msBetween } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { Instant } from '#schemas/values/instant'

export interface Asked {
  /** As it would stand at the end of the log. */
  readonly intent: RecordedEvent<OrderIntentRecorded>
  readonly marks: Marks
  readonly clock: Instant
}
/** The clock is so far behind the last decision that a guard would leave what increases waiting. */
export interface ClockBehind {
  readonly _tag: 'ClockBehind'
  readonly ms: number
}
export type WouldRejection = DecideRejection | RuleRejection | ClockBehind

/** How far the clock may be behind the last decision before nothing that increases is approved. */
export const stepBackMs = 1_000

export const wouldDecide = (
  standing: StandingFold,
  asked: Asked,
): E.Either<WouldRejection, RiskDecision> => {
  const decided = decidedAfterAll(standing, asked)
  standing.withdraw()
  return decided
}

const decidedAfterAll = (
  standing: StandingFold,
  asked: Asked,
): E.Either<WouldRejection, RiskDecision> => {
  const { clock, intent } = asked
  // Whatever is decided before it is decided by a guard that has read it already.
  const stage: Stage = { there: asRecorded(standing, intent), enter: standing.enter }
  const ruled = enterRulings(stage, clock)
  if (E.isLeft(ruled)) return ruled
  const at = laterOf(clock, standing.desk.at())
  const behind = msBetween(clock, at)
  enterMarks(stage, asked, at)
  const earlier = enterWaiting(stage, asked, behind > stepBackMs)
  if (E.isLeft(earlier)) return earlier
  const own = decide(stage.there, questionOf(intent.event, asked))
  if (E.isLeft(own)) return own
  const [decision] = own.right
  if (decision === undefined || (behind > stepBackMs && increases(decision)))
    return E.left({ _tag: 'ClockBehind', ms: behind })
  return E.right(decision)
}

interface Stage {
  readonly there: Standing
  readonly enter: StandingFold['enter']
}
/** What is to be ruled on binds every order that comes after it. */
const enterRulings = ({ there, enter }: Stage, clock: Instant): E.Either<RuleRejection, void> => {
  for (const held of there.holdings.proposals(there.desk.book).values()) {
    const ruling = ruleOn(there, { held, clock })
    if (E.isLeft(ruling)) return ruling
    for (const event of ruling.right) enter(event)
  }
  return E.right(undefined)
}
const enterMarks = ({ there, enter }: Stage, { intent, marks }: Asked, at: Instant): void => {
  const terms = [...there.questions()].map((waiting) => waiting.terms)
  const due = marksDue(there, marks, at, [...terms, intent.event.terms])
  if (due.length > 0) enter({ type: 'MarksTaken', book: there.desk.book, at, marks: due })
}
/** Orders that were placed before are decided before. */
const enterWaiting = (
  { there, enter }: Stage,
  asked: Asked,
  isBehind: boolean,
): E.Either<DecideRejection, void> => {
  for (const waiting of there.questions()) {
    const { symbol } = waiting.terms
    const question = { mark: asked.marks.markOf(symbol), clock: asked.clock }
    const decided = decideWaiting(there, waiting, question)
    if (E.isLeft(decided)) return decided
    for (const event of decided.right) if (!isBehind || !increases(event)) enter(event)
  }
  return E.right(undefined)
}
const questionOf = (
  intent: OrderIntentRecorded,
  { marks, clock }: Pick<Asked, 'marks' | 'clock'>,
): Question => ({ intent, mark: marks.markOf(intent.terms.symbol), clock })
const increases = (decision: RiskDecision | AmendDecision): boolean =>
  (decision.type === 'OrderApproved' || decision.type === 'AmendApproved') && !decision.reducing

/** The same book with the intent as the newest event of the log. */
const asRecorded = (standing: Standing, intent: RecordedEvent<OrderIntentRecorded>): Standing => {
  const { orderId, book, terms } = intent.event
  const { holdings } = standing
  const order: HeldOrder = {
    orderId,
    book,
    terms,
    intent,
    stage: 'intended',
    filled: 0n as HeldOrder['filled'],
  }
  const withIntent: Holdings = {
    ...holdings,
    basis: () => ({ count: holdings.basis().count + 1, eventId: intent.metadata.id }),
    basisAt: () => intent.metadata.occurredAt,
    order: (id) => (id === orderId ? order : holdings.order(id)),
  }
  return { ...standing, holdings: withIntent }
}
