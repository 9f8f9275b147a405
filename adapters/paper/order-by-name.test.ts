/** One order asked for by name: what it is, that there is none, or silence. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Venue } from '#domain/kernel/venue'
import { fixedClock } from '#domain/testing/fixed'
import { clientOrderId, start } from '#domain/testing/paper'
import type { AccountId } from '#schemas/values/ids'
import { type Double, openDouble } from './testing/double.ts'
import { paperVenue } from './venue.ts'

const main = 'main' as AccountId

let double: Double
let venue: Venue
beforeEach(async () => {
  double = await openDouble()
  const { url } = double
  venue = paperVenue({ url, clock: fixedClock(start), hash: (text) => text, answerMsMax: 80 })
  await new Promise<void>((resolve) => {
    venue.listen(({ type }) => type === 'connected' && resolve())
  })
})
afterEach(async () => {
  await venue.close()
  await double.close()
})

const wireOrder = (rest: object = {}) => ({
  venueOrderId: '5',
  clientOrderId: clientOrderId(1),
  account: 'main',
  symbol: 'BTC/USDT',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity: '1',
  limitPrice: '64000',
  postOnly: false,
  reduceOnly: false,
  status: 'open',
  filledTotal: '0',
  at: '2026-01-05T09:00:00Z',
  ...rest,
})
const silentBecause = (says: string) => ({
  left: { _tag: 'VenueSilent', detail: expect.stringContaining(says) as unknown },
})
const answering = (answer: object) => {
  double.react = ({ request: number }, socket) => {
    socket.send(JSON.stringify({ request: number, ...answer }))
  }
  return venue.order(main, clientOrderId(1))
}
test('is told as it is, whatever became of it', async () => {
  const order = wireOrder({ status: 'filled', filledTotal: '1' })
  expect(await answering({ type: 'order', order })).toMatchObject({
    right: { venueOrderId: '5', status: 'filled', receivedAt: start },
  })
  expect(double.heard).toStrictEqual([
    { type: 'order', request: 1, account: 'main', clientOrderId: clientOrderId(1) },
  ])
})
test('is not found only where the venue says that it never had it', async () => {
  const refusedAs = (code: string) =>
    answering({ type: 'refused', reason: { code, message: 'so it is' } })
  expect(await refusedAs('unknownOrder')).toStrictEqual({ _tag: 'Right', right: 'notFound' })
  expect(await refusedAs('invalid')).toMatchObject(silentBecause('so it is'))
})
test.each([
  ['another order', { type: 'order', order: wireOrder({ clientOrderId: clientOrderId(2) }) }],
  ['another order', { type: 'order', order: wireOrder({ account: 'other' }) }],
  ['orders', { type: 'orders', orders: [], more: false }],
  ['after 9 ms', { type: 'throttled', retryAfterMs: 9 }],
  ['what?', { type: 'malformed', detail: 'what?' }],
])('is not told by an answer about %s: that proves nothing', async (says, answer) => {
  expect(await answering(answer)).toMatchObject(silentBecause(says))
})
test('is not told by silence', async () => {
  expect(await venue.order(main, clientOrderId(1))).toMatchObject(silentBecause('no answer'))
})
