/** What one order allows, refuses and records, by example. */
import { describe, expect, test } from 'vitest'
import { fold } from '#domain/kernel/decider'
import { clientOrderIdOf, orderDecider, orderIdOf, workingQuantity } from '#domain/order/order'
import { uuidOf } from '#domain/testing/fixed'
import {
  absent,
  acceptance,
  anomaly,
  cancellation,
  cancelled,
  fill,
  approval,
  approvalId,
  at,
  filled,
  intent,
  killSwitchId,
  lapse,
  orderId,
  price,
  quantity,
  reason,
  recorded,
  submission,
  terms,
} from '#domain/testing/orders'
import { specify } from '#domain/testing/specify'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import type { BookId, Code, EventId, Line, OrderId } from '#schemas/values/ids'

const given = specify(orderDecider)
const { started, accepted, unknown, present, refused, lapsed, cancelRequested } = recorded
const unsent: readonly OrderEvent[] = [recorded.intent]
const sent: readonly OrderEvent[] = [recorded.intent, started]
const open: readonly OrderEvent[] = [...sent, accepted]
const halt = { killSwitchId, scope: {}, mode: 'halt' } as const
const reduce = { killSwitchId, scope: {}, mode: 'reduce' } as const

describe('recording an intent', () => {
  test('begins the order', () => {
    given().when(intent()).thenRecorded(recorded.intent)
    given()
      .when(intent({ clientTag: 'mine' as Line }))
      .thenRecorded({ ...recorded.intent, clientTag: 'mine' as Line })
  })
  test('again, with the same content, records nothing: the time to decide by may differ', () => {
    given(...unsent)
      .when(intent({ decideBy: plusMs(at, 9000) }))
      .thenNothing()
    given(...open)
      .when(intent())
      .thenNothing()
  })
  test('again, with other content, is refused and says where it differs', () => {
    given(...unsent)
      .when(intent({ terms: { ...terms, quantity: quantity('2'), side: 'sell' } }))
      .thenRejected({ _tag: 'OrderIdReused', orderId, differs: ['side', 'quantity'] })
    given(...unsent)
      .when(intent({ book: 'other' as BookId, clientTag: 'x' as Line }))
      .thenRejected({ _tag: 'OrderIdReused', orderId, differs: ['book', 'clientTag'] })
  })
})

describe('asking for a cancel', () => {
  const cancel = { type: 'RequestCancel', orderId, denied: false } as const
  test('is recorded once while it is pending', () => {
    given(...open)
      .when(cancel)
      .thenRecorded(cancelRequested)
    given(...open, cancelRequested)
      .when(cancel)
      .thenNothing()
  })
  test('of an unsent order is recorded too', () => {
    given(...unsent)
      .when(cancel)
      .thenRecorded(cancelRequested)
  })
  test('may be repeated after the venue refused it', () => {
    given(...open, cancelRequested, recorded.cancelRefused)
      .when(cancel)
      .thenRecorded(cancelRequested)
  })
  test('by a kill switch names it, and each asks once', () => {
    const killed = { ...cancelRequested, killSwitchId }
    given(...open)
      .when({ ...cancel, killSwitchId })
      .thenRecorded(killed)
    given(...open, killed, recorded.cancelRefused)
      .when({ ...cancel, killSwitchId })
      .thenNothing()
  })
  test('of an order that is not there is refused', () => {
    given().when(cancel).thenRejected({ _tag: 'OrderNotFound', orderId })
  })
  test('of an ended order is refused', () => {
    given(...open, filled('t1', '1'))
      .when(cancel)
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Filled' })
    given(...unsent)
      .when({ ...cancel, denied: true })
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Denied' })
  })
})

