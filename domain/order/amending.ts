/** What may be asked of an order's amendment, step by step as of an order itself. */
import * as E from 'fp-ts/lib/Either.js'
import { accept, type Decision, reject } from '#domain/kernel/decider'
import { because } from '#domain/order/because'
import type {
  LapseAmend,
  RequestAmend,
  ResolveUnamended,
  StartAmend,
} from '#domain/order/amend-commands'
import {
  amendableFields,
  type Amendment,
  amendmentOf,
  openAmendment,
} from '#domain/order/amendment'
import type { OrderRejection } from '#domain/order/commands'
import { isEnded, type Open, type Order } from '#domain/order/state'
import { differingFields } from '#domain/order/terms'
import { lapsesAfter, whyNotNow, whyOver } from '#domain/order/unsent'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import type { Reason, Terms } from '#schemas/values/trading'

type OrderDecision = Decision<OrderEvent, OrderRejection>

export const requestAmend = (command: RequestAmend, order: Order): OrderDecision => {
  const { orderId, amendmentId, terms, decideBy } = command
  if (order._tag === 'Unrecorded') return reject({ _tag: 'OrderNotFound', orderId })
  const known = amendmentOf(order, amendmentId)
  if (known !== undefined) {
    const differs = differingFields(known.terms, terms)
    return differs.length === 0
      ? accept()
      : reject({ _tag: 'AmendmentIdReused', orderId, amendmentId, differs })
  }
  if (isEnded(order)) return reject({ _tag: 'OrderEnded', orderId, state: order._tag })
  if (order._tag !== 'Open') return reject({ _tag: 'OrderNotOpen', orderId, state: order._tag })
  if (order.cancelPending) return reject({ _tag: 'CancelRequested', orderId })
  const refusal = whyNotAsk(command, order)
  return refusal === undefined
    ? accept({ type: 'OrderAmendRequested', orderId, amendmentId, terms, decideBy })
    : reject(refusal)
}

const whyNotAsk = (
  { orderId, terms, denied }: RequestAmend,
  order: Open,
): OrderRejection | undefined => {
  const fields = notAmendable(order.terms, terms)
  if (fields.length > 0) return { _tag: 'NotAmendable', orderId, fields }
  if (differingFields(order.terms, terms).length === 0) return { _tag: 'NothingToAmend', orderId }
  const { quantity } = terms
  const { filledQuantity } = order
  if (quantity <= filledQuantity)
    return { _tag: 'NothingLeftToFill', orderId, quantity, filledQuantity }
  const pending = openAmendment(order)
  return pending === undefined || isDenied(pending, denied)
    ? undefined
    : { _tag: 'AmendmentPending', orderId, amendmentId: pending.amendmentId }
}
/** Once it was started nobody's no undoes it. */
const isDenied = ({ amendmentId, stage }: Amendment, denied: RequestAmend['denied']): boolean =>
  stage === 'requested' && denied.includes(amendmentId)

/** What makes it another order: a price where there was none, or none where there was one, is another type of it. */
export const notAmendable = (before: Terms, after: Terms): readonly (keyof Terms)[] =>
  differingFields(before, after).filter(
    (field) =>
      !(amendableFields as readonly string[]).includes(field) ||
      (before[field] === undefined) !== (after[field] === undefined),
  )

export const startAmend = (command: StartAmend, order: Order): OrderDecision => {
  const { orderId, amendmentId, approval, riskRevision, sendBy } = command
  const unsent = stillUnsent(command, order)
  if (E.isLeft(unsent)) return unsent
  const refusal = whyNotSend(command, unsent.right)
  if (refusal !== undefined) return reject(refusal)
  const { approvalId, terms } = approval
  const type = 'OrderAmendStarted'
  return accept({ type, orderId, amendmentId, approvalId, terms, riskRevision, sendBy })
}

