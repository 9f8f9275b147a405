/** What is reported about an order's amendments, and what fills mean meanwhile, by example. */
import { describe, expect, test } from 'vitest'
import { fold } from '#domain/kernel/decider'
import { orderDecider, workingQuantity } from '#domain/order/order'
import {
  amendedTerms,
  amendmentId,
  amendNotSent,
  amendRecorded,
  amendRefusal,
  amendReport,
  amendStart,
  amendUnknown,
  unamended,
} from '#domain/testing/amends'
import {
  acceptance,
  anomaly,
  at,
  cancelled,
  fill,
  filled,
  orderId,
  quantity,
  recorded,
  terms,
} from '#domain/testing/orders'
import { specify } from '#domain/testing/specify'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'

const given = specify(orderDecider)
const { requested, started, amended, refused, unknown } = amendRecorded
const open: readonly OrderEvent[] = [recorded.intent, recorded.started, recorded.accepted]
const asked: readonly OrderEvent[] = [...open, requested]
const sent: readonly OrderEvent[] = [...asked, started]
const doubted: readonly OrderEvent[] = [...sent, unknown]
const afterwards = (events: readonly OrderEvent[]) => fold(orderDecider)(events)
const because = (code: string) => expect.objectContaining({ code }) as never

describe('a venue reports', () => {
  test('amended, once: from then on the order is the new one', () => {
    for (const history of [sent, doubted]) {
      given(...history)
        .when(amendReport())
        .thenRecorded(amended)
      given(...history)
        .when(amendReport())
        .thenState({ terms: amendedTerms })
    }
    given(...sent, amended)
      .when(amendReport())
      .thenNothing()
  })
  test('amended to something else than was asked: recorded, and noted', () => {
    given(...sent)
      .when(amendReport({ terms: acceptance().terms }))
      .thenRecorded(
        amended,
        expect.objectContaining({ anomaly: 'termsDiffer' }) as never as OrderEvent,
      )
  })
  test('refused: the order stays as it was, and may be amended anew', () => {
    given(...sent)
      .when(amendRefusal)
      .thenRecorded(refused)
    given(...doubted)
      .when(amendRefusal)
      .thenState({ terms })
    given(...sent, refused)
      .when(amendRefusal)
      .thenNothing()
  })
  test('nothing clear, and a stale sender does not settle that', () => {
    given(...sent)
      .when(amendUnknown)
      .thenRecorded(unknown)
    given(...sent)
      .when(amendNotSent)
      .thenRecorded(refused)
    for (const report of [amendUnknown, amendNotSent])
      given(...doubted)
        .when(report)
        .thenNothing()
  })
  test('of what nobody sent it says what must be noted, and changes nothing', () => {
    const noted = expect.objectContaining({ anomaly: 'unexpectedReport' }) as never as OrderEvent
    for (const history of [open, asked])
      for (const report of [amendReport(), amendRefusal, amendUnknown, amendNotSent])
        given(...history)
          .when(report)
          .thenRecorded(noted)
    given(...sent, refused)
      .when(amendReport())
      .thenRecorded(noted)
    given(...sent, amended)
      .when(amendRefusal)
      .thenRecorded(noted)
    given().when(amendReport()).thenRecorded(noted)
  })
  test('after the order has ended, nothing that matters any more', () => {
    for (const report of [amendReport(), amendRefusal, amendUnknown, amendNotSent])
      given(...sent, cancelled('0'))
        .when(report)
        .thenNothing()
  })
  test('the order either way, while nobody knows which it is', () => {
    given(...sent)
      .when(acceptance())
      .thenNothing()
    given(...sent)
      .when(acceptance({ terms: amendReport().terms }))
      .thenNothing()
    given(...sent, refused)
      .when(acceptance({ terms: amendReport().terms }))
      .thenRecorded(anomaly('termsDiffer', 'The venue has another quantity, limitPrice.'))
  })
})

describe('an unknown amendment', () => {
  test('is settled by the order as it was, asked for late enough', () => {
    given(...doubted)
      .when(unamended())
      .thenRecorded({ ...refused, reason: because('notAtVenue') })
    given(...doubted, refused)
      .when(unamended())
      .thenNothing()
    const earliest = plusMs(at, 2000)
    given(...doubted)
      .when(unamended({ askedAt: earliest }))
      .thenRejected({ _tag: 'AskedTooEarly', orderId, askedAt: earliest, earliest })
  })
  test('is not settled by anything less', () => {
    given(...doubted)
      .when(unamended({ terms: amendReport().terms }))
      .thenRejected({
        _tag: 'NotAsBefore',
        orderId,
        amendmentId,
        fields: ['quantity', 'limitPrice'],
      })
    given(...sent)
      .when(unamended())
      .thenRejected({ _tag: 'OutcomeNotUnknown', orderId, state: 'started' })
    given(...open)
      .when(unamended())
      .thenRejected({ _tag: 'AmendmentNotFound', orderId, amendmentId })
    given(...doubted, cancelled('0'))
      .when(unamended())
      .thenRejected({ _tag: 'OutcomeNotUnknown', orderId, state: 'Cancelled' })
  })
})

describe('fills while an amendment is under way', () => {
  test('do not end an order that may have become larger', () => {
    for (const history of [sent, doubted]) {
      const full = afterwards([...history, filled('t1', '1')])
      expect(full._tag).toBe('Open')
      expect(workingQuantity(full)).toBe(quantity('1'))
    }
  })
  test('end it once it is known that it did not', () => {
    given(...sent, filled('t1', '1'))
      .when(amendRefusal)
      .thenState({ _tag: 'Filled' })
    given(...sent, filled('t1', '1'))
      .when(amendReport())
      .thenState({ _tag: 'Open' })
  })
  test('end it where it has become smaller than they are', () => {
    const smaller = { ...terms, quantity: quantity('0.4') }
    const history = [
      { ...requested, terms: smaller },
      { ...started, terms: smaller },
    ] as const
    given(...open, ...history, filled('t1', '0.5'))
      .when(amendReport({ terms: { ...acceptance().terms, quantity: quantity('0.4') } }))
      .thenState({ _tag: 'Filled' })
  })
  test('end it before anything was sent, and the amendment with it', () => {
    const full = [...asked, filled('t1', '1')]
    expect(afterwards(full)._tag).toBe('Filled')
    given(...full)
      .when(amendStart())
      .thenRejected({ _tag: 'OrderEnded', orderId, state: 'Filled' })
  })
  test('beyond the larger of both are noted', () => {
    given(...sent)
      .when(fill('t1', '2'))
      .thenRecorded(filled('t1', '2'))
    given(...sent)
      .when(fill('t1', '2.5'))
      .thenRecorded(filled('t1', '2.5'), anomaly('overfill', '2.5 filled of 2.', 't1'))
  })
})
