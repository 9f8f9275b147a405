import { expect, test } from 'vitest'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import {
  type Asked,
  amount,
  cancelled,
  engaged,
  filled,
  listed,
  markAt,
  noon,
  orderId,
  ratio,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import { fc, prop } from '#testing/prop'

const symbol = symbolOf('BTC/USDT:USDT')
const mark = markAt('100', noon, symbol)
interface Move {
  readonly does: 'ask' | 'fill' | 'cancel'
  readonly strategy: string
  readonly side: 'buy' | 'sell'
  readonly lots: number
  readonly pick: number
}
const move: fc.Arbitrary<Move> = fc.record({
  does: fc.constantFrom('ask', 'ask', 'ask', 'fill', 'fill', 'cancel'),
  strategy: fc.constantFrom('alpha', 'beta', 'gamma'),
  side: fc.constantFrom('buy', 'sell'),
  lots: fc.integer({ min: 1, max: 6 }),
  pick: fc.nat({ max: 9 }),
})
interface Working {
  readonly n: number
  readonly asked: Asked
  readonly underSwitch: boolean
  left: number
}
const wide = {
  maxOrderNotional: amount('1000000'),
  maxOrdersPerSecond: 999,
  maxOrdersPerMinute: 999,
  maxLeverage: ratio('1'),
}
/** The net of the account, by summing up what was filled. */
const played = (before: readonly Move[], under: readonly Move[]) => {
  const desk: Desk = openDesk(wide, listed(symbol))
  const working: Working[] = []
  let net = 0
  let asked = 0
  let trades = 0
  const underSwitch = { stands: false }
  const reduced: (readonly [number, number])[] = []
  const ask = ({ strategy, side, lots }: Move): void => {
    const wanted = { symbol, strategy, side, quantity: String(lots), at: '100' } as const
    const decision = desk.decides(wanted, mark)
    asked += 1
    const n = 1_000_000 + asked
    expect(decision.orderId).toBe(orderId(n))
    desk.given(decision)
    if (decision.type === 'OrderDenied') return
    desk.given(submitted(n, wanted))
    working.push({ n, asked: wanted, left: lots, underSwitch: underSwitch.stands })
  }
  const fill = (order: Working, lots: number): void => {
    const quantity = Math.min(lots, order.left)
    const change = order.asked.side === 'sell' ? -quantity : quantity
    trades += 1
    desk.given(filled(order.n, { ...order.asked, quantity: String(quantity), trade: trades }))
    order.left -= quantity
    if (order.underSwitch) reduced.push([net, net + change])
    net += change
    if (order.left === 0) working.splice(working.indexOf(order), 1)
  }
  const take = (each: Move): void => {
    const order = working[each.pick % Math.max(working.length, 1)]
    if (each.does === 'ask') return ask(each)
    if (order === undefined) return
    if (each.does === 'fill') return fill(order, each.lots)
    const done = Number(order.asked.quantity) - order.left
    desk.given(cancelled(order.n, String(done)))
    working.splice(working.indexOf(order), 1)
  }
  before.forEach(take)
  desk.given(engaged(1, 'reduce'))
  underSwitch.stands = true
  under.forEach(take)
  for (const order of working.toReversed()) fill(order, order.left)
  return reduced
}

const moves = fc.array(move, { minLength: 4, maxLength: 30, size: 'max' })
prop(
  'under a kill switch that lets through what reduces, no fill of what was approved takes an account further from zero in a contract',
  fc.tuple(moves, moves),
  ([before, under]) => {
    for (const [from, to] of played(before, under)) {
      expect(Math.abs(to)).toBeLessThan(Math.abs(from))
    }
  },
  { numRuns: 150 },
)
test('there are such fills', () => {
  const some = fc.sample(fc.tuple(moves, moves), { seed: 1, numRuns: 50 })
  expect(some.flatMap(([before, under]) => played(before, under)).length).toBeGreaterThan(20)
})
