import { afterEach, describe, expect, test } from 'vitest'
import { fc, prop } from '#testing/prop'
import type { Tick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { binance } from './binance.ts'
import type { HeardQuote, HeardTrade } from './heard.ts'
import { listenTo, openVenue } from './testing/double.ts'
import { binanceTrade } from './testing/shown.ts'
import { type Gap, openTicks } from './ticks.ts'

const symbols = ['BTC/USDT', 'ETH/USDT'] as MarketSymbol[]
const at = 1_700_000_000_000_000 as Instant
const one = 10n ** 18n
const trade = (code: string, number: number): HeardTrade => ({
  type: 'trade',
  code,
  tradeId: String(number) as TradeId,
  place: { number, dense: true },
  venueAt: at,
  price: one as Price,
  quantity: one as Quantity,
  aggressor: 'buy',
})
const quote = (number: number): HeardQuote => ({
  type: 'quote',
  code: 'A',
  number,
  venueAt: undefined,
  bid: one as Price,
  bidQuantity: 0n as Quantity,
  ask: one as Price,
  askQuantity: 0n as Quantity,
})
const opened = () => {
  const ticks: Tick[] = []
  const gaps: Gap[] = []
  const repeated: string[] = []
  const codes = new Map([
    ['A', symbols[0] as MarketSymbol],
    ['B', symbols[1] as MarketSymbol],
  ])
  const made = openTicks(codes, 0, {
    tick: (tick) => ticks.push(tick),
    gap: (gap) => gaps.push(gap),
    repeated: (symbol) => repeated.push(symbol),
    unknown: () => undefined,
  })
  const idsOf = (symbol: string | undefined) =>
    ticks.flatMap((tick) =>
      tick.type === 'trade' && tick.symbol === symbol ? [Number(tick.tradeId)] : [],
    )
  return {
    made,
    ticks,
    gaps,
    repeated,
    idsOf,
    hear: (h: HeardTrade | HeardQuote) => made.hear(h, at),
  }
}

describe('trades', () => {
  test('that are missing are counted, and told when they come late', () => {
    const { hear, gaps, idsOf, repeated } = opened()
    for (const number of [5, 6, 10, 8, 8, 11]) hear(trade('A', number))
    expect(idsOf(symbols[0])).toStrictEqual([5, 6, 10, 8, 11])
    expect(gaps).toStrictEqual([{ symbol: 'BTC/USDT', missed: 3 }])
    expect(repeated).toStrictEqual(['BTC/USDT'])
  })
  test('of one market say nothing about another', () => {
    const { hear, gaps } = opened()
    for (const heard of [trade('A', 1), trade('B', 900), trade('A', 2), trade('B', 901)])
      hear(heard)
    expect(gaps).toStrictEqual([])
  })
  test('made while nobody listened are a gap, and are not told as if they were made now', () => {
    const { made, hear, gaps, idsOf } = opened()
    const before = (number: number) => made.hear({ type: 'before', code: 'A', number }, at)
    before(7)
    hear(trade('A', 8))
    made.onReconnect()
    before(12)
    hear(trade('A', 13))
    expect(idsOf(symbols[0])).toStrictEqual([8, 13])
    expect(gaps).toStrictEqual([{ symbol: 'BTC/USDT', missed: 4 }])
  })
  test('that were promised and did not come are missed at the second promise', () => {
    const { made, hear, gaps, idsOf } = opened()
    const promised = (number: number) => made.hear({ type: 'promised', code: 'A', number }, at)
    hear(trade('A', 1))
    promised(3)
    expect(gaps).toStrictEqual([])
    // Overtaken by the promise, and then one that never comes.
    hear(trade('A', 2))
    promised(3)
    expect(gaps).toStrictEqual([{ symbol: 'BTC/USDT', missed: 1 }])
    hear(trade('A', 3))
    expect(idsOf(symbols[0])).toStrictEqual([1, 2, 3])
  })
  test('without numbers are new when they are later, or of the same time and another name', () => {
    const { hear, ticks, gaps } = opened()
    const timed = (number: number, id: string): HeardTrade => ({
      ...trade('A', number),
      tradeId: id as TradeId,
      place: { number, dense: false },
    })
    const rows = [timed(5, '5'), timed(5, '5.2'), timed(5, '5'), timed(4, '4'), timed(900, '900')]
    for (const row of rows) hear(row)
    expect(ticks.map((tick) => 'tradeId' in tick && tick.tradeId)).toStrictEqual([
      '5',
      '5.2',
      '900',
    ])
    expect(gaps).toStrictEqual([])
  })
  test('one absurd number does not silence those that follow', () => {
    const { hear, idsOf } = opened()
    for (const number of [1, 2, 999_999_999_999_999, 3, 4, 5, 4]) hear(trade('A', number))
    expect(idsOf(symbols[0])).toStrictEqual([1, 2, 999_999_999_999_999, 3, 4, 5])
  })
})

test('quotes are told in the order of their numbers, which begin anew on another line', () => {
  const { made, hear, ticks, repeated } = opened()
  for (const number of [4, 5, 5, 3]) hear(quote(number))
  made.onReconnect()
  hear(quote(1))
  expect([ticks.length, repeated.length]).toStrictEqual([3, 2])
})

/** Trades 1 to n of two markets, as a careless network brings them. */
type Step =
  | { readonly do: 'next' | 'skip' | 'again' | 'late'; readonly market: 'A' | 'B' }
  | { readonly do: 'cut' }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom('next', 'again', 'skip', 'late'),
      market: fc.constantFrom('A', 'B'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'cut' as const }) },
)
/** What a step brings, and what must come of it by the plainest of means: a set of all that was sent. */
const courseOf = (steps: readonly Step[]) => {
  const made = { A: 0, B: 0 }
  const sent = { A: [] as number[], B: [] as number[] }
  return steps.flatMap((each): readonly ({ market: 'A' | 'B'; number: number } | 'cut')[] => {
    if (each.do === 'cut') return ['cut']
    const { market } = each
    const told = sent[market]
    if (each.do === 'next' || each.do === 'skip') {
      made[market] += 1
      // A skipped trade is made and, for now, not brought.
      if (each.do === 'skip') return []
      told.push(made[market])
      return [{ market, number: made[market] }]
    }
    const missing = Array.from({ length: made[market] }, (_, n) => n + 1).filter(
      (n) => n > (told[0] ?? Infinity) && n < made[market] && !told.includes(n),
    )
    const number = each.do === 'again' ? (told.at(-3) ?? told.at(-1)) : missing.at(-1)
    if (number === undefined) return []
    told.push(number)
    return [{ market, number }]
  })
}
const increasing = (list: readonly number[]): boolean =>
  list.every((n, index) => index === 0 || n > (list[index - 1] ?? 0))