describe('starting the submission', () => {
  test('repeats the approved terms', () => {
    given(...unsent)
      .when(submission())
      .thenRecorded(started)
  })
  test('is refused, most fundamental first', () => {
    given().when(submission()).thenRejected({ _tag: 'OrderNotFound', orderId })
    given(...unsent, lapsed)
      .when(submission())
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Lapsed' })
    given(...sent)
      .when(submission())
      .thenRejected({ _tag: 'ApprovalConsumed', orderId, approvalId })
    given(...sent)
      .when(submission({ approval: { ...approval, approvalId: uuidOf<EventId>(9) } }))
      .thenRejected({ _tag: 'AlreadySubmitted', orderId, approvalId })
  })
  test('is refused for an approval of another order', () => {
    const approved = uuidOf<OrderId>(0xa2)
    given(...unsent)
      .when(submission({ approval: { ...approval, orderId: approved } }))
      .thenRejected({ _tag: 'ApprovalOfAnotherOrder', orderId, approved })
  })
  test('is refused when one field of the terms differs', () => {
    const { limitPrice: _, ...atMarket } = terms
    const other = (changed: Partial<typeof terms>) =>
      submission({ approval: { ...approval, terms: { ...terms, ...changed } } })
    given(...unsent)
      .when(other({ quantity: quantity('1.000000000000000001') }))
      .thenRejected({ _tag: 'TermsDiffer', orderId, fields: ['quantity'] })
    given(...unsent)
      .when(other({ limitPrice: price('60000.01'), postOnly: true }))
      .thenRejected({ _tag: 'TermsDiffer', orderId, fields: ['postOnly', 'limitPrice'] })
    given(...unsent)
      .when(submission({ approval: { ...approval, terms: atMarket } }))
      .thenRejected({ _tag: 'TermsDiffer', orderId, fields: ['limitPrice'] })
  })
  test('is refused once a cancel was asked for', () => {
    given(...unsent, cancelRequested)
      .when(submission())
      .thenRejected({ _tag: 'CancelRequested', orderId })
  })
  test('is refused by a kill switch: halt always, reduce unless it reduces, in scope', () => {
    const forbidden = (mode: 'halt' | 'reduce') =>
      ({ _tag: 'KillSwitchForbids', orderId, killSwitchId, mode }) as const
    const reducing = { ...approval, reducing: true }
    given(...unsent)
      .when(submission({ killSwitches: [halt] }))
      .thenRejected(forbidden('halt'))
    given(...unsent)
      .when(submission({ killSwitches: [reduce] }))
      .thenRejected(forbidden('reduce'))
    given(...unsent)
      .when(submission({ approval: reducing, killSwitches: [halt] }))
      .thenRejected(forbidden('halt'))
    given(...unsent)
      .when(submission({ approval: reducing, killSwitches: [reduce] }))
      .thenRecorded(started)
    const elsewhere = { ...halt, scope: { strategy: 'other' as typeof terms.strategy } }
    given(...unsent)
      .when(submission({ killSwitches: [elsewhere] }))
      .thenRecorded(started)
  })
  test('is refused once the venue has spoken of it: whatever it has, has its name', () => {
    given(...unsent, filled('t1', '0.25'))
      .when(submission())
      .thenRejected({ _tag: 'AlreadyAtVenue', orderId, filledQuantity: quantity('0.25') })
    given(...unsent, anomaly('unexpectedReport', `The venue has P1 of ${orderId}.`))
      .when(submission())
      .thenRejected({ _tag: 'AlreadyAtVenue', orderId, filledQuantity: quantity('0') })
  })
  test('is refused when the approval has expired, and not before', () => {
    const { expiresAt } = approval
    given(...unsent)
      .when(submission({ at: expiresAt }))
      .thenRecorded(started)
    const late = plusMs(expiresAt, 0.001)
    given(...unsent)
      .when(submission({ at: late }))
      .thenRejected({ _tag: 'ApprovalExpired', orderId, expiresAt, at: late })
  })
})

