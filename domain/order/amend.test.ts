/** What an order's amendments allow, refuse and record, by example. */
import { describe, expect, test } from 'vitest'
import type { AmendRequest } from '#domain/order/amend-commands'
import { orderDecider } from '#domain/order/order'
import {
  amendApproval,
  amendApprovalId,
  amendedTerms,
  amendLapse,
  amendmentId,
  amendRecorded,
  amendRequest,
  amendStart,
  secondAmendmentId,
} from '#domain/testing/amends'
import {
  approvalId,
  at,
  cancelled,
  filled,
  killSwitchId,
  orderId,
  price,
  quantity,
  recorded,
  terms,
} from '#domain/testing/orders'
import { specify } from '#domain/testing/specify'
import { uuidOf } from '#domain/testing/fixed'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import type { OrderId } from '#schemas/values/ids'

const given = specify(orderDecider)
const { requested, started, amended, refused, unknown } = amendRecorded
const open: readonly OrderEvent[] = [recorded.intent, recorded.started, recorded.accepted]
const asked: readonly OrderEvent[] = [...open, requested]
const sent: readonly OrderEvent[] = [...asked, started]
const doubted: readonly OrderEvent[] = [...sent, unknown]
const halt = { killSwitchId, scope: {}, mode: 'halt' } as const
const reduce = { killSwitchId, scope: {}, mode: 'reduce' } as const
const because = (code: string) => expect.objectContaining({ code }) as never

describe('asking for an amendment', () => {
  test('of an open order', () => {
    given(...open)
      .when(amendRequest())
      .thenRecorded(requested)
  })
  test('again, with the same terms, records nothing, also after it was settled or the order ended', () => {
    for (const history of [asked, sent, [...sent, amended], [...sent, refused]])
      given(...history)
        .when(amendRequest({ decideBy: plusMs(at, 9000) }))
        .thenNothing()
    given(...sent, cancelled('0'))
      .when(amendRequest())
      .thenNothing()
  })
  test('again, with other terms, is refused and says where they differ', () => {
    given(...asked)
      .when(amendRequest({ terms: { ...amendedTerms, quantity: quantity('3') } }))
      .thenRejected({ _tag: 'AmendmentIdReused', orderId, amendmentId, differs: ['quantity'] })
  })
  test('of an order that is not at the venue for certain is refused', () => {
    given().when(amendRequest()).thenRejected({ _tag: 'OrderNotFound', orderId })
    const early = [recorded.intent, recorded.started, recorded.unknown] as const
    for (const [length, state] of ['Intended', 'Submitting', 'Unknown'].entries())
      given(...early.slice(0, length + 1))
        .when(amendRequest())
        .thenRejected({ _tag: 'OrderNotOpen', orderId, state })
    given(...open, cancelled('0'))
      .when(amendRequest())
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Cancelled' })
    given(...open, recorded.cancelRequested)
      .when(amendRequest())
      .thenRejected({ _tag: 'CancelRequested', orderId })
  })
  test('that makes it another order is refused', () => {
    const other = { ...amendedTerms, side: 'sell', stopPrice: price('61000') } as const
    given(...open)
      .when(amendRequest({ terms: other }))
      .thenRejected({ _tag: 'NotAmendable', orderId, fields: ['side', 'stopPrice'] })
  })
  test('that changes nothing, or leaves nothing to fill, is refused', () => {
    given(...open)
      .when(amendRequest({ terms }))
      .thenRejected({ _tag: 'NothingToAmend', orderId })
    const half = quantity('0.5')
    given(...open, filled('t1', '0.5'))
      .when(amendRequest({ terms: { ...terms, quantity: half } }))
      .thenRejected({ _tag: 'NothingLeftToFill', orderId, quantity: half, filledQuantity: half })
  })
  test('while another is open is refused, save that the guard has denied it', () => {
    const second = amendRequest({ amendmentId: secondAmendmentId })
    const pending = { _tag: 'AmendmentPending', orderId, amendmentId } as const
    for (const history of [asked, sent, doubted])
      given(...history)
        .when(second)
        .thenRejected(pending)
    given(...asked)
      .when({ ...second, denied: [amendmentId] })
      .thenRecorded({ ...requested, amendmentId: secondAmendmentId })
    // What was sent is not undone by a denial that cannot be.
    given(...sent)
      .when({ ...second, denied: [amendmentId] })
      .thenRejected(pending)
    given(...sent, refused)
      .when(second)
      .thenRecorded({ ...requested, amendmentId: secondAmendmentId })
  })
})

