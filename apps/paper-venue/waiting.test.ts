/** What the venue does by itself, and what it is asked beyond placing and cancelling. */
import { afterEach, describe, expect, test } from 'vitest'
import {
  after,
  clientOrderId,
  price,
  quantity,
  quote,
  start,
  trade,
  welcome,
} from '#domain/testing/paper'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'
import { closeAll, connect, openVenue, order, place, right } from './testing/harness.ts'
import { memoryStore } from './testing/memory-store.ts'

const main = 'main' as AccountId
const symbol = 'BTC/USDT:USDT' as MarketSymbol
afterEach(closeAll)

const here = { symbol }
const withContract = async () => {
  const opened = await openVenue()
  const client = await connect(opened.url)
  opened.tell(welcome(symbol))
  opened.tell(trade('100', '1', here))
  opened.tell(quote('99.9', '100.1', { ...here, size: '10' }))
  return { ...opened, ...client }
}

describe('an order that waits', () => {
  test('for a price is told when it is triggered, and what came of it', async () => {
    const { venue, tell, until } = await withContract()
    const placed = right(await place(venue, { ...here, side: 'sell', stop: '99', limit: '98' }))
    expect(placed).toMatchObject({
      status: 'open',
      stopPrice: price('99'),
      limitPrice: price('98'),
      triggered: false,
      postOnly: false,
      reduceOnly: false,
    })
    tell(trade('98.5', '1', { ...here, sequence: 2, at: after(1) }))
    await until((heard) => heard.some(({ type }) => type === 'trade'))
    await until((heard) =>
      heard.some((report) => report.type === 'order' && report.order.triggered === true),
    )
    expect(right(await venue.order(main, clientOrderId(1)))).toMatchObject({
      status: 'filled',
      triggered: true,
    })
  })
  test('for its end ends by the clock alone, and is told', async () => {
    const { venue, clock, until } = await withContract()
    const expireAt = after(40)
    right(await place(venue, { ...here, limit: '90', timeInForce: 'gtd', expireAt }))
    clock.advance(40)
    await until((heard) =>
      heard.some((report) => report.type === 'order' && report.order.status === 'expired'),
    )
    expect(right(await venue.closedOrders(main, start))).toMatchObject([
      { status: 'expired', expireAt, venueAt: after(40) },
    ])
  })
  test('ends at the next start, where its time passed while the venue was away', async () => {
    const first = await withContract()
    const expireAt = after(1_000)
    right(await place(first.venue, { ...here, limit: '90', timeInForce: 'gtd', expireAt }))
    await first.close()
    const durable = memoryStore()
    for (const batch of first.store.batches) await durable.commit(batch)
    await openVenue({ store: durable, url: first.url, at: after(2_000) })
    await first.until((heard) => heard.filter(({ type }) => type === 'connected').length === 2)
    expect(right(await first.venue.order(main, clientOrderId(1)))).toMatchObject({
      status: 'expired',
      venueAt: after(2_000),
    })
  })
})

describe('an amendment', () => {
  const sendBy = after(60_000)
  test('is durable before it is answered, and told to the others', async () => {
    const { url, venue, store } = await withContract()
    const other = await connect(url)
    right(await place(venue, { ...here, limit: '90', quantity: '3' }))
    const to = { quantity: quantity('2'), limitPrice: price('91'), sendBy }
    expect(right(await venue.amend(main, clientOrderId(1), to, () => true))).toMatchObject({
      quantity: quantity('2'),
      limitPrice: price('91'),
      status: 'open',
    })
    expect(store.batches.at(-1)?.changed).toMatchObject([{ quantity: quantity('2') }])
    expect(store.batches.at(-1)?.notAfter).toBe(sendBy)
    await other.until((heard) =>
      heard.some((report) => report.type === 'order' && report.order.quantity === quantity('2')),
    )
  })
  test('of what is not there, has ended, or may not be so, is refused', async () => {
    const { venue } = await withContract()
    const to = { quantity: quantity('2'), limitPrice: price('91'), sendBy }
    const code = async (n: number, change = {}) =>
      venue.amend(main, clientOrderId(n), { ...to, ...change }, () => true)
    expect(await code(1)).toMatchObject({ left: { reason: { code: 'unknownOrder' } } })
    right(await place(venue, { ...here, n: 1, limit: '90' }))
    expect(await code(1, { sendBy: after(-1) })).toMatchObject({
      left: { _tag: 'VenueRefused', reason: { code: 'deadlinePassed' } },
    })
    await venue.cancel(main, clientOrderId(1))
    expect(await code(1)).toMatchObject({ left: { reason: { code: 'orderEnded' } } })
  })
})

test('funding is booked at its time, durable, told and listed, for each account its own', async () => {
  const { venue, clock, store, until, tell } = await withContract()
  const other = 'other' as AccountId
  const sevenHours = 7 * 3_600_000
  right(await venue.place({ ...order({ ...here, n: 1, quantity: '2' }) }, () => true))
  right(await place(venue, { ...here, n: 2, side: 'sell', quantity: '1', account: other }))
  clock.advance(sevenHours)
  tell(quote('99.9', '100.1', { ...here, at: after(sevenHours), size: '10' }))
  await until((heard) => heard.filter(({ type }) => type === 'funding').length === 2)
  expect(store.batches.flatMap(({ fundings }) => fundings)).toHaveLength(2)
  const paid = right(await venue.fundings(main, start))
  expect(paid).toMatchObject([
    { fundingId: '2026-01-05T16:00:00Z', quantity: quantity('2'), currency: 'USDT' },
  ])
  const [received] = right(await venue.fundings(other, start))
  expect(received?.amount).toBeGreaterThan(0n)
  expect(right(await venue.fundings(main, after(sevenHours + 1)))).toStrictEqual([])
})
