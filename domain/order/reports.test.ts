/** What one order is told, by example: a report is recorded, known already, or noted. */
import { describe, expect, test } from 'vitest'
import { fold } from '#domain/kernel/decider'
import { orderDecider, workingQuantity } from '#domain/order/order'
import {
  acceptance,
  anomaly,
  at,
  cancellation,
  cancelled,
  expired,
  expiry,
  fee,
  fill,
  filled,
  orderId,
  payloadHash,
  price,
  quantity,
  reason,
  recorded,
  terms,
} from '#domain/testing/orders'
import { specify } from '#domain/testing/specify'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import type { VenueOrderId } from '#schemas/values/ids'

const given = specify(orderDecider)
const { started, accepted, unknown, present, refused, lapsed, cancelRequested } = recorded
const unsent: readonly OrderEvent[] = [recorded.intent]
const sent: readonly OrderEvent[] = [recorded.intent, started]
const open: readonly OrderEvent[] = [...sent, accepted]

describe('the answer to sending', () => {
  test('accepted, once', () => {
    given(...sent)
      .when(acceptance())
      .thenRecorded(accepted)
    given(...open)
      .when(acceptance())
      .thenNothing()
    given(...open, filled('t1', '1'))
      .when(acceptance())
      .thenNothing()
  })
  test('accepted on other terms is accepted, and noted once', () => {
    const said = acceptance({ terms: { ...acceptance().terms, quantity: quantity('2') } })
    const noted = anomaly('termsDiffer', 'The venue has another quantity.')
    given(...sent)
      .when(said)
      .thenRecorded(accepted, noted)
    given(...open, noted)
      .when(said)
      .thenNothing()
  })
  test('accepted as a stop order with an end: each of its terms is compared', () => {
    const kind = {
      orderType: 'stopLimit',
      timeInForce: 'gtd',
      stopPrice: price('61000'),
      expireAt: plusMs(at, 60_000),
      reduceOnly: true,
    } as const
    const asked = { ...terms, ...kind }
    const stream = [
      { ...recorded.intent, terms: asked },
      { ...started, terms: asked },
    ]
    const { symbol, side, quantity: size } = terms
    const same = { symbol, side, quantity: size, limitPrice: price('60000'), ...kind }
    given(...stream)
      .when(acceptance({ terms: same }))
      .thenRecorded(accepted)
    given(...stream)
      .when(acceptance({ terms: { ...same, postOnly: false } }))
      .thenRecorded(accepted)
    const { stopPrice: _, ...withoutStop } = same
    given(...stream)
      .when(
        acceptance({ terms: { ...withoutStop, expireAt: at, postOnly: true, reduceOnly: false } }),
      )
      .thenRecorded(
        accepted,
        anomaly('termsDiffer', 'The venue has another stopPrice, expireAt, postOnly, reduceOnly.'),
      )
  })
  test('accepted under another name', () => {
    const detail = 'The venue calls it P2, and called it P1.'
    given(...open)
      .when(acceptance({ venueOrderId: 'P2' as VenueOrderId }))
      .thenRecorded(anomaly('venueOrderIdChanged', detail))
  })
  test('accepted though it was refused or lapsed', () => {
    given(...sent, refused)
      .when(acceptance())
      .thenRecorded(anomaly('acceptedAfterEnd', 'The venue has P1.'))
    given(...unsent, lapsed)
      .when(acceptance())
      .thenRecorded(anomaly('acceptedAfterEnd', 'The venue has P1.'))
  })
  test('refused', () => {
    const no = {
      type: 'ReportRefused',
      orderId,
      via: 'report',
      receivedAt: at,
      reason: reason('venueRefused', 'No.'),
    } as const
    given(...sent)
      .when(no)
      .thenRecorded(refused)
    given(...sent)
      .when({ ...no, payloadHash })
      .thenRecorded({ ...refused, payloadHash })
    given(...sent, refused)
      .when(no)
      .thenNothing()
    given(...sent, unknown)
      .when(no)
      .thenRecorded(present, refused)
    given(...open)
      .when(no)
      .thenRecorded(refused)
    given(...open, filled('t1', '0.5'))
      .when(no)
      .thenState({ _tag: 'Open', filledQuantity: quantity('0.5') })
  })
  test('not sent at all, by the word of its sender', () => {
    const notSent = {
      type: 'ReportNotSent',
      orderId,
      reason: reason('notSent', 'Too late.'),
    } as const
    given(...sent)
      .when(notSent)
      .thenRecorded({ ...refused, reason: notSent.reason })
    given(...sent, unknown)
      .when(notSent)
      .thenNothing()
    given(...open)
      .when(notSent)
      .thenState({ _tag: 'Open' })
  })
  test('nothing clear', () => {
    const silent = {
      type: 'ReportUnknown',
      orderId,
      reason: reason('venueSilent', 'No answer.'),
    } as const
    given(...sent)
      .when(silent)
      .thenRecorded(unknown)
    given(...sent, unknown)
      .when(silent)
      .thenNothing()
    given(...open)
      .when(silent)
      .thenNothing()
  })
})