describe('sending an amendment', () => {
  test('repeats the approved terms, once', () => {
    given(...asked)
      .when(amendStart())
      .thenRecorded(started)
    given(...sent)
      .when(amendStart())
      .thenRejected({ _tag: 'ApprovalConsumed', orderId, approvalId: amendApprovalId })
    given(...sent, refused)
      .when(amendStart())
      .thenRejected({ _tag: 'AmendmentNotPending', orderId, amendmentId, stage: 'refused' })
  })
  test('is refused by whatever is against it, most fundamental first', () => {
    given(...open)
      .when(amendStart())
      .thenRejected({ _tag: 'AmendmentNotFound', orderId, amendmentId })
    given(...asked, cancelled('0'))
      .when(amendStart())
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Cancelled' })
    const approved = uuidOf<OrderId>(7)
    given(...asked)
      .when(amendStart({ approval: { ...amendApproval, orderId: approved } }))
      .thenRejected({ _tag: 'ApprovalOfAnotherOrder', orderId, approved })
    given(...asked)
      .when(amendStart({ approval: { ...amendApproval, amendmentId: secondAmendmentId } }))
      .thenRejected({
        _tag: 'ApprovalOfAnotherAmendment',
        orderId,
        amendmentId,
        approved: secondAmendmentId,
      })
    given(...asked)
      .when(amendStart({ approval: { ...amendApproval, terms } }))
      .thenRejected({ _tag: 'TermsDiffer', orderId, fields: ['quantity', 'limitPrice'] })
    given(...asked, recorded.cancelRequested)
      .when(amendStart({ killSwitches: [halt] }))
      .thenRejected({ _tag: 'CancelRequested', orderId })
    given(...asked)
      .when(amendStart({ killSwitches: [reduce], at: plusMs(at, 5001) }))
      .thenRejected({ _tag: 'KillSwitchForbids', orderId, killSwitchId, mode: 'reduce' })
    given(...asked)
      .when(amendStart({ at: plusMs(at, 5001) }))
      .thenRejected({
        _tag: 'ApprovalExpired',
        orderId,
        expiresAt: plusMs(at, 5000),
        at: plusMs(at, 5001),
      })
  })
  test('of a replaced amendment, by an approval that came late, is refused', () => {
    given(...asked, { ...requested, amendmentId: secondAmendmentId })
      .when(amendStart())
      .thenRejected({ _tag: 'AmendmentNotPending', orderId, amendmentId, stage: 'requested' })
  })
  test('what reduces passes a kill switch that lets reducing through', () => {
    given(...asked)
      .when(amendStart({ approval: { ...amendApproval, reducing: true }, killSwitches: [reduce] }))
      .thenRecorded(started)
  })
})

describe('an amendment that was never sent lapses', () => {
  const lapsing = (change: Partial<Extract<AmendRequest, { type: 'LapseAmend' }>>, code: string) =>
    given(...asked)
      .when(amendLapse(change))
      .thenRecorded({ ...refused, reason: because(code) })
  test('undecided, expired, forbidden, or with its order', () => {
    lapsing({ at: plusMs(at, 10_001) }, 'undecided')
    lapsing({ at: plusMs(at, 5001), approval: amendApproval }, 'approvalExpired')
    lapsing({ killSwitches: [halt], approval: amendApproval }, 'killSwitch')
    given(...asked, recorded.cancelRequested)
      .when(amendLapse())
      .thenRecorded({ ...refused, reason: because('cancelRequested') })
  })
  test('and not before', () => {
    given(...asked)
      .when(amendLapse({ at: plusMs(at, 10_000) }))
      .thenRejected({ _tag: 'NotDueToLapse', orderId, dueAfter: plusMs(at, 10_000) })
    given(...asked)
      .when(amendLapse({ at: plusMs(at, 5000), approval: amendApproval }))
      .thenRejected({ _tag: 'NotDueToLapse', orderId, dueAfter: plusMs(at, 5000) })
  })
  test('once, and never after it was sent', () => {
    given(...asked, refused)
      .when(amendLapse())
      .thenNothing()
    given(...sent)
      .when(amendLapse())
      .thenRejected({ _tag: 'AmendmentNotPending', orderId, amendmentId, stage: 'started' })
    given(...asked, refused)
      .when(amendStart())
      .thenRejected({ _tag: 'AmendmentNotPending', orderId, amendmentId, stage: 'refused' })
  })
})

test('an approval of the order itself sends no amendment', () => {
  given(...asked)
    .when(amendStart({ approval: { ...amendApproval, approvalId, terms } }))
    .thenRejected({ _tag: 'TermsDiffer', orderId, fields: ['quantity', 'limitPrice'] })
})