describe('lapsing', () => {
  const because = (code: string, message: string) => ({ ...lapsed, reason: reason(code, message) })
  test('a cancelled order, decided or not', () => {
    given(...unsent, cancelRequested)
      .when(lapse())
      .thenRecorded(lapsed)
    given(...unsent, cancelRequested)
      .when(lapse({ approval }))
      .thenRecorded(lapsed)
  })
  test('an intent that nobody decided, 5 s after its time to decide', () => {
    const due = plusMs(at, 10_000)
    given(...unsent)
      .when(lapse({ at: due }))
      .thenRejected({ _tag: 'NotDueToLapse', orderId, dueAfter: due })
    given(...unsent)
      .when(lapse({ at: plusMs(due, 1) }))
      .thenRecorded(because('undecided', 'The risk guard did not decide in time.'))
  })
  test('an approved order that a kill switch forbids', () => {
    given(...unsent)
      .when(lapse({ approval, killSwitches: [reduce] }))
      .thenRecorded(because('killSwitch', `Kill switch ${killSwitchId} forbids it.`))
    given(...unsent)
      .when(lapse({ approval: { ...approval, reducing: true }, killSwitches: [reduce] }))
      .thenRejected({ _tag: 'NotDueToLapse', orderId, dueAfter: approval.expiresAt })
  })
  test('an order of which the venue has spoken, decided or not', () => {
    const early = because('alreadyAtVenue', 'The venue spoke of it before it was sent.')
    const noted = anomaly('unexpectedReport', `The venue has P1 of ${orderId}.`)
    given(...unsent, filled('t1', '0.25'))
      .when(lapse({ approval }))
      .thenRecorded(early)
    given(...unsent, noted)
      .when(lapse())
      .thenRecorded(early)
  })
  test('an approved order whose approval has expired', () => {
    given(...unsent)
      .when(lapse({ approval, at: plusMs(approval.expiresAt, 1) }))
      .thenRecorded(because('approvalExpired', 'It was not sent before its approval expired.'))
  })
  test('twice lapses once; what was sent or ended cannot lapse', () => {
    given(...unsent, lapsed)
      .when(lapse())
      .thenNothing()
    given(...sent)
      .when(lapse())
      .thenRejected({ _tag: 'AlreadySubmitted', orderId, approvalId })
    given(...sent, refused)
      .when(lapse())
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Refused' })
    given().when(lapse()).thenRejected({ _tag: 'OrderNotFound', orderId })
  })
})

describe('an unknown outcome', () => {
  test('is settled by what the venue says of it', () => {
    given(...sent, unknown)
      .when(acceptance())
      .thenRecorded(present, accepted)
    given(...sent, unknown)
      .when(fill('t1', '0.5', { via: 'trades' }))
      .thenRecorded({ ...present, evidence: ['trades' as Code] }, accepted, filled('t1', '0.5'))
    given(...sent, unknown)
      .when(cancellation('0'))
      .thenRecorded(present, accepted, cancelled('0'))
  })
  test('is settled as absent by complete, final evidence that was asked for late enough', () => {
    given(...sent, unknown)
      .when(absent())
      .thenRecorded(
        {
          ...present,
          found: 'absent',
          evidence: [
            'openOrders',
            'closedOrders',
            'trades',
            'orderByClientId',
          ] as readonly string[] as readonly Code[],
          askedAt: plusMs(at, 2001),
        },
        { ...refused, reason: reason('notAtVenue', 'The venue never had it.') },
      )
  })
  test('is not settled by anything less', () => {
    given(...sent)
      .when(absent())
      .thenRejected({ _tag: 'OutcomeNotUnknown', orderId, state: 'Submitting' })
    given(...sent, unknown)
      .when(absent({ notFoundIsFinal: false }))
      .thenRejected({ _tag: 'NotFoundIsNotFinal', orderId })
    const earliest = plusMs(at, 2000 + 700)
    given(...sent, unknown)
      .when(absent({ askedAt: earliest, requestWindowMs: 500, settlingMs: 200 }))
      .thenRejected({ _tag: 'AskedTooEarly', orderId, askedAt: earliest, earliest })
    given(...sent, unknown)
      .when(absent({ evidence: ['openOrders', 'trades'] }))
      .thenRejected({
        _tag: 'EvidenceIncomplete',
        orderId,
        missing: ['closedOrders', 'orderByClientId'],
      })
  })
  test('keeps its whole quantity working, and a cancel of it pending', () => {
    const order = fold(orderDecider)([...sent, cancelRequested, unknown])
    expect(order).toMatchObject({ _tag: 'Unknown', cancelPending: true })
    expect(workingQuantity(order)).toBe(quantity('1'))
  })
})

test('the client order id and the order id are the same name', () => {
  expect(clientOrderIdOf(orderId)).toMatch(/^[0-9a-f]{32}$/)
  expect(orderIdOf(clientOrderIdOf(orderId))).toBe(orderId)
})
