/**
 * The next batch of decisions: what waits, in log order, decided one upon the other before any of it is on the log.
 * Requests on the book's control come first and by themselves, so that every order meets the limits that they set.
 */
import * as E from 'fp-ts/lib/Either.js'
import { becauseOf, type Cause, type Envelop } from '#domain/kernel/envelop'
import { appendBytesMax, appendEventsMax } from '#domain/kernel/proposal'
import type { Marks } from '#domain/market/marks'
import { sessionFor, type SessionLookup } from '#domain/market/sessions'
import { decide, type RiskDecision } from '#domain/risk/decide'
import type { HeldOrder } from '#domain/risk/holdings'
import { marksDue } from '#domain/risk/marks-due'
import type { HeldProposal } from '#domain/risk/proposals'
import { type Ruling, ruleOn } from '#domain/risk/ruling'
import type { Entry, StandingFold } from '#domain/risk/standing'
import { laterOf, msBetween } from '#domain/values/instant'
import type { ProposedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import type { Instant } from '#schemas/values/instant'

export interface BatchTools {
  readonly marks: Marks
  readonly envelop: Envelop
  /** By the time-zone tables of the day: what it answers is recorded with each decision that it was asked for. */
  readonly sessionAt: SessionLookup
  readonly now: () => Instant
}

/** How far the clock may be behind the last decision before nothing that increases is approved. */
const stepBackMs = 1_000

/**
 * Entered into the standing already; whoever asked for it confirms or withdraws it. Empty: nothing to decide.
 * While the clock is behind, what would be approved and increases is left to wait.
 */
export const nextBatch = (
  standing: StandingFold,
  tools: BatchTools,
): readonly ProposedEvent<Entry>[] => {
  const clock = tools.now()
  const rulings = nextRulings(standing, tools, clock)
  return rulings.length > 0 ? rulings : nextDecisions(standing, tools, clock)
}

const nextRulings = (
  standing: StandingFold,
  { envelop }: BatchTools,
  clock: Instant,
): readonly ProposedEvent<Entry>[] => {
  const batch = batchInto(standing, envelop)
  for (const held of standing.holdings.proposals(standing.desk.book).values()) {
    const ruling = ruled(standing, held, clock)
    if (ruling !== undefined && !batch.enter(ruling, becauseOf(held.asked))) break
  }
  return batch.events
}

const nextDecisions = (
  standing: StandingFold,
  tools: BatchTools,
  clock: Instant,
): readonly ProposedEvent<Entry>[] => {
  const { marks, envelop } = tools
  const at = laterOf(clock, standing.desk.at())
  const behind = msBetween(clock, at) > stepBackMs
  // What must wait for the clock does not stand in the way of what reduces.
  const waiting = firstOf(standing.waiting(), behind ? Infinity : appendEventsMax)
  const [first] = waiting
  if (first === undefined) return []
  const batch = batchInto(standing, envelop)
  const terms = waiting.map((order) => order.terms)
  for (const due of inChunks(marksDue(standing, marks, at, terms))) {
    const taken: Entry = { type: 'MarksTaken', book: standing.desk.book, at, marks: due }
    batch.enter(taken, becauseOf(first.intent))
  }
  const withoutDecisions = batch.events.length
  for (const order of waiting) {
    const decision = decided(standing, order, tools, clock)
    if (decision === undefined || (behind && increases(decision))) continue
    if (!batch.enter(decision, becauseOf(order.intent))) break
  }
  if (batch.events.length > withoutDecisions) return batch.events
  standing.withdraw()
  return []
}

/** What fits into one append, each entered before the next is thought of. */
const batchInto = (standing: StandingFold, envelop: Envelop) => {
  const batch = room()
  return {
    events: batch.events,
    enter: (event: Entry, cause: Cause): boolean => {
      const proposed = envelop(event, cause)
      if (!batch.take(proposed)) return false
      standing.enter(event)
      return true
    },
  }
}

/** Both folds come from one subscription: a rejection can only be our own mistake. */
const decided = (
  standing: StandingFold,
  order: HeldOrder,
  { marks, sessionAt }: BatchTools,
  clock: Instant,
): RiskDecision | undefined => {
  const intent = order.intent.event
  const { symbol, venue } = intent.terms
  const session = sessionFor(standing.desk.opened()?.limits, venue, sessionAt, clock)
  const decision = decide(standing, { intent, mark: marks.markOf(symbol), session, clock })
  if (E.isLeft(decision))
    throw new Error(`order ${order.orderId} cannot be decided: ${decision.left._tag}`)
  return decision.right[0]
}
const ruled = (standing: StandingFold, held: HeldProposal, clock: Instant): Ruling | undefined => {
  const ruling = ruleOn(standing, { held, clock })
  if (E.isRight(ruling)) return ruling.right[0]
  const { proposalId } = held.asked.event
  throw new Error(`request ${proposalId} cannot be ruled on: ${ruling.left._tag}`)
}
const increases = (decision: RiskDecision): boolean =>
  decision.type === 'OrderApproved' && !decision.reducing

/** As much as one append may hold. */
const room = () => {
  const events: ProposedEvent<Entry>[] = []
  let bytes = 0
  return {
    events,
    take: (proposed: ProposedEvent<Entry>): boolean => {
      const { data, metadata } = encodeProposed(proposed)
      // Every text in a decision is ASCII, so that characters are bytes.
      const size = data.length + metadata.length
      if (events.length === appendEventsMax || bytes + size > appendBytesMax) return false
      events.push(proposed)
      bytes += size
      return true
    },
  }
}

/** So many marks are well below the largest event that a log takes. */
const marksInEvent = 500
const inChunks = <A>(all: readonly A[]): readonly (readonly A[])[] =>
  all.length === 0 ? [] : [all.slice(0, marksInEvent), ...inChunks(all.slice(marksInEvent))]

const firstOf = <A>(all: Iterable<A>, most: number): readonly A[] => {
  const first: A[] = []
  for (const each of all) {
    if (first.length === most) break
    first.push(each)
  }
  return first
}
