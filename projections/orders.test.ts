import { describe, expect, test } from 'vitest'
import { uuidOf } from '#domain/testing/fixed'
import { orderOf, orderView } from '#projections/orders'
import {
  type Asked,
  fillOf,
  orderId,
  recorded,
  said,
  type Saying,
  started,
  type Told,
} from '#projections/testing/stories'
import { orderStream } from '#schemas/streams'
import type { AmendmentId, Code, EventId, Line, Sha256 } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'
import { parseDecimal, type Price, type Quantity } from '#schemas/values/decimal'

describe('the status of an order', () => {
  test.each<[string, ...Saying[]]>([
    ['pendingRisk', 'intent'],
    ['denied', 'intent', 'denied'],
    ['approved', 'intent', 'approved'],
    ['submitting', 'intent', 'approved', 'submitted'],
    ['unknown', 'intent', 'approved', 'submitted', 'unknown'],
    ['accepted', 'intent', 'approved', 'submitted', 'accepted'],
    ['accepted', 'intent', 'approved', 'submitted', 'unknown', 'found'],
    ['cancelPending', 'intent', 'cancelAsked'],
    ['cancelPending', 'intent', 'approved', 'submitted', 'accepted', 'cancelAsked'],
    ['accepted', 'intent', 'approved', 'submitted', 'accepted', 'cancelAsked', 'cancelRefused'],
    ['cancelled', 'intent', 'approved', 'submitted', 'accepted', 'cancelAsked', 'cancelled'],
    ['denied', 'intent', 'cancelAsked', 'denied'],
    ['refused', 'intent', 'approved', 'submitted', 'refused'],
    ['expired', 'intent', 'approved', 'submitted', 'accepted', 'expired'],
    ['lapsed', 'intent', 'approved', 'lapsed'],
    ['lapsed', 'intent', 'lapsed', 'denied'],
    ['accepted', 'intent', 'approved', 'submitted', 'accepted', 'odd'],
  ])('is %s', (...told) => {
    const [status, ...names] = told as [string, ...Saying[]]
    expect(viewOf(...names).status).toBe(status)
  })
  test('is partiallyFilled, filled, and hidden by a cancel that is pending', () => {
    const before: readonly (Saying | Told)[] = [
      'intent',
      'approved',
      'submitted',
      'accepted',
      filled('0.4'),
    ]
    expect(viewOf(...before).status).toBe('partiallyFilled')
    expect(viewOf(...before, 'cancelAsked')).toMatchObject({
      status: 'cancelPending',
      filledQuantity: '0.4',
    })
    expect(viewOf(...before, filled('0.6')).status).toBe('filled')
  })
  test('is not filled while an amendment may have made more of it', () => {
    const before: readonly (Saying | Told)[] = ['intent', 'approved', 'submitted', 'accepted']
    const full = [...before, amend('OrderAmendStarted'), filled('1')]
    expect(viewOf(...full)).toMatchObject({ status: 'partiallyFilled', quantity: '1' })
    expect(viewOf(...full, amend('OrderAmendRefused'))).toMatchObject({
      status: 'filled',
      quantity: '1',
    })
    expect(viewOf(...full, amend('OrderAmended'))).toMatchObject({
      status: 'partiallyFilled',
      quantity: '1.5',
      limitPrice: '59000',
    })
    expect(viewOf(...full, amend('OrderAmended'), filled('0.5')).status).toBe('filled')
    expect(viewOf(...full, 'cancelled').status).toBe('filled')
  })
  test('is cancelled with a late fill, until that fill completes it', () => {
    const before: readonly (Saying | Told)[] = [
      'intent',
      'approved',
      'submitted',
      'cancelled',
      filled('0.4'),
    ]
    expect(viewOf(...before)).toMatchObject({ status: 'cancelled', filledQuantity: '0.4' })
    expect(viewOf(...before, filled('0.6')).status).toBe('filled')
  })
  test('does not go back when a fill outruns the approval', () => {
    expect(viewOf('intent', filled('0.4'), 'approved').status).toBe('partiallyFilled')
  })
})

