/** A guard that has just started decides as one that has watched all along, and as the derivation does. */
import { describe, expect, test } from 'vitest'
import { faultsIn, openStage } from '#apps/risk-guard/testing/stage'
import { type Asked, filled, listed, symbolOf } from '#domain/risk/testing/words'

const symbol = symbolOf('BTC/USDT:USDT')

describe('given two strategies that are long in one contract, one by a position and one by an order', () => {
  test('when a guard has just started and a third one sells, then its decision derives', async () => {
    const asked: Asked = { symbol, quantity: '0.1', at: '65000' }
    const stage = await openStage({ maxLogLagMs: 900_000_000 })
    await stage.write(listed(symbol))
    await stage.write(filled(1, { ...asked, strategy: 'alpha', quantity: '0.4', feeIn: 'USDT' }))
    stage.trade('65000', symbol)
    const first = stage.guard()
    await first.read()
    await stage.ask(2, { ...asked, strategy: 'gamma' })
    await first.read()
    expect(await stage.decisions()).toStrictEqual(['2: approved'])
    const restarted = stage.guard()
    await restarted.read()
    await stage.ask(3, { ...asked, strategy: 'beta', side: 'sell' })
    await restarted.read()
    expect((await stage.decisions()).at(-1)).toBe('3: opposingStrategies')
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})
