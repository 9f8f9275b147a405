import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Ledger } from '#apps/api/testing/ledger'
import { idOf, ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import { accepted, approved, btc, filled, main, money, submitted } from '#apps/api/testing/words'
import { type FixedClock, fixedClock, instant } from '#domain/testing/fixed'
import { price, quantity, trade } from '#domain/testing/paper'
import { BalanceList, PnlList, type PnlReply } from '#schemas/api/pnl'
import { accountStream, orderStream, riskStream } from '#schemas/streams'
import type { Ratio } from '#schemas/values/decimal'
import type { AccountId, BookId, Currency, Line, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

const account = 'main' as AccountId
const day = 86_400_000
const hour = 3_600_000

const pnl = async (ledger: Ledger, query = ''): Promise<typeof PnlList._A> => {
  const told = await ledger.send(`/v1/pnl${query}`)
  expect(told.text).toContain('"data"')
  const decoded = PnlList.decode(told.body)
  if (E.isLeft(decoded)) throw new Error(told.text)
  expect(PnlList.encode(decoded.right)).toStrictEqual(told.body)
  return decoded.right
}
const wholes = ({ data }: typeof PnlList._A) => data.filter(({ strategy }) => strategy === null)

/** It buys one at 60,000 for a fee of 1.2, now. */
const buys = async (ledger: Ledger, clock: FixedClock, key: string, strategy = 'manual') => {
  const id = idOf(await ledger.place({ ...limitBuy, strategy }, key))
  const at = clock.now()
  await ledger.write('risk-guard', riskStream(main), approved(id))
  await ledger.write('gateway', orderStream(id), submitted(id), accepted(id), {
    ...filled(id, '1', key),
    strategy: strategy as StrategyId,
    venueAt: at,
    receivedAt: at,
  })
}
const marked = (ledger: Ledger, at: Instant, text: string) =>
  ledger.write('risk-guard', riskStream(main), {
    type: 'MarksTaken',
    book: main,
    at,
    marks: [{ symbol: btc, price: price(text), at }],
  })
const withdrawn = (ledger: Ledger, text: string) =>
  ledger.write('api', accountStream(account), {
    type: 'FundsWithdrawn',
    account,
    book: main,
    currency: 'USDT' as Currency,
    amount: money(text),
    reason: 'Rent' as Line,
  })

/** Bought on the first day, marked at its end; nothing on the second; a withdrawal on the third. */
const threeDays = async () => {
  const clock = fixedClock('2026-01-05T09:00:00Z')
  const ledger = await ledgerWith({ clock })
  await buys(ledger, clock, 'a')
  await marked(ledger, instant('2026-01-05T23:59:59Z'), '61000')
  clock.advance(2 * day)
  await withdrawn(ledger, '1000')
  ledger.hear(trade('62000', '1', { at: clock.now() }))
  await ledger.caughtUp()
  return { ledger, clock }
}

describe('profit and loss', () => {
  test('by day: what was made, and what the account is worth by the marks of then and now', async () => {
    const { ledger } = await threeDays()
    const [third, second, first] = wholes(await pnl(ledger))
    expect(first).toStrictEqual({
      id: 'main.2026-01-05',
      account: 'main',
      strategy: null,
      interval: 'day',
      period: '2026-01-05',
      from: '2026-01-05T00:00:00Z',
      to: '2026-01-06T00:00:00Z',
      complete: true,
      currency: 'USDT',
      realised: '0',
      unrealised: '1000',
      unrealisedChange: '1000',
      fees: '1.2',
      funding: '0',
      net: '998.8',
      transfers: '1000000',
      revaluation: '0',
      openingEquity: '0',
      equity: '1000998.8',
      marksAt: '2026-01-05T23:59:59Z',
      byCurrency: {
        BTC: {
          realised: '0',
          unrealised: '0',
          unrealisedChange: '0',
          fees: '0',
          funding: '0',
          net: '0',
          transfers: '0',
          balance: '1',
        },
        USDT: {
          realised: '0',
          unrealised: '1000',
          unrealisedChange: '1000',
          fees: '1.2',
          funding: '0',
          net: '998.8',
          transfers: '1000000',
          balance: '939998.8',
        },
      },
    } satisfies PnlReply)
    // The mark of the first day is no mark of the end of the second.
    expect(second).toMatchObject({ period: '2026-01-06', unrealised: null, equity: null })
    expect(second?.byCurrency['USDT']).toMatchObject({ realised: '0', unrealised: null })
    expect(third).toMatchObject({
      period: '2026-01-07',
      complete: false,
      unrealised: '2000',
      transfers: '-1000',
      equity: '1000998.8',
      openingEquity: null,
      marksAt: '2026-01-07T09:00:00Z',
    })
  })
  test('by hour, and what stood at the end of one stands at the beginning of the next', async () => {
    const clock = fixedClock('2026-01-05T09:30:00Z')
    const ledger = await ledgerWith({ clock })
    await buys(ledger, clock, 'a')
    clock.advance(hour)
    await marked(ledger, clock.now(), '60500')
    await buys(ledger, clock, 'b', 'trend')
    clock.advance(hour)
    ledger.hear(trade('60100', '1', { at: clock.now() }))
    const hours = wholes(await pnl(ledger, '?interval=hour'))
    expect(hours.map(({ period, equity }) => [period, equity])).toStrictEqual([
      ['2026-01-05T11:00:00Z', '1000197.6'],
      ['2026-01-05T10:00:00Z', '999997.6'],
      ['2026-01-05T09:00:00Z', '999998.8'],
    ])
    for (const [n, { openingEquity }] of hours.entries()) {
      expect(openingEquity).toBe(hours[n + 1]?.equity ?? '0')
    }
  })
  test("by the days of the account's own book, where its clocks are changed too", async () => {
    const clock = fixedClock('2026-03-07T20:00:00Z')
    const ledger = await ledgerWith({ clock })
    const [book, desk] = ['ny' as BookId, 'desk' as AccountId]
    const usdt = 'USDT' as Currency
    await ledger.write('api', riskStream(book), {
      type: 'BookOpened',
      book,
      currency: usdt,
      control: 'single',
      tradingDay: { time: '17:00', zone: 'America/New_York' },
      limits: {},
    })
    await ledger.write(
      'api',
      accountStream(desk),
      {
        type: 'AccountOpened',
        account: desk,
        book,
        currency: usdt,
        leverage: quantity('1') as bigint as Ratio,
        costBasis: 'average',
      },
      {
        type: 'FundsDeposited',
        account: desk,
        book,
        currency: usdt,
        amount: money('5'),
        reason: 'To begin with' as Line,
      },
    )
    clock.advance(2 * day)
    await ledger.caughtUp()
    const days = (await pnl(ledger, '?account=desk')).data
    expect(days.map(({ period, from, equity }) => [period, from, equity])).toStrictEqual([
      ['2026-03-08', '2026-03-08T21:00:00Z', '5'],
      ['2026-03-07', '2026-03-07T22:00:00Z', '5'],
      ['2026-03-06', '2026-03-06T22:00:00Z', '5'],
    ])
  })
  test('by strategy: those that had or did something, and together they are the account', async () => {
    const clock = fixedClock('2026-01-05T09:30:00Z')
    const ledger = await ledgerWith({ clock })
    await buys(ledger, clock, 'a')
    clock.advance(day)
    await buys(ledger, clock, 'b', 'trend')
    ledger.hear(trade('60100', '1', { at: clock.now() }))
    const { data } = await pnl(ledger)
    expect(data.map(({ id, fees, equity }) => [id, fees, equity])).toStrictEqual([
      ['main.2026-01-06', '1.2', '1000197.6'],
      ['main.2026-01-06.manual', '0', '98.8'],
      ['main.2026-01-06.trend', '1.2', '98.8'],
      ['main.2026-01-05', '1.2', '999998.8'],
      ['main.2026-01-05.manual', '1.2', '-1.2'],
    ])
    const trend = await pnl(ledger, '?strategy=trend')
    expect(trend.data.map(({ id }) => id)).toStrictEqual(['main.2026-01-06.trend'])
    expect((await pnl(ledger, '?strategy=nobody')).data).toStrictEqual([])
  })
  test('in pages that never split a day, both ways', async () => {
    const { ledger } = await threeDays()
    const ids = async (query: string) => {
      const { data, hasMore } = await pnl(ledger, query)
      return [data.map(({ id }) => id.slice('main.2026-01-'.length)), hasMore]
    }
    expect(await ids('')).toStrictEqual([
      ['07', '07.manual', '06', '06.manual', '05', '05.manual'],
      false,
    ])
    expect(await ids('?limit=1')).toStrictEqual([['07', '07.manual'], true])
    expect(await ids('?limit=4')).toStrictEqual([['07', '07.manual', '06', '06.manual'], true])
    expect(await ids('?startingAfter=main.2026-01-06.manual')).toStrictEqual([
      ['05', '05.manual'],
      false,
    ])
    expect(await ids('?startingAfter=main.2026-01-05')).toStrictEqual([[], false])
    expect(await ids('?limit=2&endingBefore=main.2026-01-05')).toStrictEqual([
      ['06', '06.manual'],
      true,
    ])
    expect(await ids('?endingBefore=main.2026-01-07')).toStrictEqual([[], false])
    expect(await ids('?from=2026-01-06T10:00:00Z&to=2026-01-07T00:00:00Z')).toStrictEqual([
      ['06', '06.manual'],
      false,
    ])
    expect(await ids('?from=2027-01-01T00:00:00Z')).toStrictEqual([[], false])
    expect(await ids('?to=2026-01-01T00:00:00Z')).toStrictEqual([[], false])
  })
  test.each([
    ['startingAfter=main.2026-01-04', '/startingAfter'],
    ['startingAfter=main', '/startingAfter'],
    ['endingBefore=other.2026-01-06', '/endingBefore'],
    ['endingBefore=main.2026-01-08', '/endingBefore'],
    ['strategy=nobody&startingAfter=main.2026-01-06', '/startingAfter'],
    ['account=nobody', '/account'],
    ['from=2026-01-06T00:00:00Z&to=2026-01-06T00:00:00Z', '/to'],
    ['interval=week', '/interval'],
  ])('not for %s', async (query, pointer) => {
    const { ledger } = await threeDays()
    expect(await ledger.send(`/v1/pnl?${query}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer }] },
    })
  })
  test('of an account without money is none', async () => {
    const ledger = await ledgerWith({ furniture: 'bare' })
    expect((await ledger.send('/v1/pnl')).status).toBe(422)
  })
})

describe('balances', () => {
  const balances = async (ledger: Ledger, query = '') => {
    const told = await ledger.send(`/v1/balances${query}`)
    const decoded = BalanceList.decode(told.body)
    if (E.isLeft(decoded)) throw new Error(told.text)
    return decoded.right.data
  }
  test('are what there is, and what of it open orders tie up with the worst fee', async () => {
    const clock = fixedClock('2026-01-05T09:00:00Z')
    const ledger = await ledgerWith({ clock })
    await buys(ledger, clock, 'a')
    const id = idOf(await ledger.place(limitBuy, 'b'))
    await ledger.write('risk-guard', riskStream(main), approved(id))
    await ledger.caughtUp()
    const [coins, cash] = await balances(ledger)
    expect(coins).toStrictEqual({
      account: 'main',
      currency: 'BTC',
      free: '1',
      used: '0',
      total: '1',
    })
    // What is open of both: one and a half, and half of the first, at 60,000 and 0.2 %.
    expect(cash).toStrictEqual({
      account: 'main',
      currency: 'USDT',
      free: '819758.8',
      used: '120240',
      total: '939998.8',
    })
    const shown = (await ledger.send('/v1/accounts')).body['data'] as readonly object[]
    expect(shown[0]).toMatchObject({ balances: { BTC: '1', USDT: '939998.8' } })
  })
  test('are of one account, and as of what was just written', async () => {
    const ledger = await ledgerWith()
    expect((await balances(ledger, '?account=main&after=1')).length).toBe(1)
    expect(await ledger.send('/v1/balances?account=nobody')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/account' }] },
    })
  })
})
