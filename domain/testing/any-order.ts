/** Anything that can be asked of one order and reported about it, in any sequence. */
import fc from 'fast-check'
import type { AmendReport, AmendRequest } from '#domain/order/amend-commands'
import type { OrderCommand, OrderReport } from '#domain/order/commands'
import {
  amendApproval,
  amendedTerms,
  amendLapse,
  amendmentId,
  amendNotSent,
  amendRefusal,
  amendReport,
  amendRequest,
  amendStart,
  amendUnknown,
  secondAmendmentId,
  unamended,
} from '#domain/testing/amends'
import {
  absent,
  acceptance,
  approval,
  at,
  cancellation,
  expiry,
  fill,
  intent,
  killSwitchId,
  lapse,
  orderId,
  price,
  quantity,
  reason,
  submission,
  terms,
} from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import type { VenueOrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

const anyTime = fc.constantFrom(0, 1000, 5001, 10_001).map((ms) => plusMs(at, ms))
const anyVenueOrderId = fc.constantFrom('P1', 'P1', 'P1', 'P2').map((id) => id as VenueOrderId)
const anySize = fc.constantFrom('0', '0.25', '0.5', '1')
const anyVia = fc.constantFrom('report', 'trades', 'openOrders' as const)
const halt = { killSwitchId, scope: {}, mode: 'halt' } as const

const anyAmendmentId = fc.constantFrom(amendmentId, amendmentId, secondAmendmentId)
/** To more, and to so little that perhaps less is left than was filled. */
const anyAmendedTerms = fc.constantFrom(amendedTerms, amendedTerms, {
  ...terms,
  quantity: quantity('0.25'),
})
const anyAmendReport: fc.Arbitrary<AmendReport> = fc
  .tuple(
    fc.constantFrom(amendReport(), amendReport(), amendRefusal, amendUnknown, amendNotSent),
    anyAmendmentId,
  )
  .map(([report, id]) => ({ ...report, amendmentId: id }))
const anyAmendRequest: fc.Arbitrary<AmendRequest> = fc.oneof(
  fc
    .record({
      amendmentId: anyAmendmentId,
      terms: anyAmendedTerms,
      denied: fc.constantFrom([], [], [amendmentId]),
    })
    .map(amendRequest),
  fc
    .record({ id: anyAmendmentId, terms: anyAmendedTerms, at: anyTime })
    .map(({ id, at: now, ...change }) =>
      amendStart({
        amendmentId: id,
        at: now,
        approval: { ...amendApproval, amendmentId: id, ...change },
      }),
    ),
  fc.record({ amendmentId: anyAmendmentId, at: anyTime }).map(amendLapse),
  fc.record({ amendmentId: anyAmendmentId, askedAt: anyTime }).map(unamended),
)

export const anyReport: fc.Arbitrary<OrderReport> = fc.oneof(
  { weight: 3, arbitrary: anyAmendReport },
  fc
    .record({ venueOrderId: anyVenueOrderId, via: anyVia, size: fc.constantFrom('1', '1', '2') })
    .map(({ size, ...said }) =>
      acceptance({ ...said, terms: { ...acceptance().terms, quantity: quantity(size) } }),
    ),
  fc.constantFrom('venueRefused', 'notAtVenue').map((code) => ({
    type: 'ReportRefused' as const,
    orderId,
    via: 'report' as const,
    receivedAt: at,
    reason: reason(code, 'No.'),
  })),
  fc.constant({ type: 'ReportNotSent' as const, orderId, reason: reason('notSent', 'No.') }),
  fc.constant({ type: 'ReportUnknown' as const, orderId, reason: reason('venueSilent', 'No.') }),
  fc
    .record({
      trade: fc.constantFrom('t1', 't2', 't3', 't4', 't5'),
      size: anySize,
      side: fc.constantFrom('buy', 'buy', 'buy', 'sell' as const),
      venueOrderId: anyVenueOrderId,
      via: anyVia,
    })
    .map(({ trade, size, ...said }) => fill(trade, size, said)),
  anySize.map(cancellation),
  anySize.map(expiry),
  fc.constant({
    type: 'ReportCancelRefused' as const,
    orderId,
    reason: reason('venueRefused', 'No.'),
  }),
)
export const anyRequest: fc.Arbitrary<OrderCommand> = fc.oneof(
  { weight: 3, arbitrary: anyAmendRequest },
  fc
    .constantFrom(terms, { ...terms, quantity: quantity('2') })
    .map((asked) => intent({ terms: asked })),
  fc.record({
    type: fc.constant('RequestCancel' as const),
    orderId: fc.constant(orderId),
    denied: fc.boolean(),
  }),
  fc.constant({ type: 'RequestCancel' as const, orderId, denied: false, killSwitchId }),
  fc
    .record({ at: anyTime, killSwitches: fc.constantFrom([], [], [halt]) })
    .map((change) => submission(change)),
  fc
    .record({ at: anyTime, killSwitches: fc.constantFrom([], [halt]), decided: fc.boolean() })
    .map(({ decided, ...change }) => lapse({ ...change, ...(decided ? { approval } : {}) })),
  fc.record({ askedAt: anyTime, notFoundIsFinal: fc.boolean() }).map(absent),
)
const anyCommand = fc.oneof({ weight: 2, arbitrary: anyReport }, anyRequest)

const opened: readonly OrderCommand[] = [intent(), submission(), acceptance()]
/** Most histories begin with an order that is on its way, so that the later states are met. */
const anyBeginning = fc.constantFrom<readonly OrderCommand[]>(
  [],
  [intent()],
  [intent(), submission()],
  opened,
  [...opened, amendRequest()],
  [...opened, amendRequest(), amendStart()],
  [...opened, amendRequest(), amendStart(), amendUnknown],
  [intent(), submission(), { type: 'ReportUnknown', orderId, reason: reason('venueSilent', '-') }],
)
/** Orders of every kind live by the same laws. */
export const anyKind: fc.Arbitrary<Partial<Terms>> = fc.constantFrom(
  {},
  { orderType: 'stopLimit', stopPrice: price('59000') },
  { orderType: 'stop', stopPrice: price('61000'), reduceOnly: true },
  { timeInForce: 'gtd', expireAt: plusMs(at, 1500) },
  { timeInForce: 'fok' },
  { postOnly: true },
)
export const ofKind =
  (kind: Partial<Terms>, isTold: boolean) =>
  (command: OrderCommand): OrderCommand => {
    if (command.type === 'RecordIntent') return { ...command, terms: { ...command.terms, ...kind } }
    if (command.type === 'RequestAmend') return { ...command, terms: { ...command.terms, ...kind } }
    if (command.type === 'StartSubmission') {
      const approved = { ...command.approval.terms, ...kind }
      return { ...command, approval: { ...command.approval, terms: approved } }
    }
    if (command.type === 'StartAmend') {
      const approved = { ...command.approval.terms, ...kind }
      return { ...command, approval: { ...command.approval, terms: approved } }
    }
    const isOfTerms = command.type === 'ReportAccepted' || command.type === 'ReportAmended'
    return isOfTerms && isTold ? { ...command, terms: { ...command.terms, ...kind } } : command
  }
export const anyHistory = fc
  .tuple(anyBeginning, fc.array(anyCommand, { maxLength: 25 }), anyKind, fc.boolean())
  .map(([beginning, rest, kind, isTold]) => [...beginning, ...rest].map(ofKind(kind, isTold)))
