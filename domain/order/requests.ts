/** What may be asked of an order: each request is carried out, or refused with what it was judged on. */
import * as E from 'fp-ts/lib/Either.js'
import { accept, type Decision, reject } from '#domain/kernel/decider'
import { because } from '#domain/order/because'
import type {
  LapseOrder,
  OrderRejection,
  RecordIntent,
  RequestCancel,
  ResolveAbsent,
  StartSubmission,
} from '#domain/order/commands'
import { type Intended, isEnded, type Order } from '#domain/order/state'
import { differingFields } from '#domain/order/terms'
import { lapsesAfter, whyNotNow, whyOver } from '#domain/order/unsent'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import type { Code } from '#schemas/values/ids'
import type { Reason } from '#schemas/values/trading'

type OrderDecision = Decision<OrderEvent, OrderRejection>

export const recordIntent = (command: RecordIntent, order: Order): OrderDecision => {
  const { orderId, book, terms, decideBy, clientTag } = command
  if (order._tag === 'Unrecorded') {
    const tag = clientTag === undefined ? {} : { clientTag }
    return accept({ type: 'OrderIntentRecorded', orderId, book, terms, decideBy, ...tag })
  }
  const differs: readonly string[] = [
    ...differingFields(order.terms, terms),
    ...(order.book === book ? [] : ['book']),
    ...(order.clientTag === clientTag ? [] : ['clientTag']),
  ]
  return differs.length === 0 ? accept() : reject({ _tag: 'OrderIdReused', orderId, differs })
}

export const requestCancel = (command: RequestCancel, order: Order): OrderDecision => {
  const { orderId, denied, killSwitchId } = command
  if (order._tag === 'Unrecorded') return reject({ _tag: 'OrderNotFound', orderId })
  if (isEnded(order)) return reject({ _tag: 'OrderEnded', orderId, state: order._tag })
  if (denied) return reject({ _tag: 'OrderEnded', orderId, state: 'Denied' })
  if (order.cancelPending) return accept()
  if (killSwitchId === undefined) return accept({ type: 'OrderCancelRequested', orderId })
  return order.killSwitches.includes(killSwitchId)
    ? accept()
    : accept({ type: 'OrderCancelRequested', orderId, killSwitchId })
}

export const startSubmission = (command: StartSubmission, order: Order): OrderDecision => {
  const { orderId, approval, clientOrderId, riskRevision, sendBy } = command
  const unsent = stillUnsent(command, order)
  if (E.isLeft(unsent)) return unsent
  const refusal = whyNotSend(command, unsent.right)
  if (refusal !== undefined) return reject(refusal)
  return accept({
    type: 'OrderSubmissionStarted',
    orderId,
    clientOrderId,
    approvalId: approval.approvalId,
    terms: approval.terms,
    riskRevision,
    sendBy,
  })
}

export const lapseOrder = (command: LapseOrder, order: Order): OrderDecision => {
  const { orderId, at } = command
  if (order._tag === 'Lapsed') return accept()
  const unsent = stillUnsent(command, order)
  if (E.isLeft(unsent)) return unsent
  const reason = whyLapse(command, unsent.right)
  if (reason !== undefined) return accept({ type: 'OrderLapsed', orderId, reason })
  const dueAfter = lapsesAfter(unsent.right, command.approval)
  return reject({ _tag: 'NotDueToLapse', orderId, dueAfter: dueAfter > at ? dueAfter : at })
}

export const resolveAbsent = (command: ResolveAbsent, order: Order): OrderDecision => {
  const { orderId, askedAt, evidence, requestWindowMs, settlingMs, notFoundIsFinal } = command
  if (order._tag !== 'Unknown') {
    return reject({ _tag: 'OutcomeNotUnknown', orderId, state: order._tag })
  }
  if (!notFoundIsFinal) return reject({ _tag: 'NotFoundIsNotFinal', orderId })
  const earliest = plusMs(order.submission.sendBy, requestWindowMs + settlingMs)
  if (askedAt <= earliest) return reject({ _tag: 'AskedTooEarly', orderId, askedAt, earliest })
  const missing = everywhere.filter((source) => !evidence.includes(source))
  if (missing.length > 0) return reject({ _tag: 'EvidenceIncomplete', orderId, missing })
  return accept(
    {
      type: 'OrderOutcomeResolved',
      orderId,
      found: 'absent',
      evidence: everywhere as readonly string[] as readonly Code[],
      askedAt,
    },
    { type: 'OrderRefused', orderId, reason: because('notAtVenue', 'The venue never had it.') },
  )
}
/** Absent means: in none of these. The lists reach back by the time of day, which can be set; the name does not. */
const everywhere = ['openOrders', 'closedOrders', 'trades', 'orderByClientId'] as const

const stillUnsent = (
  { orderId, approval }: StartSubmission | LapseOrder,
  order: Order,
): E.Either<OrderRejection, Intended> => {
  if (order._tag === 'Unrecorded') return E.left({ _tag: 'OrderNotFound', orderId })
  if (isEnded(order)) return E.left({ _tag: 'OrderEnded', orderId, state: order._tag })
  if (order._tag === 'Intended') return E.right(order)
  const { approvalId } = order.submission
  return approval?.approvalId === approvalId
    ? E.left({ _tag: 'ApprovalConsumed', orderId, approvalId })
    : E.left({ _tag: 'AlreadySubmitted', orderId, approvalId })
}

/** By fills or by an anomaly: its name is taken there, so that it would be sent a second time. */
const wasSpokenOf = ({ fills, noted }: Intended): boolean => fills.size > 0 || noted.length > 0

const whyNotSend = (command: StartSubmission, order: Intended): OrderRejection | undefined => {
  const { orderId, approval } = command
  if (approval.orderId !== orderId) {
    return { _tag: 'ApprovalOfAnotherOrder', orderId, approved: approval.orderId }
  }
  const fields = differingFields(order.terms, approval.terms)
  if (fields.length > 0) return { _tag: 'TermsDiffer', orderId, fields }
  if (wasSpokenOf(order)) {
    return { _tag: 'AlreadyAtVenue', orderId, filledQuantity: order.filledQuantity }
  }
  return whyNotNow(command, order)
}

const whyLapse = (command: LapseOrder, order: Intended): Reason | undefined => {
  if (order.cancelPending) return because('cancelRequested', 'Cancelled before it was sent.')
  if (wasSpokenOf(order)) {
    return because('alreadyAtVenue', 'The venue spoke of it before it was sent.')
  }
  return whyOver(command, order.terms, order)
}
