import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import type { VenueReport } from '#domain/kernel/venue'
import { after, clientOrderId, price, quantity, start, trade, welcome } from '#domain/testing/paper'
import type { AccountId } from '#schemas/values/ids'
import { closeAll, connect, openVenue, place, right } from './testing/harness.ts'
import { type MemoryStore, memoryStore } from './testing/memory-store.ts'

const main = 'main' as AccountId
afterEach(closeAll)

describe('an order', () => {
  test('is durable before it is answered, and its trade is told', async () => {
    const { url, store } = await openVenue()
    const { venue, reports, until } = await connect(url)
    const placed = right(await place(venue, { quantity: '1' }))
    expect(placed).toMatchObject({
      venueOrderId: '1',
      clientOrderId: clientOrderId(1),
      status: 'filled',
      filledTotal: quantity('1'),
      venueAt: start,
      payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    })
    expect(store.batches).toHaveLength(1)
    await until((heard) => heard.some(({ type }) => type === 'trade'))
    expect(reports.at(-1)).toMatchObject({
      type: 'trade',
      trade: { tradeId: '1', venueOrderId: '1', price: price('100.02'), liquidity: 'taker' },
    })
  })
  test('is not answered while it is not durable', async () => {
    const { url, store } = await openVenue()
    const { venue } = await connect(url)
    let release = (): void => undefined
    store.holdUntil(
      new Promise((resolve) => {
        release = resolve
      }),
    )
    const placing = place(venue, {})
    const first = await Promise.race([placing, venue.cancel(main, clientOrderId(9)), tick()])
    expect(first).toBe('nothing yet')
    expect(store.batches).toHaveLength(0)
    release()
    expect(right(await placing).status).toBe('filled')
  })
  test('that is placed twice is one order', async () => {
    const { url, store } = await openVenue()
    const { venue } = await connect(url)
    const first = right(await place(venue, { limit: '90' }))
    const second = right(await place(venue, { limit: '91', quantity: '7' }))
    expect({ ...second, receivedAt: 0, payloadHash: '' }).toStrictEqual({
      ...first,
      receivedAt: 0,
      payloadHash: '',
    })
    await venue.cancel(main, clientOrderId(1))
    expect(right(await place(venue, { limit: '90' })).status).toBe('cancelled')
    const both = await Promise.all([place(venue, { n: 2 }), place(venue, { n: 2 })])
    expect(both.map((placed) => right(placed).venueOrderId)).toStrictEqual(['2', '2'])
    const kept = store.batches.flatMap((batch) => batch.placed)
    expect(kept.map(({ id }) => id)).toStrictEqual([1n, 2n])
  })
  test('is told by its name, open or ended, and of any other it is said that there is none', async () => {
    const { url } = await openVenue()
    const { venue } = await connect(url)
    const byName = async (account: AccountId = main) =>
      right(await venue.order(account, clientOrderId(1)))
    expect(await byName()).toBe('notFound')
    await place(venue, { limit: '90' })
    expect(await byName()).toMatchObject({ venueOrderId: '1', status: 'open' })
    await venue.cancel(main, clientOrderId(1))
    expect(await byName()).toMatchObject({ venueOrderId: '1', status: 'cancelled' })
    expect(await byName('other' as AccountId)).toBe('notFound')
  })
  test('that is refused is refused for ever', async () => {
    const { url } = await openVenue()
    const { venue } = await connect(url)
    const refused = { _tag: 'VenueRefused', reason: { code: 'deadlinePassed' } }
    expect(await place(venue, { sendBy: after(-1) })).toMatchObject({ left: refused })
    expect(await place(venue, {})).toMatchObject({ left: refused })
    expect(right(await venue.closedOrders(main, start))).toMatchObject([
      { clientOrderId: clientOrderId(1), status: 'refused', reason: { code: 'deadlinePassed' } },
    ])
  })
  test('is cancelled, and cancelled again without harm', async () => {
    const { url } = await openVenue()
    const { venue } = await connect(url)
    await place(venue, { limit: '90' })
    expect(right(await venue.cancel(main, clientOrderId(1))).status).toBe('cancelled')
    expect(right(await venue.cancel(main, clientOrderId(1))).status).toBe('cancelled')
    await place(venue, { n: 2 })
    expect(right(await venue.cancel(main, clientOrderId(2))).status).toBe('filled')
    expect(await venue.cancel(main, clientOrderId(3))).toMatchObject({
      left: { _tag: 'VenueRefused', reason: { code: 'unknownOrder' } },
    })
    expect(await venue.cancel('other' as AccountId, clientOrderId(2))).toMatchObject({
      left: { reason: { code: 'unknownOrder' } },
    })
  })
  test('that rests is filled by the tape, and every gateway is told', async () => {
    const { url, tell } = await openVenue()
    const [one, two] = [await connect(url), await connect(url)]
    await place(one.venue, { limit: '99.5', quantity: '2' })
    tell(trade('99.4', '0.5', { sequence: 1, at: after(1) }))
    tell(trade('99.4', '9', { sequence: 2, at: after(2) }))
    for (const { until, reports } of [one, two]) {
      await until((heard) => heard.filter(({ type }) => type === 'order').length >= 2)
      const told = reports.filter(({ type }) => type !== 'connected')
      // The second gateway also hears that it was placed.
      expect(told.slice(-4)).toMatchObject([
        { type: 'trade', trade: { quantity: quantity('0.5'), liquidity: 'maker' } },
        { type: 'order', order: { status: 'open', filledTotal: quantity('0.5') } },
        { type: 'trade', trade: { quantity: quantity('1.5'), price: price('99.5') } },
        { type: 'order', order: { status: 'filled', filledTotal: quantity('2') } },
      ])
    }
  })
})