export const lapseAmend = (command: LapseAmend, order: Order): OrderDecision => {
  const { orderId, amendmentId, approval, at } = command
  if (order._tag !== 'Unrecorded' && amendmentOf(order, amendmentId)?.stage === 'refused')
    return accept()
  const unsent = stillUnsent(command, order)
  if (E.isLeft(unsent)) return unsent
  const reason = whyLapse(command, unsent.right)
  if (reason !== undefined)
    return accept({ type: 'OrderAmendRefused', orderId, amendmentId, reason })
  const due = lapsesAfter(unsent.right.amendment, approval)
  return reject({ _tag: 'NotDueToLapse', orderId, dueAfter: due > at ? due : at })
}
/** The venue shows the order as it was, and so late that nothing of the amendment can still be under way. */
export const resolveUnamended = (command: ResolveUnamended, order: Order): OrderDecision => {
  const { orderId, amendmentId, askedAt, requestWindowMs, settlingMs, terms } = command
  const state = order._tag
  if (order._tag !== 'Open') return reject({ _tag: 'OutcomeNotUnknown', orderId, state })
  const amendment = amendmentOf(order, amendmentId)
  if (amendment === undefined) return reject({ _tag: 'AmendmentNotFound', orderId, amendmentId })
  if (amendment.stage === 'refused') return accept()
  if (amendment.stage !== 'unknown' || amendment.sendBy === undefined)
    return reject({ _tag: 'OutcomeNotUnknown', orderId, state: amendment.stage })
  const earliest = plusMs(amendment.sendBy, requestWindowMs + settlingMs)
  if (askedAt <= earliest) return reject({ _tag: 'AskedTooEarly', orderId, askedAt, earliest })
  const fields = amendableFields.filter((field) => order.terms[field] !== terms[field])
  if (fields.length > 0) return reject({ _tag: 'NotAsBefore', orderId, amendmentId, fields })
  const reason = because('notAtVenue', 'The venue never made the change.')
  return accept({ type: 'OrderAmendRefused', orderId, amendmentId, reason })
}

interface Unsent {
  readonly order: Open
  readonly amendment: Amendment
}
const stillUnsent = (
  { orderId, amendmentId, approval }: StartAmend | LapseAmend,
  order: Order,
): E.Either<OrderRejection, Unsent> => {
  if (order._tag === 'Unrecorded') return E.left({ _tag: 'OrderNotFound', orderId })
  if (isEnded(order)) return E.left({ _tag: 'OrderEnded', orderId, state: order._tag })
  const amendment = amendmentOf(order, amendmentId)
  if (amendment === undefined || order._tag !== 'Open')
    return E.left({ _tag: 'AmendmentNotFound', orderId, amendmentId })
  const { stage } = amendment
  if (stage === 'requested' && openAmendment(order) === amendment)
    return E.right({ order, amendment })
  return approval === undefined || stage === 'requested' || stage === 'refused'
    ? E.left({ _tag: 'AmendmentNotPending', orderId, amendmentId, stage })
    : E.left({ _tag: 'ApprovalConsumed', orderId, approvalId: approval.approvalId })
}

const whyNotSend = (
  command: StartAmend,
  { order, amendment }: Unsent,
): OrderRejection | undefined => {
  const { orderId, amendmentId, approval } = command
  if (approval.orderId !== orderId)
    return { _tag: 'ApprovalOfAnotherOrder', orderId, approved: approval.orderId }
  if (approval.amendmentId !== amendmentId) {
    const approved = approval.amendmentId
    return { _tag: 'ApprovalOfAnotherAmendment', orderId, amendmentId, approved }
  }
  const fields = differingFields(amendment.terms, approval.terms)
  if (fields.length > 0) return { _tag: 'TermsDiffer', orderId, fields }
  return whyNotNow(command, order)
}

const whyLapse = (command: LapseAmend, { order, amendment }: Unsent): Reason | undefined =>
  order.cancelPending
    ? because('cancelRequested', 'The order was to be cancelled.')
    : whyOver(command, order.terms, amendment)
