/** Orders of every kind: taken in as they were asked for, or refused by the field that does not fit. */
import { describe, expect, test } from 'vitest'
import { ledgerWith, limitBuy, marketBuy } from '#apps/api/testing/with-ledger'
import { fixedClock, instant } from '#domain/testing/fixed'
import { price } from '#domain/testing/paper'

const now = instant('2026-01-05T09:00:00Z')
const ledgerNow = () => ledgerWith({ clock: fixedClock(now) })
const later = '2026-01-05T09:00:00.000001Z'
const { limitPrice: _, ...withoutLimit } = limitBuy
const stop = { ...withoutLimit, type: 'stop', stopPrice: '61000' }
const stopLimit = { ...limitBuy, type: 'stopLimit', stopPrice: '61000' }

describe('an order is taken in as it was asked for', () => {
  test.each([
    [marketBuy, { timeInForce: 'ioc' }],
    [{ ...marketBuy, timeInForce: 'fok' }, {}],
    [{ ...marketBuy, reduceOnly: true }, {}],
    [limitBuy, { timeInForce: 'gtc', stopPrice: null, expireAt: null }],
    [{ ...limitBuy, timeInForce: 'fok' }, {}],
    [{ ...limitBuy, timeInForce: 'ioc', reduceOnly: true }, {}],
    [{ ...limitBuy, timeInForce: 'gtd', expireAt: later, postOnly: true }, {}],
    [{ ...limitBuy, postOnly: true }, { timeInForce: 'gtc' }],
    [stop, { timeInForce: 'gtc', limitPrice: null, stopPrice: '61000' }],
    [{ ...stop, timeInForce: 'gtd', expireAt: later, reduceOnly: true }, {}],
    [stopLimit, { timeInForce: 'gtc', limitPrice: '60000', stopPrice: '61000' }],
    [{ ...stopLimit, timeInForce: 'gtd', expireAt: later }, {}],
  ])('%j', async (asked, more) => {
    const ledger = await ledgerNow()
    const told = await ledger.place(asked, 'k1')
    expect(told.status).toBe(201)
    expect(told.body).toMatchObject({
      ...asked,
      quantity: Number(asked.quantity).toString(),
      ...more,
    })
  })
  test('with every word of it in the intent', async () => {
    const ledger = await ledgerNow()
    await ledger.place(
      { ...stopLimit, timeInForce: 'gtd', expireAt: later, reduceOnly: true },
      'k1',
    )
    expect((await ledger.events()).at(-1)?.event).toMatchObject({
      type: 'OrderIntentRecorded',
      terms: {
        orderType: 'stopLimit',
        timeInForce: 'gtd',
        limitPrice: price('60000'),
        stopPrice: price('61000'),
        expireAt: now + 1,
        postOnly: false,
        reduceOnly: true,
      },
    })
  })
})

describe('an order that contradicts itself is refused by the field, with what to do', () => {
  const gtd = { timeInForce: 'gtd' }
  test.each([
    [{ ...withoutLimit }, '/limitPrice', 'is missing; a limit order needs one'],
    [{ ...stopLimit, limitPrice: undefined }, '/limitPrice', 'a stopLimit order needs one'],
    [{ ...marketBuy, limitPrice: '1' }, '/limitPrice', 'set type to limit or stopLimit'],
    [{ ...stop, limitPrice: '1' }, '/limitPrice', 'does not go with a stop order'],
    [{ ...stop, stopPrice: undefined }, '/stopPrice', 'is missing; a stop order needs one'],
    [{ ...stopLimit, stopPrice: undefined }, '/stopPrice', 'a stopLimit order needs one'],
    [{ ...limitBuy, stopPrice: '1' }, '/stopPrice', 'set type to stop or stopLimit'],
    [{ ...marketBuy, stopPrice: '1' }, '/stopPrice', 'does not go with a market order'],
    [{ ...marketBuy, timeInForce: 'gtc' }, '/timeInForce', 'must be ioc or fok'],
    [{ ...marketBuy, ...gtd, expireAt: later }, '/timeInForce', 'must be ioc or fok'],
    [{ ...stop, timeInForce: 'ioc' }, '/timeInForce', 'must be gtc or gtd'],
    [{ ...stopLimit, timeInForce: 'fok' }, '/timeInForce', 'must be gtc or gtd'],
    [{ ...limitBuy, ...gtd }, '/expireAt', 'is missing; a gtd order needs'],
    [
      { ...limitBuy, ...gtd, expireAt: '2026-01-05T09:00:00Z' },
      '/expireAt',
      'must be in the future',
    ],
    [{ ...limitBuy, expireAt: later }, '/expireAt', 'set timeInForce to gtd'],
    [{ ...limitBuy, timeInForce: 'ioc', expireAt: later }, '/expireAt', 'leave it out'],
    [{ ...limitBuy, postOnly: true, timeInForce: 'ioc' }, '/postOnly', 'limit orders that are gtc'],
    [{ ...limitBuy, postOnly: true, timeInForce: 'fok' }, '/postOnly', 'leave it out'],
    [{ ...marketBuy, postOnly: true }, '/postOnly', 'leave it out'],
    [{ ...stop, postOnly: true }, '/postOnly', 'leave it out'],
    [{ ...stopLimit, postOnly: true }, '/postOnly', 'leave it out'],
  ])('%j', async (asked, pointer, says) => {
    const ledger = await ledgerNow()
    const before = (await ledger.events()).length
    const told = await ledger.place(asked, 'k1')
    expect(told).toMatchObject({
      status: 422,
      body: {
        code: 'invalid',
        errors: [{ pointer, detail: expect.stringContaining(says) as string }],
      },
    })
    expect((await ledger.events()).length).toBe(before)
  })
  test('all that is wrong at once', async () => {
    const ledger = await ledgerNow()
    const told = await ledger.place({ ...marketBuy, stopPrice: '1', ...gtd, postOnly: true }, 'k1')
    expect(told.body['errors']).toMatchObject([
      { pointer: '/stopPrice' },
      { pointer: '/timeInForce' },
      { pointer: '/expireAt' },
      { pointer: '/postOnly' },
    ])
  })
})

test('an order that was taken in is answered again after its end', async () => {
  const clock = fixedClock(now)
  const ledger = await ledgerWith({ clock })
  const asked = { ...limitBuy, timeInForce: 'gtd', expireAt: later }
  const first = await ledger.place(asked, 'k1')
  clock.advance(5_000)
  const again = await ledger.place(asked, 'k1')
  expect(again).toMatchObject({ status: 201, body: { id: first.body['id'] } })
  expect((await ledger.place(asked, 'k2')).status).toBe(422)
})