describe('what is asked', () => {
  test('comes in pages, whole', async () => {
    const { url } = await openVenue()
    const { venue } = await connect(url, 10_000)
    const placing = Array.from({ length: 1_203 }, (_, n) => place(venue, { n, quantity: '0.1' }))
    const resting = Array.from({ length: 502 }, (_, n) =>
      place(venue, { n: 2_000 + n, limit: '90' }),
    )
    await Promise.all([...placing, ...resting])
    const trades = right(await venue.trades(main, start))
    expect(trades.map(({ tradeId }) => Number(tradeId))).toStrictEqual(
      Array.from({ length: 1_203 }, (_, n) => n + 1),
    )
    expect(right(await venue.closedOrders(main, start))).toHaveLength(1_203)
    expect(right(await venue.openOrders(main))).toHaveLength(502)
    expect(right(await venue.openOrders('other' as AccountId))).toStrictEqual([])
    expect(right(await venue.trades(main, after(1)))).toStrictEqual([])
  })
  test('of instruments are those of the venue and of its market', async () => {
    const { url, tell } = await openVenue()
    const { venue, until } = await connect(url)
    const symbols = async () => right(await venue.instruments()).map(({ symbol }) => symbol)
    expect(await symbols()).toStrictEqual([
      'BTC/USDT',
      'ETH/USDT',
      'BTC/USDT:USDT',
      'ETH/USDT:USDT',
      'BTC/USD:BTC',
    ])
    tell(welcome('BTC/USD', 'BTC/USDT'))
    await until((heard) => heard.filter(({ type }) => type === 'connected').length === 2)
    expect(await symbols()).toContain('BTC/USD')
    expect(right(await venue.instruments()).at(-1)).toMatchObject({
      terms: { kind: 'spot', base: 'BTC', quote: 'USD', settle: 'USD' },
      rules: { tickSize: price('0.01'), lotSize: quantity('0.00001') },
    })
  })
})

describe('when the venue is in doubt', () => {
  test.each(['lose', 'beLate'] as const)(
    '(%s) it says nothing, ends, and goes on from what is durable',
    async (trouble) => {
      const { url, store, ended } = await openVenue()
      const { venue, reports, until } = await connect(url)
      await place(venue, { n: 1, limit: '90' })
      store[trouble]()
      expect(await place(venue, { n: 2, limit: '90' })).toMatchObject({
        left: { _tag: 'VenueSilent' },
      })
      expect(await ended).toMatchObject({ kind: 'lost' })
      await until((heard) => heard.some(({ type }) => type === 'disconnected'))
      expect(venueIsOpen(reports)).toBe(false)
      const durable = memoryStore()
      for (const batch of store.batches) await durable.commit(batch)
      await openVenue({ store: durable, url })
      await until((heard) => heard.filter(({ type }) => type === 'connected').length === 2)
      expect(right(await venue.openOrders(main))).toMatchObject([
        { clientOrderId: clientOrderId(1) },
      ])
      expect(right(await place(venue, { n: 2, limit: '90' })).venueOrderId).toBe('2')
    },
  )
})

test('latency keeps requests in order', async () => {
  const { url } = await openVenue({ latencyMs: 20 })
  const { venue } = await connect(url)
  const began = performance.now()
  const placing = [1, 2, 3].map((n) => place(venue, { n, limit: '90' }))
  const cancelled = venue.cancel(main, clientOrderId(3))
  const ids = (await Promise.all(placing)).map((placed) => right(placed).venueOrderId)
  expect(ids).toStrictEqual(['1', '2', '3'])
  expect(right(await cancelled).status).toBe('cancelled')
  expect(performance.now() - began).toBeGreaterThan(18)
})

test('too many at once are throttled, and nothing of them is done', async () => {
  const { url, store } = await openVenue()
  const { venue } = await connect(url, 10_000)
  let release = (): void => undefined
  store.holdUntil(
    new Promise((resolve) => {
      release = resolve
    }),
  )
  const count = 6_000
  const placing = Array.from({ length: count }, (_, n) => place(venue, { n, limit: '90' }))
  // While the store is held, whoever is answered is turned away.
  await new Promise<void>((resolve) => {
    let answered = 0
    for (const one of placing) void one.then(() => (answered += 1) > 1_000 && resolve())
  })
  release()
  const placed = await Promise.all(placing)
  const throttled = placed.filter(
    (one) => E.isLeft(one) && one.left._tag === 'VenueThrottled',
  ).length
  expect(throttled).toBeGreaterThan(1_000)
  expect(kept(store)).toBe(count - throttled)
})

const kept = (store: MemoryStore): number => store.batches.flatMap((batch) => batch.placed).length
const venueIsOpen = (reports: readonly VenueReport[]): boolean =>
  reports.findLast(({ type }) => type === 'connected' || type === 'disconnected')?.type ===
  'connected'
const tick = async (): Promise<string> => {
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve))
  return 'nothing yet'
}
