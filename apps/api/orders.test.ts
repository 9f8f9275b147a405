import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { idOf, ledgerWith, limitBuy, marketBuy, untilIntent } from '#apps/api/testing/with-ledger'
import { accepted, approved, denied, filled, main, submitted } from '#apps/api/testing/words'
import { OrderDetail, OrderReply } from '#schemas/api/orders'
import { orderStream, riskStream } from '#schemas/streams'

describe('placing an order', () => {
  test('records an intent and answers with the order', async () => {
    const ledger = await ledgerWith()
    const told = await ledger.place(limitBuy, 'k1')
    expect(told.status).toBe(201)
    expect(E.isRight(OrderReply.decode(told.body))).toBe(true)
    expect(told.body).toMatchObject({
      account: 'main',
      strategy: 'manual',
      venue: 'paper',
      quantity: '1.5',
      limitPrice: '60000',
      timeInForce: 'gtc',
      status: 'pendingRisk',
      filledQuantity: '0',
      averagePrice: null,
      live: false,
    })
    expect(told.headers['location']).toBe(`/v1/orders/${idOf(told)}`)
    const intent = (await ledger.events()).at(-1)
    expect(intent?.stream).toBe(orderStream(idOf(told)))
    expect(intent?.position.toString()).toBe(told.body['logPosition'])
    expect(intent?.metadata).toMatchObject({
      type: 'OrderIntentRecorded',
      idempotencyKey: 'k1',
      correlationId: told.headers['request-id'],
      actor: { app: 'api', person: 'owner', role: 'trader' },
    })
    const event = intent?.event
    if (event?.type !== 'OrderIntentRecorded') throw new Error('no intent')
    expect(event.decideBy).toBe((intent?.metadata.occurredAt ?? 0) + 5_000_000)
    expect(event.book).toBe('main')
  })
  test('of the market type is immediate or cancel', async () => {
    const ledger = await ledgerWith()
    expect((await ledger.place(marketBuy, 'k1')).body).toMatchObject({
      timeInForce: 'ioc',
      limitPrice: null,
    })
  })
  test('needs the role trader', async () => {
    const ledger = await ledgerWith()
    const key = await ledger.issueKey('rita', 'risk', 'operator', 'auditor', 'admin')
    await ledger.caughtUp()
    const before = await ledger.events()
    const told = await ledger.place(limitBuy, 'k1', { key })
    expect(told).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await ledger.events()).toStrictEqual(before)
  })
  test('again with the same key and body answers the same, and records nothing', async () => {
    const ledger = await ledgerWith()
    const first = await ledger.place(limitBuy, 'k1')
    const before = await ledger.events()
    const { symbol, ...rest } = limitBuy
    const again = await ledger.place({ ...rest, symbol }, 'k1')
    expect(again.status).toBe(201)
    expect(again.body).toStrictEqual(first.body)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(await ledger.events()).toStrictEqual(before)
  })
  test('again later shows the order as it is now', async () => {
    const ledger = await ledgerWith()
    const first = await ledger.place(limitBuy, 'k1')
    await ledger.write('risk-guard', riskStream(main), denied(idOf(first)))
    await ledger.caughtUp()
    const again = await ledger.place(limitBuy, 'k1')
    expect(again.body).toMatchObject({
      id: idOf(first),
      logPosition: first.body['logPosition'],
      status: 'denied',
      reason: { code: 'orderNotional', message: 'Too much.' },
    })
  })
  test.each([
    ['another body', { ...limitBuy, quantity: '2' }],
    ['the same quantity otherwise written', { ...limitBuy, quantity: '1.5' }],
    ['a default that is said', { ...limitBuy, account: 'main' }],
  ])('with the same key and %s is refused', async (_, body) => {
    const ledger = await ledgerWith()
    await ledger.place(limitBuy, 'k1')
    const before = await ledger.events()
    const told = await ledger.place(body, 'k1')
    expect(told).toMatchObject({ status: 422, body: { code: 'idempotencyKeyReused' } })
    expect(await ledger.events()).toStrictEqual(before)
  })
  test('with the same key by another person is another order', async () => {
    const ledger = await ledgerWith()
    const key = await ledger.issueKey('ann', 'trader')
    await ledger.caughtUp()
    const mine = await ledger.place(limitBuy, 'k1')
    const hers = await ledger.place({ ...limitBuy, quantity: '2' }, 'k1', { key })
    expect(hers.status).toBe(201)
    expect(idOf(hers)).not.toBe(idOf(mine))
  })
  test('many times at once with one key makes one order, and every answer is that order', async () => {
    const ledger = await ledgerWith()
    const told = await Promise.all(Array.from({ length: 20 }, () => ledger.place(limitBuy, 'k1')))
    expect(new Set(told.map((each) => each.text)).size).toBe(1)
    expect(told.filter((each) => each.headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    const intents = (await ledger.events()).filter(
      ({ event }) => event.type === 'OrderIntentRecorded',
    )
    expect(intents).toHaveLength(1)
  })
})

describe('waiting for the outcome', () => {
  test('ends when the order is denied', async () => {
    const ledger = await ledgerWith()
    const placing = ledger.place(limitBuy, 'k1', { headers: { prefer: 'wait=20' } })
    const intent = await untilIntent(ledger)
    await ledger.write('risk-guard', riskStream(main), denied(intent))
    const told = await placing
    expect(told).toMatchObject({ status: 201, body: { id: intent, status: 'denied' } })
    expect(told.headers['preference-applied']).toBe('wait=20')
  })
  test('goes through the states that are only passed through', async () => {
    const ledger = await ledgerWith()
    const placing = ledger.place(limitBuy, 'k1', { headers: { prefer: 'wait=20' } })
    const intent = await untilIntent(ledger)
    await ledger.write('risk-guard', riskStream(main), approved(intent))
    await ledger.write('gateway', orderStream(intent), submitted(intent))
    await ledger.caughtUp()
    await ledger.write('gateway', orderStream(intent), accepted(intent), filled(intent, '0.5'))
    expect(await placing).toMatchObject({
      status: 201,
      body: { status: 'partiallyFilled', filledQuantity: '0.5', averagePrice: '60000' },
    })
  })
  test('ends when the time is up', async () => {
    const ledger = await ledgerWith()
    const told = await ledger.place(limitBuy, 'k1', { headers: { prefer: 'wait=0' } })
    expect(told).toMatchObject({ status: 201, body: { status: 'pendingRisk' } })
  })
  test('ends when the process stops: the order is on the log, and its asker hears so', async () => {
    const ledger = await ledgerWith()
    const placing = ledger.place(limitBuy, 'k1', { headers: { prefer: 'wait=30' } })
    const id = await untilIntent(ledger)
    await ledger.close()
    expect(await placing).toMatchObject({ status: 201, body: { id, status: 'pendingRisk' } })
  })
  test('of a replayed request waits as well', async () => {
    const ledger = await ledgerWith()
    await ledger.place(limitBuy, 'k1')
    const intent = await untilIntent(ledger)
    const again = ledger.place(limitBuy, 'k1', { headers: { prefer: 'wait=20' } })
    await ledger.write('risk-guard', riskStream(main), denied(intent))
    expect(await again).toMatchObject({ status: 201, body: { status: 'denied' } })
  })
})

describe('one order', () => {
  test('is found as soon as it was answered, with its story and its decision', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place({ ...limitBuy, clientTag: 'mine' }, 'k1'))
    await ledger.write('risk-guard', riskStream(main), approved(id))
    await ledger.write('gateway', orderStream(id), submitted(id), accepted(id), filled(id, '1.5'))
    await ledger.caughtUp()
    const told = await ledger.send(`/v1/orders/${id}`)
    expect(told.status).toBe(200)
    const detail = OrderDetail.decode(told.body)
    if (E.isLeft(detail)) throw new Error(told.text)
    expect(detail.right).toMatchObject({
      status: 'filled',
      clientTag: 'mine',
      fees: { USDT: '1.2' },
      decision: {
        outcome: 'approved',
        checks: [
          { code: 'killSwitch', outcome: 'passed', observed: null },
          { code: 'orderNotional', outcome: 'passed', observed: '600', limit: '50000' },
        ],
      },
    })
    expect(detail.right.timeline.map(({ type }) => type)).toStrictEqual([
      'OrderIntentRecorded',
      'OrderApproved',
      'OrderSubmissionStarted',
      'OrderAccepted',
      'OrderFilled',
    ])
    expect(detail.right.timeline.at(-1)).toMatchObject({
      app: 'gateway',
      quantity: '1.5',
      price: '60000',
      tradeId: 't1',
      fee: { currency: 'USDT', amount: '1.2' },
    })
  })
  test('is found without its decision before there is one', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place(limitBuy, 'k1'))
    expect(await ledger.send(`/v1/orders/${id}`)).toMatchObject({
      status: 200,
      body: { status: 'pendingRisk', decision: null },
    })
  })
  test('of long ago has its decision from the read models', async () => {
    const first = await ledgerWith()
    const id = idOf(await first.place(limitBuy, 'k1'))
    await first.write('risk-guard', riskStream(main), denied(id))
    // A second process has not heard the decision: it begins to listen where the log ends.
    const second = await ledgerWith({ log: first.log })
    expect(await second.send(`/v1/orders/${id}`)).toMatchObject({
      status: 200,
      body: { status: 'denied', decision: { outcome: 'denied' } },
    })
  })
  test('may be looked at by everybody', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place(limitBuy, 'k1'))
    const key = await ledger.issueKey('otto', 'auditor')
    await ledger.caughtUp()
    expect(await ledger.send(`/v1/orders/${id}`, { key })).toMatchObject({ status: 200 })
  })
})
