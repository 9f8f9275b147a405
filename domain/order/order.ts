/** One order, from intent to end: which facts may follow which. Stream: order-<orderId>. */
import type { Decider, Decision } from '#domain/kernel/decider'
import {
  reportAmended,
  reportAmendNotSent,
  reportAmendRefused,
  reportAmendUnknown,
} from '#domain/order/amend-reports'
import { lapseAmend, requestAmend, resolveUnamended, startAmend } from '#domain/order/amending'
import type { OrderCommand, OrderRejection } from '#domain/order/commands'
import {
  reportAccepted,
  reportCancelRefused,
  reportEnd,
  reportFill,
  reportNotSent,
  reportRefused,
  reportUnknown,
} from '#domain/order/reports'
import {
  lapseOrder,
  recordIntent,
  requestCancel,
  resolveAbsent,
  startSubmission,
} from '#domain/order/requests'
import { evolve, type Order, unrecorded } from '#domain/order/state'
import type { OrderEvent } from '#schemas/events/order'
import type { ClientOrderId, OrderId } from '#schemas/values/ids'

export type { ActiveOrder, EndedOrder, Order, RecordedOrder } from '#domain/order/state'
export { isActive, isEnded, transitions, workingQuantity } from '#domain/order/state'

const decide = (command: OrderCommand, order: Order): Decision<OrderEvent, OrderRejection> => {
  switch (command.type) {
    case 'RecordIntent':
      return recordIntent(command, order)
    case 'RequestCancel':
      return requestCancel(command, order)
    case 'StartSubmission':
      return startSubmission(command, order)
    case 'LapseOrder':
      return lapseOrder(command, order)
    case 'ResolveAbsent':
      return resolveAbsent(command, order)
    case 'ReportAccepted':
      return reportAccepted(command, order)
    case 'ReportRefused':
      return reportRefused(command, order)
    case 'ReportNotSent':
      return reportNotSent(command, order)
    case 'ReportUnknown':
      return reportUnknown(command, order)
    case 'ReportFill':
      return reportFill(command, order)
    case 'ReportCancelled':
    case 'ReportExpired':
      return reportEnd(command, order)
    case 'ReportCancelRefused':
      return reportCancelRefused(command, order)
    case 'RequestAmend':
      return requestAmend(command, order)
    case 'StartAmend':
      return startAmend(command, order)
    case 'LapseAmend':
      return lapseAmend(command, order)
    case 'ResolveUnamended':
      return resolveUnamended(command, order)
    case 'ReportAmended':
      return reportAmended(command, order)
    case 'ReportAmendRefused':
      return reportAmendRefused(command, order)
    case 'ReportAmendNotSent':
      return reportAmendNotSent(command, order)
    case 'ReportAmendUnknown':
      return reportAmendUnknown(command, order)
  }
}

export const orderDecider: Decider<OrderCommand, Order, OrderEvent, OrderRejection> = {
  initialState: unrecorded,
  decide,
  evolve,
}

/** The order's name at the venue: a function of the order, so that asking by it finds it after any crash. */
export const clientOrderIdOf = (orderId: OrderId): ClientOrderId =>
  orderId.replaceAll('-', '') as string as ClientOrderId

/** The order that a client order id would belong to, whether there is one or not. */
export const orderIdOf = (clientOrderId: ClientOrderId): OrderId =>
  clientOrderId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as string as OrderId
