/**
 * Whether an order may be amended. It is judged by the same checks as a new order of the amended terms, in the
 * place of what it was: its own old claim is not counted beside the new one, and what may still fill of it is, for
 * each sum, the larger of both. That is what stays reserved while the amendment is under way, so that at its
 * approval the book, at worst, is within its limits. What lessens an order is judged too: it takes a cancel, and
 * no leave, to get out of what the limits do not allow any more.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { accept, type Decision, reject } from '#domain/kernel/decider'
import { notAmendable } from '#domain/order/amending'
import type { HeldAmendment } from '#domain/risk/amendments'
import { worstClaimWith } from '#domain/risk/claims'
import {
  decide,
  decisionOf,
  type DecideRejection,
  judge,
  type Judgement,
  type Question,
  type RiskDecision,
  whyNotNow,
} from '#domain/risk/decide'
import type { HeldOrder } from '#domain/risk/holdings'
import { type Rules, rulesInForce } from '#domain/risk/rules'
import type { Standing } from '#domain/risk/standing'
import { isAmendment, type Waiting } from '#domain/risk/waiting'
import type { AmendApproved, AmendDenied } from '#schemas/events/risk'
import type { ReasonCode } from '#schemas/codes'
import type { Code, Line } from '#schemas/values/ids'
import type { Reason } from '#schemas/values/trading'

export type AmendDecision = AmendApproved | AmendDenied
export interface AmendQuestion extends Omit<Question, 'intent' | 'claim'> {
  readonly amendment: HeldAmendment
}
/** One decision; none where it has been decided, sent or refused, or its order has ended. */
export const decideAmendment = (
  standing: Standing,
  question: AmendQuestion,
  rules: Rules = rulesInForce,
): Decision<AmendDecision, DecideRejection> => {
  const { desk, holdings } = standing
  const { orderId, amendmentId } = question.amendment
  const defect = whyNotNow(standing, question, rules)
  if (defect !== undefined) return reject(defect)
  const order = holdings.order(orderId)
  const amendment = holdings.amendments(orderId).get(amendmentId)
  if (order === undefined || amendment?.stage !== 'requested') return accept()
  if (desk.amendOutcomeOf(amendmentId) !== undefined || !isApproved(standing, order))
    return accept()
  const asked = asOrder(question, order, standing)
  // What is said of it too is said as if the order were not there.
  const decision = standing.exposure.without(orderId, () => {
    const judgement = judge(standing, asked, rules)
    const reason = reasonAgainst(order, amendment, judgement)
    return decisionOf(asked, { ...judgement, reason }, holdings.basis(), rules)
  })
  return accept(amending(decision, amendment))
}
/** Either of both, as the guard comes to it in the order of the log. */
export const decideWaiting = (
  standing: Standing,
  waiting: Waiting,
  question: Omit<AmendQuestion, 'amendment'>,
  rules: Rules = rulesInForce,
): E.Either<DecideRejection, readonly (RiskDecision | AmendDecision)[]> =>
  isAmendment(waiting)
    ? decideAmendment(standing, { ...question, amendment: waiting }, rules)
    : decide(standing, { ...question, intent: waiting.intent.event }, rules)

/** The order comes first, and what was denied is no order. */
const isApproved = ({ desk }: Standing, { orderId, stage }: HeldOrder): boolean =>
  stage !== 'intended' || desk.outcomeOf(orderId) === 'approved'

const asOrder = (
  { amendment, ...question }: AmendQuestion,
  order: HeldOrder,
  { holdings }: Standing,
): Question => {
  const { terms, orderId, decideBy } = amendment.asked.event
  const { book } = order
  return {
    ...question,
    intent: { type: 'OrderIntentRecorded', orderId, book, terms, decideBy },
    claim: worstClaimWith(holdings, order, terms),
  }
}

/** What has waited too long is not looked at any further, and another order is no amendment of this one. */
const reasonAgainst = (
  { terms }: HeldOrder,
  amendment: HeldAmendment,
  { reason }: Judgement,
): Reason | undefined => {
  const fields = notAmendable(terms, amendment.terms)
  if (fields.length === 0 || reason?.code === ('stale' satisfies ReasonCode as string))
    return reason
  const message = `Another ${fields.join(', ')} makes it another order: cancel this one, and order anew.`
  return {
    code: 'notAmendable' satisfies ReasonCode as string as Code,
    message: message as Line,
  }
}
const amending = (decision: RiskDecision, { amendmentId }: HeldAmendment): AmendDecision =>
  decision.type === 'OrderApproved'
    ? { ...decision, type: 'AmendApproved', amendmentId }
    : { ...decision, type: 'AmendDenied', amendmentId }
