import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { defaultLimits } from '#apps/api/fresh-ledger'
import type { Ledger, Sent } from '#apps/api/testing/ledger'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import { fixedClock } from '#domain/testing/fixed'
import { BookList, BookReply } from '#schemas/api/books'
import { Limits } from '#schemas/values/trading'

const open = (ledger: Ledger, body: object = {}, name = 'b', sent: Sent = {}) =>
  ledger.post('/v1/books', { id: 'side', currency: 'USDT', ...body }, name, sent)

describe('a book', () => {
  test('is opened with everything that it is not told, and says so', async () => {
    const ledger = await ledgerWith({ clock: fixedClock('2026-01-05T12:00:00Z') })
    const told = await open(ledger)
    expect(told.status).toBe(201)
    expect(E.isRight(BookReply.decode(told.body))).toBe(true)
    expect(told.body).toMatchObject({
      id: 'side',
      currency: 'USDT',
      control: 'dual',
      state: 'active',
      tradingDay: { time: '00:00', zone: 'UTC' },
      limits: Limits.encode(defaultLimits),
      openedAt: '2026-01-05T12:00:00Z',
    })
    const again = await open(ledger)
    expect([again.status, again.body]).toStrictEqual([201, told.body])
    expect(again.headers['idempotent-replayed']).toBe('true')
  })
  test('is opened as it is told to; limits that are left out are the defaults', async () => {
    const ledger = await ledgerWith()
    const tradingDay = { time: '17:00', zone: 'America/New_York' }
    const limits = { maxOrderNotional: '100', maxPosition: { 'BTC/USDT': '2' } }
    const told = await open(ledger, { control: 'single', tradingDay, limits })
    expect(told.body).toMatchObject({
      control: 'single',
      tradingDay,
      limits: { ...Limits.encode(defaultLimits), ...limits },
    })
  })
  test('is listed, newest first, and can be asked about', async () => {
    const ledger = await ledgerWith()
    await open(ledger)
    const list = await ledger.send('/v1/books?limit=1')
    expect(E.isRight(BookList.decode(list.body))).toBe(true)
    expect(list.body).toMatchObject({ data: [{ id: 'side' }], hasMore: true })
    expect((await ledger.send('/v1/books?startingAfter=side')).body).toMatchObject({
      data: [{ id: 'main', control: 'single' }],
      hasMore: false,
    })
    await ledger.caughtUp()
    expect((await ledger.send('/v1/risk?book=side')).body).toMatchObject({ control: 'dual' })
    const account = await ledger.post('/v1/accounts', { id: 'two', book: 'side' }, 'a')
    expect(account.body).toMatchObject({ id: 'two', book: 'side', currency: 'USDT' })
  })
  test('is the first of an empty ledger, whatever is traded there later', async () => {
    const ledger = await ledgerWith({ furniture: 'bare' })
    expect((await ledger.send('/v1/books')).body).toStrictEqual({ data: [], hasMore: false })
    expect((await open(ledger, { id: 'main', currency: 'USDT' })).status).toBe(201)
  })
  test('is there once: the second is told so, and one key means one body', async () => {
    const ledger = await ledgerWith()
    const both = await Promise.all([open(ledger, {}, 'a'), open(ledger, {}, 'b')])
    expect(new Set(both.map(({ status }) => status))).toStrictEqual(new Set([201, 409]))
    expect((await open(ledger, {}, 'c')).body).toMatchObject({
      code: 'bookExists',
      detail: 'There is a book side already; it stays as it was opened. Choose another id.',
    })
    expect((await open(ledger, { control: 'single' }, 'a')).body).toMatchObject({
      code: both[0].status === 201 ? 'idempotencyKeyReused' : 'bookExists',
    })
  })
  test.each<readonly [object, string, readonly string[]]>([
    [{ currency: 'DOGE' }, 'unknownCurrency', ['/currency']],
    [{ control: 'triple' }, 'invalid', ['/control']],
    [{ tradingDay: { zone: 'Mars/Olympus' } }, 'invalid', ['/tradingDay/zone']],
    [{ tradingDay: { zone: '+01:00' } }, 'invalid', ['/tradingDay/zone']],
    [{ tradingDay: { time: '24:00' } }, 'invalid', ['/tradingDay/time']],
    [{ tradingDay: { time: '17:05' } }, 'invalid', ['/tradingDay/time']],
    [{ tradingDay: { at: '17:00' } }, 'unknownField', ['/tradingDay/at']],
    [{ limits: { maxOrderNotional: '-1' } }, 'invalid', ['/limits/maxOrderNotional']],
    [{ limits: { maxPosition: { 'A/B': '1' } } }, 'unknownSymbol', ['/limits/maxPosition/A~1B']],
    [
      { limits: { overrides: [{ symbol: 'A/B', maxOpenOrders: 1 }] } },
      'unknownSymbol',
      ['/limits/overrides/0/symbol'],
    ],
    [{ id: 'Side' }, 'invalid', ['/id']],
  ])('is refused with %j', async (body, code, pointers) => {
    const ledger = await ledgerWith()
    const told = await open(ledger, body)
    expect([told.status, told.body['code']]).toStrictEqual([422, code])
    expect(told.body['errors']).toMatchObject(pointers.map((pointer) => ({ pointer })))
    expect((await ledger.events()).filter(({ event }) => event.type === 'BookOpened')).toHaveLength(
      1,
    )
  })
  test('is opened by the role admin', async () => {
    const ledger = await ledgerWith()
    const key = await ledger.issueKey('tom', 'trader', 'risk', 'operator', 'auditor')
    await ledger.caughtUp()
    expect((await open(ledger, {}, 'b', { key })).body['detail']).toBe(
      'To open books a key needs the role admin.',
    )
  })
})
