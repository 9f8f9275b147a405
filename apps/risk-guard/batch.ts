/**
 * The next batch of decisions: what waits, in log order, decided one upon the other before any of it is on the log.
 * What the book is worth comes first, then requests on its control, each by themselves, so that every order meets the
 * day, the kill switches and the limits that they set.
 */
import * as E from 'fp-ts/lib/Either.js'
import { becauseOf, type Envelop } from '#domain/kernel/envelop'
import { appendEventsMax } from '#domain/kernel/proposal'
import type { Marks } from '#domain/market/marks'
import type { PlausibleMarks } from '#domain/market/plausible'
import { sessionFor, type SessionLookup } from '#domain/market/sessions'
import type { RiskDecision } from '#domain/risk/decide'
import { type AmendDecision, decideWaiting } from '#domain/risk/decide-amendment'
import { marksDue } from '#domain/risk/marks-due'
import type { HeldProposal } from '#domain/risk/proposals'
import { type Ruling, ruleOn } from '#domain/risk/ruling'
import type { Entry, StandingFold } from '#domain/risk/standing'
import { askedBy, type Waiting } from '#domain/risk/waiting'
import { increases, stepBackMs } from '#domain/risk/would-decide'
import { laterOf, msBetween } from '#domain/values/instant'
import type { ProposedEvent } from '#schemas/envelope'
import type { Instant } from '#schemas/values/instant'
import { batchInto, enterMarks } from './room.ts'
import { enterAtMarket, enterDay, enterOfBook, type Watch } from './watching.ts'

export interface BatchTools {
  readonly marks: PlausibleMarks
  readonly watch: Watch
  readonly envelop: Envelop
  /** By the time-zone tables of the day: what it answers is recorded with each decision that it was asked for. */
  readonly sessionAt: SessionLookup
  readonly now: () => Instant
  /** What is decided of it is more than the log takes: it waits. */
  readonly leftOut?: (order: Waiting) => void
}

/**
 * Entered into the standing already; whoever asked for it confirms or withdraws it. Empty: nothing to decide.
 * While the clock is behind, what would be approved and increases is left to wait.
 */
export const nextBatch = (
  standing: StandingFold,
  tools: BatchTools,
): readonly ProposedEvent<Entry>[] => {
  const clock = tools.now()
  const worth = nextWorth(standing, tools, clock)
  if (worth.length > 0) return worth
  const rulings = nextRulings(standing, tools, clock)
  return rulings.length > 0 ? rulings : nextDecisions(standing, tools, clock)
}

const nextWorth = (
  standing: StandingFold,
  tools: BatchTools,
  clock: Instant,
): readonly ProposedEvent<Entry>[] => {
  const batch = batchInto(standing, tools.envelop)
  const heard = heardBy(standing, tools)
  return enterAtMarket(batch, standing, tools.watch, heard, clock) ? batch.events : []
}
/** As this book hears the market: it believes no greater jump at once than it allows, nor after a start. */
const heardBy = ({ desk }: StandingFold, { marks }: BatchTools): Marks =>
  marks.by(desk.opened()?.limits.maxMarkJump, desk.marks())

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
  const { envelop, watch } = tools
  const heard = heardBy(standing, tools)
  const at = laterOf(clock, standing.desk.at())
  const behind = msBetween(clock, at) > stepBackMs
  // What must wait for the clock does not stand in the way of what reduces.
  const waiting = firstOf(standing.questions(), behind ? Infinity : appendEventsMax)
  const [first] = waiting
  if (first === undefined) return []
  const batch = batchInto(standing, envelop)
  const terms = waiting.map((order) => order.terms)
  const due = marksDue(standing, heard, at, terms)
  const taken = enterMarks(batch, standing, at, due, becauseOf(askedBy(first)))
  if (taken > 0) enterOfBook(batch, standing, watch, clock)
  for (const order of waiting) {
    // A mark that comes with a decision may say what the book is worth, and so begin its day.
    if (!enterDay(batch, standing, watch, clock)) break
    const decision = decided(standing, order, heard, tools, clock)
    if (decision === undefined || (behind && increases(decision))) continue
    if (batch.enter(decision, becauseOf(askedBy(order)))) continue
    if (batch.events.length > taken) break
    // No append takes it, and it must not stand in the way of an exit.
    tools.leftOut?.(order)
  }
  if (batch.events.length > taken) return batch.events
  standing.withdraw()
  return []
}

/** Both folds come from one subscription: a rejection can only be our own mistake. */
const decided = (
  standing: StandingFold,
  order: Waiting,
  heard: Marks,
  { sessionAt }: BatchTools,
  clock: Instant,
): RiskDecision | AmendDecision | undefined => {
  const { symbol, venue } = order.terms
  const session = sessionFor(standing.desk.opened()?.limits, venue, sessionAt, clock)
  const question = { mark: heard.markOf(symbol), session, clock }
  const decision = decideWaiting(standing, order, question)
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

const firstOf = <A>(all: Iterable<A>, most: number): readonly A[] => {
  const first: A[] = []
  for (const each of all) {
    if (first.length === most) break
    first.push(each)
  }
  return first
}
