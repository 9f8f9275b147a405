/**
 * What a guard would decide about an order that nobody has placed: everything that it would write before it is
 * entered, the decision looked at, and all of it taken back. Between that nothing of the log may be folded.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Marks } from '#domain/market/marks'
import { sessionFor, type SessionLookup } from '#domain/market/sessions'
import { type DayMeans, nextDay, nextOfBook } from '#domain/risk/day-events'
import type { DayRejection } from '#domain/risk/days'
import { decide, type DecideRejection, type Question, type RiskDecision } from '#domain/risk/decide'
import { type AmendDecision, decideWaiting } from '#domain/risk/decide-amendment'
import type { HeldOrder, Holdings } from '#domain/risk/holdings'
import { marksDue, marksNow } from '#domain/risk/marks-due'
import { ruleOn, type RuleRejection } from '#domain/risk/ruling'
import type { Entry, Standing, StandingFold } from '#domain/risk/standing'
import { laterOf, msBetween } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { Instant } from '#schemas/values/instant'
import type { Mark, Terms } from '#schemas/values/trading'

export interface Asked extends DayMeans {
  /** As it would stand at the end of the log. */
  readonly intent: RecordedEvent<OrderIntentRecorded>
  /** As its book hears them. */
  readonly marks: Marks
  readonly sessionAt: SessionLookup
}
/** The clock is so far behind the last decision that a guard would leave what increases waiting. */
export interface ClockBehind {
  readonly _tag: 'ClockBehind'
  readonly ms: number
}
/** The guard has so much to decide before it that nobody is kept waiting for what it would say after. */
export interface TooMuchWaits {
  readonly _tag: 'TooMuchWaits'
}
export type WouldRejection =
  | DecideRejection
  | RuleRejection
  | DayRejection
  | ClockBehind
  | TooMuchWaits

/** How far the clock may be behind the last decision before nothing that increases is approved. */
export const stepBackMs = 1_000
/** A guard decides as many in less than a second. */
export const waitingMost = 256

export const wouldDecide = (
  standing: StandingFold,
  asked: Asked,
): E.Either<WouldRejection, RiskDecision> => {
  // Each of them is decided anew for every question, and nobody else is answered meanwhile.
  if ([...standing.questions()].length > waitingMost) return E.left({ _tag: 'TooMuchWaits' })
  try {
    return decidedAfterAll(standing, asked)
  } finally {
    standing.withdraw()
  }
}

const decidedAfterAll = (
  standing: StandingFold,
  asked: Asked,
): E.Either<WouldRejection, RiskDecision> => {
  const { clock, intent } = asked
  // Whatever is decided before it is decided by a guard that has read it already.
  const stage: Stage = { there: asRecorded(standing, intent), enter: standing.enter }
  const { there } = stage
  const worth = enterWorth(stage, asked, standing.withdraw)
  if (E.isLeft(worth)) return worth
  const ruled = enterRulings(stage, clock)
  if (E.isLeft(ruled)) return ruled
  const at = laterOf(clock, there.desk.at())
  const behind = msBetween(clock, at)
  if (enterMarks(stage, asked, at)) {
    const watched = enterAll(stage, () => nextOfBook(there, asked))
    if (E.isLeft(watched)) return watched
  }
  const earlier = enterWaiting(stage, asked, behind > stepBackMs)
  if (E.isLeft(earlier)) return earlier
  const day = enterAll(stage, () => nextDay(there, asked))
  if (E.isLeft(day)) return day
  const question = { intent: intent.event, ...seenOf(there, intent.event.terms, asked) }
  const own = decide(there, question)
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
/** What is to be ruled on binds every order that comes after it, and what else is to be ruled on. */
const enterRulings = (stage: Stage, clock: Instant): E.Either<RuleRejection, void> => {
  const { there, enter } = stage
  for (let isOver = false; !isOver; ) {
    isOver = true
    for (const held of there.holdings.proposals(there.desk.book).values()) {
      const ruling = ruleOn(there, { held, clock })
      if (E.isLeft(ruling)) return ruling
      for (const event of ruling.right) {
        enter(event)
        isOver = false
      }
    }
  }
  return E.right(undefined)
}
const enterMarks = (stage: Stage, { intent, marks }: Asked, at: Instant): boolean => {
  const { there } = stage
  const terms = [...there.questions()].map((waiting) => waiting.terms)
  return take(stage, at, marksDue(there, marks, at, [...terms, intent.event.terms]))
}
const take = ({ there, enter }: Stage, at: Instant, marks: readonly Mark[]): boolean => {
  if (marks.length > 0) enter({ type: 'MarksTaken', book: there.desk.book, at, marks })
  return marks.length > 0
}
/** What the book is worth at the prices of now; they are recorded only where something follows from them. */
const enterWorth = (
  stage: Stage,
  asked: Asked,
  withdraw: () => void,
): E.Either<DayRejection, void> => {
  const { there } = stage
  const at = laterOf(asked.clock, there.desk.at())
  const before = there.desk.revision()
  const taken = take(stage, at, marksNow(there, asked.marks, at))
  const watched = enterAll(stage, () => nextOfBook(there, asked))
  if (E.isRight(watched) && taken && there.desk.revision() === before + 1n) withdraw()
  return watched
}
/** One after the other, until there is nothing. */
const enterAll = <Rejection>(
  { enter }: Stage,
  next: () => E.Either<Rejection, readonly Entry[]>,
): E.Either<Rejection, void> => {
  for (;;) {
    const events = next()
    if (E.isLeft(events)) return events
    if (events.right.length === 0) return E.right(undefined)
    for (const event of events.right) enter(event)
  }
}
/** What was asked for before is decided before. */
const enterWaiting = (
  stage: Stage,
  asked: Asked,
  isBehind: boolean,
): E.Either<DecideRejection | DayRejection, void> => {
  const { there, enter } = stage
  for (const waiting of there.questions()) {
    const day = enterAll(stage, () => nextDay(there, asked))
    if (E.isLeft(day)) return day
    const decided = decideWaiting(there, waiting, seenOf(there, waiting.terms, asked))
    if (E.isLeft(decided)) return decided
    for (const event of decided.right) if (!isBehind || !increases(event)) enter(event)
  }
  return E.right(undefined)
}
const seenOf = (
  { desk }: Standing,
  { venue, symbol }: Terms,
  { marks, sessionAt, clock }: Asked,
): Omit<Question, 'intent'> => ({
  mark: marks.markOf(symbol),
  session: sessionFor(desk.opened()?.limits, venue, sessionAt, clock),
  clock,
})
/** An approval of what may enlarge a position. */
export const increases = (decision: RiskDecision | AmendDecision): boolean =>
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
