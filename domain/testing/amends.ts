/** An amendment of the order for tests, in domain words: from 1 BTC at 60,000 to 2 at 59,000, and what may be said of it. */
import type {
  AmendApproval,
  LapseAmend,
  ReportAmended,
  ReportAmendNotSent,
  ReportAmendRefused,
  ReportAmendUnknown,
  RequestAmend,
  ResolveUnamended,
  StartAmend,
} from '#domain/order/amend-commands'
import { uuidOf } from '#domain/testing/fixed'
import {
  acceptance,
  approval,
  at,
  orderId,
  payloadHash,
  price,
  quantity,
  reason,
  terms,
  venueOrderId,
} from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import type { AmendmentId, EventId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

export const amendmentId = uuidOf<AmendmentId>(0xd1)
export const secondAmendmentId = uuidOf<AmendmentId>(0xd2)
export const amendApprovalId = uuidOf<EventId>(0xe1)
export const amendedTerms: Terms = {
  ...terms,
  quantity: quantity('2'),
  limitPrice: price('59000'),
}
const own = { orderId, amendmentId } as const

/** Commands. */
export const amendRequest = (change: Partial<RequestAmend> = {}): RequestAmend => ({
  type: 'RequestAmend',
  ...own,
  terms: amendedTerms,
  decideBy: plusMs(at, 5000),
  denied: [],
  ...change,
})
export const amendApproval: AmendApproval = {
  ...approval,
  amendmentId,
  approvalId: amendApprovalId,
  terms: amendedTerms,
}
export const amendStart = (change: Partial<StartAmend> = {}): StartAmend => ({
  type: 'StartAmend',
  ...own,
  approval: amendApproval,
  killSwitches: [],
  riskRevision: 9n,
  at,
  sendBy: plusMs(at, 2000),
  ...change,
})
export const amendLapse = (change: Partial<LapseAmend> = {}): LapseAmend => ({
  type: 'LapseAmend',
  ...own,
  killSwitches: [],
  at,
  ...change,
})
export const unamended = (change: Partial<ResolveUnamended> = {}): ResolveUnamended => ({
  type: 'ResolveUnamended',
  ...own,
  terms: acceptance().terms,
  askedAt: plusMs(at, 2001),
  requestWindowMs: 0,
  settlingMs: 0,
  ...change,
})
const termsAtVenue = {
  ...acceptance().terms,
  quantity: amendedTerms.quantity,
  limitPrice: price('59000'),
}
export const amendReport = (change: Partial<ReportAmended> = {}): ReportAmended => ({
  type: 'ReportAmended',
  ...own,
  via: 'report',
  venueOrderId,
  venueAt: at,
  receivedAt: at,
  payloadHash,
  terms: termsAtVenue,
  ...change,
})
const no = { ...own, reason: reason('venueRefused', 'No.') } as const
export const amendRefusal: ReportAmendRefused = { type: 'ReportAmendRefused', ...no }
export const amendNotSent: ReportAmendNotSent = { type: 'ReportAmendNotSent', ...no }
export const amendUnknown: ReportAmendUnknown = { type: 'ReportAmendUnknown', ...no }

/** Events. */
export const amendRecorded = {
  requested: {
    type: 'OrderAmendRequested',
    ...own,
    terms: amendedTerms,
    decideBy: plusMs(at, 5000),
  },
  started: {
    type: 'OrderAmendStarted',
    ...own,
    approvalId: amendApprovalId,
    terms: amendedTerms,
    riskRevision: 9n,
    sendBy: plusMs(at, 2000),
  },
  amended: {
    type: 'OrderAmended',
    ...own,
    terms: amendedTerms,
    venueAt: at,
    receivedAt: at,
    payloadHash,
  },
  refused: { type: 'OrderAmendRefused', ...no },
  unknown: { type: 'OrderAmendOutcomeUnknown', ...no },
} as const satisfies Record<string, OrderEvent>
