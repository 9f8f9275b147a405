/** The words of tests of amendments: the k-th of order n, with everything that does not matter filled in. */
import { uuidOf } from '#domain/testing/fixed'
import { type Asked, later, noon, orderId, terms } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AmendmentId, Code, EventId, Line, Sha256 } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'

export const amendmentIdOf = (n: number, k = 1): AmendmentId =>
  uuidOf<AmendmentId>(0xa_000_000 + n * 64 + k)
const own = (n: number, k: number) => ({ orderId: orderId(n), amendmentId: amendmentIdOf(n, k) })
const report = { venueAt: noon, receivedAt: noon, payloadHash: 'a'.repeat(64) as Sha256 }
const reason = { code: 'venueRefused' as Code, message: 'It says so.' as Line }

export const amendAskedFor = (
  n: number,
  whole: Terms,
  k = 1,
  decideBy: Instant = later(5000),
): LedgerEvent => ({ type: 'OrderAmendRequested', ...own(n, k), terms: whole, decideBy })
export const amendStartedFor = (n: number, whole: Terms, k = 1): LedgerEvent => ({
  type: 'OrderAmendStarted',
  ...own(n, k),
  approvalId: uuidOf<EventId>(0xb_000_000 + n * 64 + k),
  terms: whole,
  riskRevision: 0n,
  sendBy: later(2000),
})
export const amendedTo = (n: number, whole: Terms, k = 1): LedgerEvent => ({
  type: 'OrderAmended',
  ...own(n, k),
  terms: whole,
  ...report,
})
export const amendRefused = (n: number, k = 1): LedgerEvent => ({
  type: 'OrderAmendRefused',
  ...own(n, k),
  reason,
})
export const amendUnknown = (n: number, k = 1): LedgerEvent => ({
  type: 'OrderAmendOutcomeUnknown',
  ...own(n, k),
  reason,
})

/** The same by what is asked, as an order is. */
export const amendAsked = (n: number, asked: Asked = {}, k = 1): LedgerEvent =>
  amendAskedFor(n, terms(asked), k, asked.decideBy)
export const amendStarted = (n: number, asked: Asked = {}, k = 1): LedgerEvent =>
  amendStartedFor(n, terms(asked), k)
export const amended = (n: number, asked: Asked = {}, k = 1): LedgerEvent =>
  amendedTo(n, terms(asked), k)
