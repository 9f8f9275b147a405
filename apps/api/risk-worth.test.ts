import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { atMarket } from '#apps/api/risk-worth'
import type { Ledger } from '#apps/api/testing/ledger'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import { filled, main } from '#apps/api/testing/words'
import { amount, later, markAt, noon } from '#domain/risk/testing/words'
import { fixedClock, uuidOf } from '#domain/testing/fixed'
import { price, quantity } from '#domain/testing/paper'
import { RiskReply } from '#schemas/api/risk'
import type { MarksTaken, TradingDayOpened } from '#schemas/events/risk'
import { orderStream, riskStream } from '#schemas/streams'
import type { Currency, MarketSymbol, OrderId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'

/** A day that has begun with so much. */
const dayOpened = (some: Pick<TradingDayOpened, 'equity' | 'highWater'>): TradingDayOpened => ({
  type: 'TradingDayOpened',
  book: main,
  rules: 4,
  basis: { count: 0 },
  at: noon,
  clock: noon,
  day: '2026-01-05',
  opensAt: later(-43_200_000),
  closesAt: later(43_200_000),
  rule: { time: '00:00', zone: 'UTC' },
  marks: [],
  late: false,
  flows: [],
  ...some,
})
const taken: MarksTaken = {
  type: 'MarksTaken',
  book: main,
  at: noon,
  marks: [markAt('60000', noon)],
}

const shownBy = async (ledger: Ledger): Promise<RiskReply> => {
  await ledger.caughtUp()
  const decoded = RiskReply.decode((await ledger.send('/v1/risk')).body)
  if (E.isLeft(decoded)) throw new Error('that is not what is promised')
  return decoded.right
}

test('risk says what the book is worth, and what it has made since its day began', async () => {
  const ledger = await ledgerWith()
  const shown = () => shownBy(ledger)
  expect(await shown()).toMatchObject({ equity: '1000000', dailyPnl: null, tradingDay: null })
  // Nothing in it needs a price.
  expect(await shown()).toMatchObject({ markedAt: null, doubt: null })
  const day = dayOpened({ equity: amount('1000400'), highWater: amount('1250500') })
  await ledger.write('risk-guard', riskStream(main), day, taken)
  // The deposit is in no figure of the day yet: it is counted as money that came in.
  expect(await shown()).toMatchObject({
    equity: '1000000',
    dailyPnl: '-1000400',
    tradingDay: {
      day: '2026-01-05',
      opensAt: '2026-01-05T00:00:00Z',
      closesAt: '2026-01-06T00:00:00Z',
      late: false,
      openEquity: '2000400',
      highWater: '2250500',
    },
  })
})

const perpetual = 'BTC/USDT:USDT' as MarketSymbol
const now = later(2000)
const quote = (ledger: Ledger, at: string, receivedAt: Instant = now): void =>
  ledger.hear({
    type: 'quote',
    symbol: perpetual,
    sequence: 1,
    venueAt: receivedAt,
    receivedAt,
    bid: price(at),
    bidQuantity: quantity('1'),
    ask: price(at),
    askQuantity: quantity('1'),
  })
/** Long one contract at 60,000 since before the day, which the guard has marked at that. */
const long = async (size = '1', clock = fixedClock(now)): Promise<Ledger> => {
  const ledger = await ledgerWith({ clock })
  const id = uuidOf<OrderId>(1)
  const fill = filled(id, size)
  await ledger.write('gateway', orderStream(id), {
    ...fill,
    symbol: perpetual,
    price: price('60000'),
    instrument: { ...fill.instrument, kind: 'linear', settle: 'USDT' as Currency },
  })
  const day = dayOpened({ equity: amount('0'), highWater: amount('0') })
  const marks = [markAt('60000', noon, perpetual)]
  await ledger.write('risk-guard', riskStream(main), day, { ...taken, marks })
  return ledger
}
const figuresOf = ({ equity, dailyPnl, drawdown, exposure, markedAt, tradingDay }: RiskReply) => ({
  equity: Number(equity),
  dailyPnl: Number(dailyPnl),
  drawdown,
  gross: exposure.gross,
  markedAt,
  highWater: Number(tradingDay?.highWater),
})

describe('risk, where prices move and the guard has had no reason to record them', () => {
  test('is shown at the prices of now, and says since when', async () => {
    const ledger = await long()
    const before = figuresOf(await shownBy(ledger))
    expect(before.markedAt).toBe(formatInstant(noon))
    quote(ledger, '59000')
    const after = figuresOf(await shownBy(ledger))
    expect(after).toMatchObject({
      equity: before.equity - 1000,
      dailyPnl: before.dailyPnl - 1000,
      gross: '59000',
      markedAt: formatInstant(now),
      highWater: before.highWater,
    })
    expect(after.drawdown).not.toBe(before.drawdown)
    quote(ledger, '61000')
    const higher = figuresOf(await shownBy(ledger))
    expect(higher.equity).toBe(before.equity + 1000)
    expect(higher.highWater).toBe(higher.equity)
  })
  test('leaves nothing of it behind, though looking at it fails', async () => {
    const ledger = await long()
    const before = await shownBy(ledger)
    const standing = ledger.knowledge.risk.of(main)
    if (standing === undefined) throw new Error('no book')
    const { revision } = standing.desk
    const known = revision()
    quote(ledger, '59000')
    await shownBy(ledger)
    expect(standing.desk.markOf(perpetual)?.price).toBe(price('60000'))
    expect([standing.desk.revision(), standing.exposure.total().long]).toStrictEqual([
      known,
      amount(before.exposure.gross ?? ''),
    ])
    expect(standing.state()).toBeDefined()
    const look = (): never => {
      throw new Error('no')
    }
    expect(() => atMarket(standing, ledger.knowledge.marks, look)).toThrow('no')
    expect(standing.state()).toBeDefined()
  })
  test('is in doubt where a price is too old, and where it has just jumped', async () => {
    const clock = fixedClock(now)
    const ledger = await long('1', clock)
    quote(ledger, '60100', later(-60_000))
    // What the guard has recorded is newer.
    expect((await shownBy(ledger)).markedAt).toBe(formatInstant(noon))
    clock.advance(60_000)
    expect(await shownBy(ledger)).toMatchObject({
      equity: null,
      dailyPnl: null,
      drawdown: null,
      exposure: { gross: '60000' },
      markedAt: formatInstant(noon),
      doubt:
        'the mark of BTC/USDT:USDT, which values what the book has, is of 2026-01-05T12:00:00Z',
    })
    quote(ledger, '60100', clock.now())
    expect(await shownBy(ledger)).toMatchObject({ doubt: null })
    quote(ledger, '40000', clock.now())
    expect(await shownBy(ledger)).toMatchObject({
      equity: null,
      doubt: 'the price of BTC/USDT:USDT, which values what the book has, has just jumped',
    })
  })
  test('says which limit of loss is broken, though no kill switch stands', async () => {
    const ledger = await long('10')
    expect(await shownBy(ledger)).toMatchObject({ state: 'active', broken: [] })
    quote(ledger, '58100')
    expect(await shownBy(ledger)).toMatchObject({ broken: [] })
    quote(ledger, '57900')
    expect(await shownBy(ledger)).toMatchObject({ state: 'active', broken: ['maxDailyLoss'] })
  })
})
