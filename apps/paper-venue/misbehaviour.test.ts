import { afterEach, describe, expect, test } from 'vitest'
import type { VenueReport } from '#domain/kernel/venue'
import { clientOrderId, start } from '#domain/testing/paper'
import type { AccountId } from '#schemas/values/ids'
import type { Misbehaviour } from './misbehaviour.ts'
import { closeAll, connect, openVenue, place, right } from './testing/harness.ts'

const main = 'main' as AccountId
afterEach(closeAll)

const open = async (...misbehaves: readonly Misbehaviour[]) => {
  const { url, store } = await openVenue({ misbehaves })
  return { ...(await connect(url, 1_000)), store, url }
}
const toldOf = (reports: readonly VenueReport[]): readonly string[] =>
  reports.map((report) =>
    report.type === 'trade'
      ? `trade ${report.trade.tradeId}`
      : report.type === 'order'
        ? `order ${report.order.status}`
        : report.type,
  )

describe('a venue that misbehaves has done what it did', () => {
  test('though its answer is late', async () => {
    const { venue } = await open('slowAnswer')
    const placing = [1, 2, 3].map((n) => place(venue, { n, quantity: '0.1' }))
    const [first, second] = placing
    const winner = await Promise.race([Promise.all([first, second]).then(() => 'two'), placing[2]])
    expect(winner).toBe('two')
    expect(right((await placing[2]) ?? (await place(venue, {}))).status).toBe('filled')
  })
  test('though its answer never comes, and says so when it is asked', async () => {
    const { venue, until } = await open('lostAnswer')
    for (let n = 1; n <= 10; n += 1) right(await place(venue, { n, limit: '90' }))
    expect(await place(venue, { n: 11, limit: '90' })).toMatchObject({
      left: { _tag: 'VenueSilent' },
    })
    await until((heard) => heard.filter(({ type }) => type === 'connected').length === 2)
    expect(right(await venue.order(main, clientOrderId(11)))).toMatchObject({ status: 'open' })
  })
  test('though the line is cut instead of an answer', async () => {
    const { venue, until } = await open('droppedSocket')
    for (let n = 1; n <= 39; n += 1) right(await place(venue, { n, limit: '90' }))
    expect(await place(venue, { n: 40, limit: '90' })).toMatchObject({
      left: { _tag: 'VenueSilent' },
    })
    await until((heard) => heard.filter(({ type }) => type === 'connected').length === 2)
    expect(right(await venue.openOrders(main))).toHaveLength(40)
  })
  test('once, though a fill is told twice, before the order is acknowledged', async () => {
    const { venue, reports, store } = await open('duplicateFill', 'fillFirst')
    await place(venue, { quantity: '0.1' })
    expect(toldOf(reports)).toStrictEqual(['connected', 'trade 1', 'trade 1'])
    expect(store.batches.flatMap(({ trades }) => trades)).toHaveLength(1)
  })
  test('though some of it is told to nobody', async () => {
    const { venue, reports, until } = await open('forgottenNews')
    for (let n = 1; n <= 6; n += 1) await place(venue, { n, quantity: '0.1' })
    await until((heard) => toldOf(heard).includes('trade 6'))
    const told = toldOf(reports).filter((each) => each.startsWith('trade'))
    expect(told).toStrictEqual(['trade 1', 'trade 2', 'trade 4', 'trade 5', 'trade 6'])
    expect(right(await venue.trades(main, start))).toHaveLength(6)
  })
  test('though the last of it is told first', async () => {
    const { url } = await openVenue({ misbehaves: ['outOfOrder'] })
    const [one, two] = [await connect(url), await connect(url)]
    await place(one.venue, { quantity: '0.1' })
    await two.until((heard) => heard.some(({ type }) => type === 'trade'))
    expect(toldOf(two.reports)).toStrictEqual(['connected', 'order filled', 'trade 1'])
  })
  test('and nothing of what it turns away', async () => {
    const { venue, store } = await open('throttled')
    for (let n = 1; n <= 6; n += 1) right(await place(venue, { n, limit: '90' }))
    expect(await place(venue, { n: 7, limit: '90' })).toMatchObject({
      left: { _tag: 'VenueThrottled', retryAfterMs: 100 },
    })
    expect(right(await venue.order(main, clientOrderId(7)))).toBe('notFound')
    expect(store.batches.flatMap(({ placed }) => placed)).toHaveLength(6)
  })
})
