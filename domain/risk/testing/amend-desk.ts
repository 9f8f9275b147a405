/** What a guard decides of amendments of a log that is written in the test. */
import * as E from 'fp-ts/lib/Either.js'
import { decideAmendment, type AmendDecision } from '#domain/risk/decide-amendment'
import { amendAsked, amendmentIdOf } from '#domain/risk/testing/amend-words'
import { openDayIfDue } from '#domain/risk/testing/day-words'
import type { Desk } from '#domain/risk/testing/desk-of'
import { accepted, type Asked, markAt, noon, orderId } from '#domain/risk/testing/words'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

/** Approved, sent, and acknowledged. */
export const working = (desk: Desk, n: number, asked: Asked, mark?: Mark): Desk =>
  desk.inFlight(n, asked, mark).given(accepted(n))

/** What is decided of the k-th amendment of an order, if there is anything to decide. */
export const decidedOf = (
  desk: Desk,
  n: number,
  k = 1,
  mark: Mark | undefined = markAt('65000'),
  clock: Instant = noon,
): AmendDecision | undefined => {
  const standing = desk.standing()
  openDayIfDue(standing, clock, (event) => {
    desk.given(event)
  })
  const amendment = standing.holdings.amendments(orderId(n)).get(amendmentIdOf(n, k))
  if (amendment === undefined) return undefined
  const decision = decideAmendment(standing, { amendment, mark, clock })
  if (E.isLeft(decision)) throw new Error(`not allowed: ${decision.left._tag}`)
  return decision.right[0]
}
/** The same of a new one. It is not put on the log. */
export const amends = (
  desk: Desk,
  n: number,
  asked: Asked,
  k = 1,
  mark?: Mark,
  clock?: Instant,
): AmendDecision => {
  const decision = decidedOf(desk.given(amendAsked(n, asked, k)), n, k, mark, clock)
  if (decision === undefined) throw new Error('nothing to decide')
  return decision
}
/** Asked and decided, and the decision put on the log. */
export const amendedOn = (
  desk: Desk,
  n: number,
  asked: Asked,
  k?: number,
  mark?: Mark,
  clock?: Instant,
): Desk => desk.given(amends(desk, n, asked, k, mark, clock))