describe('an order as it is shown', () => {
  test('has every field, with nothing for what is not known', () => {
    expect(viewOf('intent')).toStrictEqual({
      id: orderId(1),
      account: 'desk_1',
      strategy: 'grid',
      venue: 'paper',
      symbol: 'BTC/USDT',
      side: 'buy',
      type: 'limit',
      quantity: '1',
      limitPrice: '64000.5',
      stopPrice: null,
      timeInForce: 'gtc',
      expireAt: null,
      postOnly: false,
      reduceOnly: false,
      clientTag: null,
      status: 'pendingRisk',
      filledQuantity: '0',
      averagePrice: null,
      fees: {},
      reason: null,
      live: false,
      createdAt: '2026-01-05T09:00:00.123456Z',
      updatedAt: '2026-01-05T09:00:00.123456Z',
      logPosition: '1',
    })
  })
  test('averages its fills and sums its fees', () => {
    const view = viewOf('intent', filled('0.25', '100'), filled('0.75', '200'))
    expect(view).toMatchObject({ averagePrice: '175', fees: { USDT: '0.002' } })
  })
  test('says why it was denied, and keeps its place in the log', () => {
    const view = viewOf('intent', 'denied')
    expect(view.reason?.code).toBe('orderNotional')
    expect(view.logPosition).toBe('1')
    expect(view.updatedAt).toBe('2026-01-05T09:00:00.124457Z')
  })
  test('says which kill switch cancelled it, as long as one has', () => {
    const killed: readonly Saying[] = ['intent', 'approved', 'submitted', 'accepted', 'killed']
    const reason = {
      code: 'killSwitch',
      message: 'Kill switch 00000000-0000-7000-8000-000000000007 forbids it.',
    }
    expect(viewOf(...killed)).toMatchObject({ status: 'cancelPending', reason })
    expect(viewOf(...killed, 'cancelled')).toMatchObject({ status: 'cancelled', reason })
    expect(viewOf(...killed, 'expired').reason).toBeNull()
    expect(viewOf(...killed, filled('1')).reason).toBeNull()
    const asked = [...killed, 'cancelRefused', 'cancelAsked', 'cancelled'] as const
    expect(viewOf(...asked)).toMatchObject({ status: 'cancelled', reason: null })
  })
  test('is not made up where nobody asked for it', () => {
    expect(orderOf(recorded([said('approved', asked), filled('1')]))).toBeUndefined()
  })
})

const fixed = (text: string): bigint => {
  const parsed = parseDecimal(text, 18)
  if (parsed._tag === 'Left') throw new Error(text)
  return parsed.right
}
const asked: Asked = { n: 1, side: 'buy', quantity: fixed('1') as Quantity }

const filled = (quantity: string, price = '64000'): Told => ({
  stream: orderStream(orderId(asked.n)),
  event: fillOf(asked, {
    quantity: fixed(quantity) as Quantity,
    price: fixed(price) as Price,
    trade: 1,
  }),
})

/** From 1 at 64,000.5 to 1.5 at 59,000. */
const amend = (type: 'OrderAmendStarted' | 'OrderAmended' | 'OrderAmendRefused'): Told => {
  const { event, stream } = said('intent', asked)
  if (event.type !== 'OrderIntentRecorded') throw new Error('an intent begins it')
  const amendmentId = uuidOf<AmendmentId>(1)
  const terms: Terms = {
    ...event.terms,
    quantity: fixed('1.5') as Quantity,
    limitPrice: fixed('59000') as Price,
  }
  const own = { orderId: orderId(asked.n), amendmentId, terms }
  const report = { venueAt: started, receivedAt: started, payloadHash: 'a'.repeat(64) as Sha256 }
  switch (type) {
    case 'OrderAmendStarted': {
      const approvalId = uuidOf<EventId>(2)
      return { stream, event: { type, ...own, approvalId, riskRevision: 1n, sendBy: started } }
    }
    case 'OrderAmended':
      return { stream, event: { type, ...own, ...report } }
    case 'OrderAmendRefused': {
      const reason = { code: 'venueRefused' as Code, message: 'No.' as Line }
      return { stream, event: { type, orderId: own.orderId, amendmentId, reason } }
    }
  }
}

const viewOf = (...story: readonly (Saying | Told)[]) => {
  const row = orderOf(
    recorded(story.map((told) => (typeof told === 'string' ? said(told, asked) : told))),
  )
  if (row === undefined) throw new Error('there is no such order')
  return orderView(row)
}
