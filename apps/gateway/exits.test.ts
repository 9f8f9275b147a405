/** Exits under a kill switch that lets reductions through: those that are one no longer, by example. */
import { afterEach, describe, expect, test } from 'vitest'
import { bitcoin } from '#apps/gateway/testing/script'
import { named, Stage } from '#apps/gateway/testing/stage'
import { quantity } from '#domain/testing/orders'
import { orderStream } from '#schemas/streams'
import type { MarketSymbol, OrderId, StrategyId, TradeId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

const contract = {
  ...bitcoin,
  symbol: 'BTC/USDT:USDT' as MarketSymbol,
  terms: { ...bitcoin.terms, kind: 'linear' },
} as const

describe.each([bitcoin, contract])('on $terms.kind', ({ symbol }) => {
  let stage: Stage
  /** Sells past the kill switch, for its cancel comes too late. */
  let seller: OrderId
  afterEach(() => {
    stage.noDefects()
  })

  const started = async (): Promise<void> => {
    stage = new Stage([bitcoin, contract])
    await stage.furnish()
    await stage.running()
    stage.venue.cancelScript = (order) => (order === named(seller) ? 'tooLate' : 'answer')
  }
  /** So much bought for one strategy, and an order that may sell it again. */
  const holding = async (size: string): Promise<void> => {
    await started()
    await bought(size, 'manual')
    seller = await stage.place({ symbol, side: 'sell' })
    await stage.world.settle()
  }
  const bought = async (size: string, strategy: string): Promise<void> => {
    stage.venue.script = () => ({ effect: 'fill', answer: 'answer' })
    await stage.place({ symbol, quantity: quantity(size), strategy: strategy as StrategyId })
    await stage.world.settle()
    stage.venue.script = () => ({ effect: 'rest', answer: 'answer' })
  }
  const exit = async (size: string, change: Partial<Terms> = {}): Promise<OrderId> => {
    const order = await stage.intend({ symbol, side: 'sell', quantity: quantity(size), ...change })
    await stage.approve(order, { reducing: true })
    await stage.world.settle()
    return order
  }
  const sold = async (size: string): Promise<void> => {
    stage.venue.fill(named(seller), size)
    await stage.world.settle()
  }
  const cancelled = async (order: OrderId): Promise<boolean> => {
    const types = await stage.typesOf(order)
    expect(types).toContain('OrderAccepted')
    return types.includes('OrderCancelled')
  }
  const reduce = async (): Promise<void> => {
    await stage.kill('reduce')
    await stage.world.settle()
  }

  test('an exit stays open while it is covered by what is held', async () => {
    await holding('1')
    const order = await exit('1')
    await reduce()
    stage.venue.fill(named(order), '0.4')
    await stage.world.settle()
    expect(await cancelled(order)).toBe(false)
    expect(stage.venue.cancels).toStrictEqual([named(seller)])
  })
  test('it is cancelled by the kill switch once another sell has closed the position', async () => {
    await holding('1')
    const order = await exit('1')
    await reduce()
    await sold('1')
    const [killSwitch] = await stage.all('KillSwitchEngaged')
    expect(await stage.all('OrderCancelRequested')).toContainEqual({
      type: 'OrderCancelRequested',
      orderId: order,
      killSwitchId: killSwitch?.killSwitchId,
    })
    expect(await cancelled(order)).toBe(true)
  })
  test('it is cancelled once it is more than what is left', async () => {
    await holding('1')
    const order = await exit('0.6')
    await reduce()
    await sold('0.4')
    expect(await cancelled(order)).toBe(false)
    await sold('0.01')
    expect(await cancelled(order)).toBe(true)
  })
  test('it is cancelled where the position had gone before the kill switch came', async () => {
    await holding('1')
    const order = await exit('1')
    await sold('1')
    expect(await cancelled(order)).toBe(false)
    await reduce()
    expect(await cancelled(order)).toBe(true)
  })
  test('it is cancelled once a foreign fill has closed the position it was for', async () => {
    await started()
    stage.venue.strangerTrades('1', 'buy', symbol)
    await stage.world.settle()
    const order = await exit('1', { strategy: 'unassigned' as StrategyId })
    await reduce()
    expect(await cancelled(order)).toBe(false)
    stage.venue.strangerTrades('0.1', 'sell', symbol)
    await stage.world.settle()
    expect(await cancelled(order)).toBe(true)
  })
  test('of several that are too much together, those approved first stay', async () => {
    await holding('1')
    const orders = [await exit('0.5'), await exit('0.3'), await exit('0.2')] as const
    await reduce()
    await sold('0.3')
    expect(await Promise.all(orders.map(cancelled))).toStrictEqual([false, true, false])
  })
  test('what another strategy holds covers nothing', async () => {
    await holding('1')
    await bought('5', 'other')
    const order = await exit('1')
    await reduce()
    await sold('1')
    expect(await cancelled(order)).toBe(true)
  })
  test('it is not sent where the position had gone by the time that it was approved', async () => {
    await holding('1')
    await reduce()
    await sold('0.5')
    const [order, covered] = [await exit('0.6'), await exit('0.5')]
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'killSwitch' } })
    expect(await stage.lastOf(covered)).toMatchObject({ type: 'OrderAccepted' })
    expect(stage.venue.orderOf(named(order))).toBeUndefined()
  })
  test('a gateway that was away finds what it has to cancel in the log', async () => {
    await holding('1')
    const order = await exit('1')
    await reduce()
    for (const node of stage.nodes.slice()) stage.crash(node)
    stage.venue.fill(named(seller), '1')
    await stage.running('g2')
    expect(await cancelled(order)).toBe(true)
  })
  test('a release does not bring back what had become too much before it', async () => {
    await holding('1')
    const order = await exit('1')
    await reduce()
    for (const node of stage.nodes.slice()) stage.crash(node)
    const [buy] = await stage.all('OrderFilled')
    if (buy === undefined) throw new Error('it was bought')
    const sale = { orderId: seller, side: 'sell', tradeId: 'T99' as TradeId } as const
    await stage.write(orderStream(seller), { ...buy, ...sale })
    await stage.release()
    await stage.running('g2')
    expect(await cancelled(order)).toBe(true)
  })
  test('after the release it is what it was approved as', async () => {
    await holding('1')
    const order = await exit('1')
    await reduce()
    await stage.release()
    await sold('1')
    expect(await cancelled(order)).toBe(false)
  })
  test('one that the venue would not cancel counts again', async () => {
    await holding('1')
    const first = await exit('0.6')
    const second = await exit('0.4')
    stage.venue.cancelScript = () => 'tooLate'
    await stage.askCancel(first)
    await reduce()
    stage.venue.cancelScript = () => 'answer'
    await sold('0.4')
    expect([await cancelled(first), await cancelled(second)]).toStrictEqual([false, true])
  })
})