prop(
  'whatever is cut, skipped, repeated or late: each trade that came is told once, in rising sequence',
  fc.array(step, { maxLength: 120 }),
  (steps) => {
    const { made, hear, ticks, idsOf, gaps } = opened()
    const course = courseOf(steps)
    for (const each of course)
      if (each === 'cut') made.onReconnect()
      else hear(trade(each.market, each.number))
    for (const [market, symbol] of [
      ['A', symbols[0]],
      ['B', symbols[1]],
    ] as const) {
      const came = course.flatMap((each) =>
        each !== 'cut' && each.market === market ? [each.number] : [],
      )
      const told = idsOf(symbol)
      expect(told).toStrictEqual([...new Set(came)])
      expect(increasing(ticks.flatMap((t) => (t.symbol === symbol ? [t.sequence] : [])))).toBe(true)
      // All that lies between the first and the highest, less what came in its turn, was missed at some time.
      const inTurn = came.filter((n, index) => n > Math.max(0, ...came.slice(0, index)))
      const span = came.length === 0 ? 0 : Math.max(...came) - (came[0] ?? 0) + 1
      const missed = gaps
        .filter((gap) => gap.symbol === symbol)
        .reduce((sum, g) => sum + g.missed, 0)
      expect(missed).toBe(span - inTurn.length)
    }
  },
  { numRuns: 500 },
)

describe('over real sockets', () => {
  const open: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close()
  })
  prop(
    'the same holds, however the line is cut',
    fc.array(step, { minLength: 5, maxLength: 40 }),
    async (steps) => {
      const venue = await openVenue({ greet: (to) => to.say({ result: null, id: 1 }) })
      const heard = listenTo(binance, venue.url, symbols)
      open.push(venue.close, heard.stop)
      const codes = { A: 'BTCUSDT', B: 'ETHUSDT' }
      const course = courseOf(steps)
      let lines = 1
      let connection = await venue.connection(lines)
      const brought: string[] = []
      for (const each of course) {
        if (each === 'cut') {
          connection.cutWithin({ stream: 'btcusdt@trade', data: { ...binanceTrade, t: 1 } })
          lines += 1
          connection = await venue.connection(lines)
          continue
        }
        const data = { ...binanceTrade, s: codes[each.market], t: each.number }
        connection.say({ stream: `${data.s.toLowerCase()}@trade`, data })
        // A cut loses what is still on its way: wait until it has arrived.
        brought.push(`${each.market}${String(each.number)}`)
        const arrived = new Set(brought).size
        const repeats = brought.length - arrived
        await heard.until(
          () =>
            heard.ticks.length === arrived &&
            heard.notices.filter(({ type }) => type === 'repeated').length === repeats,
        )
      }
      const told = heard.ticks.map(
        (tick) =>
          `${tick.symbol === symbols[0] ? 'A' : 'B'}${'tradeId' in tick ? tick.tradeId : ''}`,
      )
      expect(told).toStrictEqual([...new Set(brought)])
      for (const close of open.splice(0).toReversed()) await close()
    },
    { numRuns: 25 },
  )
})
