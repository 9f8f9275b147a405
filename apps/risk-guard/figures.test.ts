import { describe, expect, test } from 'vitest'
import { allOf, falls, held, hour, long, lost, perpetual } from '#apps/risk-guard/testing/long-book'
import { faultsIn, type Stage } from '#apps/risk-guard/testing/stage'
import { withdrawn } from '#domain/risk/testing/money-words'
import { btc, deposited, filled, ratio } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import { type Amount, Ratio } from '#schemas/values/decimal'

/** Nobody has so much, and an event takes it. */
const most = (10n ** 76n - 1n) as Amount
const movesMost = (event: LedgerEvent): LedgerEvent =>
  event.type === 'FundsDeposited' || event.type === 'FundsWithdrawn'
    ? { ...event, amount: most }
    : event
const mostIn = (currency = 'USDT'): LedgerEvent => movesMost(deposited('1', currency))
const mostOut = movesMost(withdrawn('1'))
const highestPrice = '9'.repeat(20)
const part = { symbol: perpetual, quantity: '0.5' } as const

/** By guards that start anew, whatever the one before came to. */
const decidesAnew = async (stage: Stage): Promise<void> => {
  for (let start = 0; start < 3; start += 1) await stage.guard().read()
  stage.clock.advance(1000)
  await stage.ask(3, { ...part, side: 'buy' })
  await stage.ask(4, { ...part, side: 'sell', reduceOnly: true })
  for (let start = 0; start < 3; start += 1) await stage.guard().read()
  const [increase, exit] = await stage.decisions()
  expect(increase).not.toContain('approved')
  expect(exit).toBe('4: reducing')
  expect(faultsIn(await stage.events())).toStrictEqual([])
}

describe('exits are decided and increases denied', () => {
  const watched = { ...lost, maxDrawdown: ratio('0.1') }
  test.each([
    ['more was brought in than can be written down', [mostIn(), mostIn()]],
    ['a coin was, that has a price', [mostIn('BTC')]],
    ['one that has none', [mostIn('ETH'), mostIn('ETH')]],
    ['it went out', [mostOut, mostOut]],
    ['it came in and went out', [mostIn(), mostIn('BTC'), mostOut]],
    [
      'a trade was as large as trades are',
      [filled(2, { symbol: btc, quantity: highestPrice, at: highestPrice, feeIn: 'USDT' })],
    ],
    [
      'contracts were, and are of another price now',
      [filled(2, { ...held, quantity: '99999999999999999998', at: highestPrice })],
    ],
    ['nothing is left', [withdrawn('1000000')]],
    ['less than nothing is', [withdrawn('3000000')]],
  ])('where %s', async (_, happened) => {
    const stage = await long(watched)
    for (const event of happened) await stage.write(event)
    falls(stage, '60000')
    stage.trade('60000')
    await decidesAnew(stage)
  })
  test.each(['1', highestPrice])('at a price of %s', async (price) => {
    const stage = await long(watched)
    falls(stage, price)
    stage.trade(price)
    await decidesAnew(stage)
  })
  test('on the days after', async () => {
    const stage = await long(watched)
    await stage.write(mostIn())
    await stage.write(mostIn('BTC'))
    for (const hours of [13, 24, 50]) {
      falls(stage, '60000', hours * hour)
      stage.trade('60000')
      await stage.guard().read()
    }
    await decidesAnew(stage)
    const days = (await allOf(stage, 'TradingDayOpened')).map(({ day, late }) => [day, late])
    expect(days).toStrictEqual([
      ['2026-01-05', false],
      ['2026-01-06', true],
      ['2026-01-07', true],
      ['2026-01-09', true],
    ])
  })
  test('where the money that nobody has is taken out again, its day goes on as if it had not come', async () => {
    const stage = await long(watched)
    await stage.write(mostIn())
    falls(stage, '65000')
    await stage.guard().read()
    await stage.write(mostOut)
    falls(stage, '64999')
    stage.trade('65000')
    await stage.ask(3, { ...part, side: 'buy', quantity: '0.01' })
    await stage.guard().read()
    expect(await stage.decisions()).toStrictEqual(['3: approved'])
  })
})

test('a loss of more than can be told of next to nothing is a drawdown all the same', async () => {
  const stage = await long({ maxDrawdown: ratio('0.1') })
  await stage.write(withdrawn('999999.99999999999999999999'))
  await stage.guard().read()
  falls(stage, '5000')
  await stage.guard().read()
  const [breach] = await allOf(stage, 'DrawdownBreached')
  expect(Ratio.is(breach?.drawdown)).toBe(true)
  expect((await allOf(stage, 'KillSwitchEngaged')).length).toBe(1)
  await decidesAnew(stage)
})
