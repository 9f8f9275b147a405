import { describe, expect, test } from 'vitest'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import { formatInstant, type Instant, parseInstant } from '#schemas/values/instant'
import { candlesOf, isClosed, marketClock, type Print, startOf } from './candles.ts'

const at = (time: string): Instant => parseInstant(`2026-11-20T${time}Z`) as Instant
const print = (time: string, price: bigint, quantity = 1n): Print => ({
  venueAt: at(time),
  price: price as Price,
  quantity: quantity as Quantity,
})

describe('a candle of a minute', () => {
  test('is what was traded in it', () => {
    const prints = [
      print('12:00:00', 100n, 2n),
      print('12:00:20', 105n, 1n),
      print('12:00:40', 90n, 4n),
      print('12:00:59.999999', 95n, 3n),
    ]
    expect(candlesOf(60, prints)).toStrictEqual([
      {
        start: at('12:00:00'),
        firstAt: at('12:00:00'),
        lastAt: at('12:00:59.999999'),
        open: 100n,
        high: 105n,
        low: 90n,
        close: 95n,
        volume: 10n as Quantity,
        quoteVolume: (200n + 105n + 360n + 285n) as Amount,
        trades: 4,
      },
    ])
  })
  test('ends where the next begins, and is absent where nobody trades', () => {
    const candles = candlesOf(60, [print('12:00:59.999999', 1n), print('12:02:00', 2n)])
    expect(candles.map(({ start }) => formatInstant(start))).toStrictEqual([
      '2026-11-20T12:00:00Z',
      '2026-11-20T12:02:00Z',
    ])
  })
  test('takes a late trade in, wherever it belongs', () => {
    const prints = [print('12:00:30', 100n), print('12:01:10', 200n), print('12:00:10', 90n)]
    expect(candlesOf(60, prints)).toMatchObject([
      { open: 90n, close: 100n, low: 90n, trades: 2 },
      { open: 200n, trades: 1 },
    ])
  })
  test('opens with the first and closes with the last of trades at one time', () => {
    const prints = [1n, 3n, 2n].map((price) => print('12:00:30', price))
    expect(candlesOf(60, prints)).toMatchObject([{ open: 1n, high: 3n, close: 2n }])
  })
})

test.each([
  [1, '13:47:59'],
  [5, '13:47:55'],
  [15, '13:47:45'],
  [60, '13:47:00'],
  [300, '13:45:00'],
  [900, '13:45:00'],
  [3_600, '13:00:00'],
  [14_400, '12:00:00'],
  [86_400, '00:00:00'],
])('of %i s the one of 13:47:59.5 begins at %s', (seconds, start) => {
  expect(startOf(seconds, at('13:47:59.5'))).toBe(at(start))
})
test('a day before 1970 begins at its midnight too', () => {
  expect(startOf(86_400, -1 as Instant)).toBe(-86_400_000_000)
})

describe('a candle is closed', () => {
  const heard = at('12:00:30.5')
  test('when its end has come, trade or not', () => {
    const clock = (now: string) => marketClock(at('12:00:30'), heard, at(now))
    expect(isClosed(60, at('12:00:00'), clock('12:00:59'))).toBe(false)
    expect(isClosed(60, at('12:00:00'), clock('12:01:00.499999'))).toBe(false)
    expect(isClosed(60, at('12:00:00'), clock('12:01:00.5'))).toBe(true)
  })
  test('by the clock of the market, which of a replay is years behind', () => {
    const old = parseInstant('2024-08-08T10:15:30Z') as Instant
    const start = startOf(60, old)
    expect(isClosed(60, start, marketClock(old, heard, at('12:00:40.5')))).toBe(false)
    expect(isClosed(60, start, marketClock(old, heard, at('12:01:00.5')))).toBe(true)
  })
  test('by a clock that does not go back when ours is set back', () => {
    expect(marketClock(at('12:00:30'), heard, at('11:00:00'))).toBe(at('12:00:30'))
  })
})