describe('fills', () => {
  test('add up until the order is filled', () => {
    given(...open)
      .when(fill('t1', '0.4'))
      .thenRecorded(filled('t1', '0.4'))
    given(...open, filled('t1', '0.4'))
      .when(fill('t2', '0.6'))
      .thenState({ _tag: 'Filled', filledQuantity: quantity('1'), cancelPending: false })
  })
  test('that outrun the acknowledgement say it themselves', () => {
    given(...sent)
      .when(fill('t1', '0.4'))
      .thenRecorded(accepted, filled('t1', '0.4'))
  })
  test('that come again count once; one that differs is noted once', () => {
    const before = [...open, filled('t1', '0.4')]
    given(...before)
      .when(fill('t1', '0.4'))
      .thenNothing()
    const detail = 'Trade t1 came again with another price, fee.'
    const noted = anomaly('duplicateFillDiffers', detail, 't1')
    const other = fill('t1', '0.4', { price: price('59999'), fee: fee('1') })
    given(...before)
      .when(other)
      .thenRecorded(noted)
    given(...before, noted)
      .when(other)
      .thenNothing()
  })
  test('after the end are facts all the same', () => {
    given(...open, cancelled('0.4'))
      .when(fill('t1', '0.4'))
      .thenRecorded(filled('t1', '0.4'))
    given(...open, expired('0.4'))
      .when(fill('t1', '0.4'))
      .thenState({ _tag: 'Expired', filledQuantity: quantity('0.4') })
  })
  test('beyond the order are recorded and noted', () => {
    given(...open, filled('t1', '0.9'))
      .when(fill('t2', '0.2'))
      .thenRecorded(filled('t2', '0.2'), anomaly('overfill', '1.1 filled of 1.', 't2'))
  })
  test('of what was refused or never sent are recorded and noted', () => {
    given(...sent, refused)
      .when(fill('t1', '1'))
      .thenRecorded(
        filled('t1', '1'),
        anomaly('acceptedAfterEnd', 'Trade t1 after the refusal.', 't1'),
      )
    const detail = 'Trade t1 without submission.'
    given(...unsent)
      .when(fill('t1', '1'))
      .thenRecorded(filled('t1', '1'), anomaly('fillBeforeSubmission', detail, 't1'))
    given(...unsent, lapsed)
      .when(fill('t1', '1'))
      .thenRecorded(filled('t1', '1'), anomaly('fillBeforeSubmission', detail, 't1'))
  })
  test('on the other side are recorded as the venue says, and noted', () => {
    given(...open)
      .when(fill('t1', '0.4', { side: 'sell' }))
      .thenRecorded(
        { ...filled('t1', '0.4'), side: 'sell' } as OrderEvent,
        anomaly('termsDiffer', 'The venue has another side.', 't1'),
      )
  })
  test('of nothing, and of an order without intent, are only noted', () => {
    given(...open)
      .when(fill('t1', '0'))
      .thenRecorded(anomaly('unexpectedReport', 'Trade t1 of nothing.', 't1'))
    given()
      .when(fill('t1', '1'))
      .thenRecorded(anomaly('unexpectedReport', 'Trade t1 of an order without intent.', 't1'))
  })
})

describe('ends at the venue', () => {
  test('cancelled or expired, once', () => {
    given(...open)
      .when(cancellation('0'))
      .thenRecorded(cancelled('0'))
    given(...open, cancelled('0'))
      .when(cancellation('0'))
      .thenNothing()
    given(...sent)
      .when(expiry('0.5'))
      .thenRecorded(accepted, expired('0.5'))
  })
  test('keep what the venue has filled and the fills lack', () => {
    const order = fold(orderDecider)([...open, filled('t1', '0.1'), cancelled('0.4')])
    expect(workingQuantity(order)).toBe(quantity('0.3'))
    expect(workingQuantity(orderDecider.evolve(order, filled('t2', '0.3')))).toBe(0n)
  })
  test('with a total below the fills are noted', () => {
    given(...open, filled('t1', '0.4'))
      .when(cancellation('0.1'))
      .thenRecorded(
        cancelled('0.1'),
        anomaly('filledTotalBelowFills', 'The venue counts 0.1, the fills 0.4.'),
      )
  })
  test('that contradict an earlier end are noted and change nothing', () => {
    const detail = 'The venue says OrderExpired with 0 filled.'
    given(...open, cancelled('0'))
      .when(expiry('0'))
      .thenRecorded(anomaly('unexpectedReport', detail))
    given(...open, filled('t1', '1'))
      .when(expiry('0'))
      .thenState({ _tag: 'Filled', filledQuantity: quantity('1') })
  })
  test('a cancel that the venue refuses leaves the order open', () => {
    const refusal = {
      type: 'ReportCancelRefused',
      orderId,
      reason: recorded.cancelRefused.reason,
    } as const
    given(...open, cancelRequested)
      .when(refusal)
      .thenRecorded(recorded.cancelRefused)
    given(...open, cancelRequested)
      .when(refusal)
      .thenState({ _tag: 'Open', cancelPending: false })
    given(...open)
      .when(refusal)
      .thenNothing()
    given(...open, filled('t1', '1'))
      .when(refusal)
      .thenNothing()
    const { payloadHash: _, ...noted } = anomaly(
      'unexpectedReport',
      'A cancel was refused: venueRefused.',
    ) as OrderEvent & { payloadHash?: unknown }
    given(...sent)
      .when(refusal)
      .thenRecorded(noted as OrderEvent)
  })
})
