/** Each strategy alone with a market: what it places, and what it never does. */
import { describe, expect, test } from 'vitest'
import { carry } from './carry.ts'
import { hedger } from './hedger.ts'
import { maker } from './maker.ts'
import { dice, numberOf, textOf } from './prices.ts'
import { rebalancer } from './rebalancer.ts'
import { reverter } from './reverter.ts'
import type { Hands, LiveOrder, Step, Wanted } from './strategy.ts'
import { trend } from './trend.ts'

const n = numberOf
const quote = { bid: n('60000'), ask: n('60000.5') }
const resting = (more: Partial<LiveOrder>): LiveOrder => ({
  id: 'a',
  side: 'buy',
  type: 'limit',
  quantity: n('1'),
  filled: 0n,
  limitPrice: quote.bid,
  since: performance.now(),
  hasEnded: false,
  ...more,
})

/** What it does in so many steps, all of them with the same in hand. */
const played = async (step: Step, given: Partial<Hands> = {}, steps = 1) => {
  const placed: Wanted[] = []
  const cancelled: LiveOrder[] = []
  const roll = dice(7)
  for (let turn = 0; turn < steps; turn += 1) {
    await step({
      quote,
      tick: n('0.1'),
      lot: n('0.001'),
      held: 0n,
      open: [],
      exposed: 0n,
      roll,
      place: async (wanted) => void placed.push(wanted),
      cancel: async (orders) => void cancelled.push(...orders),
      ...given,
    })
  }
  return { placed, cancelled }
}

describe('a market maker', () => {
  const making = { size: 2, most: 20, canShort: true }
  test('quotes both sides, and takes nothing', async () => {
    const { placed } = await played(maker(making))
    expect(placed.map(({ side, limitPrice }) => [side, limitPrice])).toStrictEqual([
      ['buy', quote.bid],
      ['sell', quote.ask],
    ])
    expect(placed.every(({ postOnly }) => postOnly === true)).toBe(true)
  })
  test('leaves what stands at the touch, and takes back what does not', async () => {
    const away = resting({ id: 'b', side: 'sell', limitPrice: n('60001') })
    const { placed, cancelled } = await played(maker(making), { open: [resting({}), away] })
    expect(cancelled.map(({ id }) => id)).toStrictEqual(['b'])
    expect(placed.map(({ side }) => side)).toStrictEqual(['sell'])
  })
  test('offers of a spot only what it has', async () => {
    const spot = maker({ ...making, canShort: false })
    expect((await played(spot)).placed).toMatchObject([{ side: 'buy', type: 'market' }])
    const { placed } = await played(spot, { held: n('0.002'), open: [resting({ id: 'c' })] })
    expect(placed.map(({ side }) => side)).toStrictEqual(['sell'])
  })
  test('stops where it has enough', async () => {
    const { placed } = await played(maker(making), { held: n('0.02') })
    expect(placed.map(({ side }) => side)).toStrictEqual(['sell'])
  })
})

describe('a trend follower', () => {
  test('goes in by stops beyond the market, of both types and on both sides', async () => {
    const { placed } = await played(trend({ size: 3, isContract: true }), {}, 4)
    expect(new Set(placed.map(({ type }) => type))).toStrictEqual(new Set(['stop', 'stopLimit']))
    for (const { side, stopPrice = 0n } of placed)
      expect(side === 'buy' ? stopPrice > quote.ask : stopPrice < quote.bid).toBe(true)
  })
  test('protects what it has by an order that only reduces', async () => {
    const { placed } = await played(trend({ size: 3, isContract: true }), { held: -n('0.003') })
    expect(placed).toMatchObject([{ side: 'buy', quantity: n('0.003'), reduceOnly: true }])
  })
  test('gets out at the market where its stop has stood for long', async () => {
    const stop = resting({ side: 'sell', type: 'stop', since: performance.now() - 10_000 })
    const given = { held: n('0.003'), open: [stop] }
    const { placed, cancelled } = await played(trend({ size: 3, isContract: false }), given)
    expect(cancelled).toStrictEqual([stop])
    expect(placed).toMatchObject([{ side: 'sell', type: 'market', reduceOnly: false }])
  })
})

describe('the others', () => {
  test('a mean reverter buys below the market, and sells no more than it has', async () => {
    const { placed } = await played(reverter(5), { held: n('0.01') }, 50)
    for (const { side, limitPrice = 0n, quantity } of placed) {
      if (side === 'buy') expect(limitPrice).toBeLessThanOrEqual(quote.bid)
      else expect(quantity).toBeLessThanOrEqual(n('0.01'))
    }
    expect(new Set(placed.map(({ side }) => side)).size).toBe(2)
    expect(placed.some(({ lastsMs }) => lastsMs !== undefined)).toBe(true)
  })
  test('a rebalancer asks at once or not at all', async () => {
    const { placed } = await played(rebalancer(5), { held: n('0.008') }, 50)
    expect(new Set(placed.map(({ timeInForce }) => timeInForce))).toStrictEqual(
      new Set(['ioc', 'fok']),
    )
    for (const { side, quantity } of placed)
      if (side === 'sell') expect(quantity).toBeLessThanOrEqual(n('0.008'))
  })
  test('a carry trade stays short, within its bounds', async () => {
    const given = { lot: n('1'), held: -n('5') }
    const { placed } = await played(carry({ least: 3, most: 9 }), given, 40)
    for (const { side, quantity } of placed) {
      const after = side === 'sell' ? n('5') + quantity : n('5') - quantity
      expect(after >= n('3') && after < n('9')).toBe(true)
    }
    expect(new Set(placed.map(({ side }) => side)).size).toBe(2)
  })
  test('a hedger sells against what its desk holds, and takes back by orders that only reduce', async () => {
    const contracts = { tick: n('0.1'), lot: n('1') }
    const { placed } = await played(hedger(), { ...contracts, exposed: n('0.02') })
    expect(placed).toMatchObject([{ side: 'sell' }])
    expect(Number(textOf(placed[0]?.quantity ?? 0n))).toBeGreaterThanOrEqual(12)
    const tooMuch = await played(hedger(), { ...contracts, held: -n('30') }, 16)
    expect(
      tooMuch.placed.every(({ side, reduceOnly }) => side === 'buy' && reduceOnly === true),
    ).toBe(true)
    for (const { quantity } of tooMuch.placed) expect(quantity).toBeLessThanOrEqual(n('30'))
  })
})
