/** Two guards, whatever happens to a book: what has lost too much is stopped, and nothing else is. */
import { expect } from 'vitest'
import { faultsIn, openStage, type Stage, type TestGuard } from '#apps/risk-guard/testing/stage'
import {
  isDown,
  isLost,
  naiveEquity,
  type NaiveLimits,
  naiveStand,
} from '#apps/risk-guard/testing/naive-worth'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  amount,
  btc,
  deposited,
  filled,
  listed,
  main,
  price,
  ratio,
  symbolOf,
} from '#domain/risk/testing/words'
import type { EventLog } from '#domain/kernel/event-log'
import type { MarketSymbol } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const perpetual = symbolOf('BTC/USDT:USDT')
const symbols = [btc, perpetual] as const
const hour = 3_600_000

type Step =
  | { readonly does: 'trade'; readonly what: number; readonly price: number }
  | {
      readonly does: 'fill'
      readonly what: number
      readonly side: 'buy' | 'sell'
      readonly lots: number
      readonly fee: number
    }
  | { readonly does: 'flow'; readonly value: number }
  | { readonly does: 'ask'; readonly what: number; readonly side: 'buy' | 'sell' }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'read'; readonly who: number; readonly events: number }
  | { readonly does: 'race' }
  | { readonly does: 'restart'; readonly who: number }
  | { readonly does: 'settle' }

const one = (most: number) => fc.nat({ max: most - 1 })
const side = fc.constantFrom('buy' as const, 'sell' as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('trade' as const),
      what: one(2),
      price: fc.integer({ min: 80, max: 120 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('fill' as const),
      what: one(2),
      side,
      lots: fc.integer({ min: 1, max: 9 }),
      fee: fc.integer({ min: 0, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('flow' as const),
      value: fc.integer({ min: -400, max: 900 }).filter((value) => value !== 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('ask' as const), what: one(2), side }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 400, 1000, 4000, 11_000, hour, 13 * hour, 50 * hour),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('read' as const),
      who: one(2),
      events: fc.constantFrom(1, 3, 99),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('race' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('restart' as const), who: one(2) }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('settle' as const) }) },
)

const limits: NaiveLimits = { maxDailyLoss: amount('150'), maxDrawdown: 40_000n }

const play = async (steps: readonly Step[]): Promise<void> => {
  const stage = await openStage({
    maxDailyLoss: amount('150'),
    maxDrawdown: ratio('0.04'),
    maxMarkAgeMs: 5000,
    maxLogLagMs: 999_999_999,
  })
  await stage.write(listed(perpetual))
  await stage.write(withdrawn('995000'))
  const prices = new Map<MarketSymbol, bigint>()
  const trade = (symbol: MarketSymbol, value: bigint): void => {
    prices.set(symbol, value)
    stage.trade((value / 10n ** 18n).toString(), symbol)
  }
  for (const symbol of symbols) trade(symbol, price('100'))
  let interlude: (() => Promise<void>) | undefined
  const racing: EventLog['append'] = async (stream, expected, events) => {
    const first = interlude
    interlude = undefined
    await first?.()
    return stage.log.append(stream, expected, events)
  }
  const guards: [TestGuard, TestGuard] = [stage.guard(racing), stage.guard()]
  const settle = async (): Promise<void> => {
    stage.clock.advance(1000)
    for (const symbol of symbols) trade(symbol, prices.get(symbol) ?? 0n)
    for (const guard of [guards[0], guards[1], guards[0]]) await guard.read()
    await expectStopped(stage, prices)
  }
  for (const [n, each] of steps.entries()) {
    switch (each.does) {
      case 'trade':
        trade(symbols[each.what] ?? btc, price(String(each.price)))
        break
      case 'fill':
        await stage.write(
          filled(n, {
            symbol: symbols[each.what] ?? btc,
            side: each.side,
            quantity: String(each.lots),
            at: '100',
            fee: `0.${String(each.fee)}`,
            feeIn: 'USDT',
            trade: n,
          }),
        )
        break
      case 'flow':
        await stage.write(
          each.value > 0 ? deposited(String(each.value)) : withdrawn(String(-each.value)),
        )
        break
      case 'ask':
        await stage.ask(10_000 + n, { symbol: symbols[each.what] ?? btc, side: each.side })
        break
      case 'wait':
        stage.clock.advance(each.ms)
        break
      case 'read':
        await guards[each.who === 0 ? 0 : 1].read(each.events)
        break
      case 'race':
        interlude = () => guards[1].read()
        await guards[0].read()
        interlude = undefined
        break
      case 'restart':
        guards[each.who === 0 ? 0 : 1] = stage.guard(each.who === 0 ? racing : undefined)
        break
      case 'settle':
        await settle()
    }
  }
  await settle()
  expect(faultsIn(await stage.events())).toStrictEqual([])
}

/** Everything has just been heard, and every guard has read everything. */
const expectStopped = async (
  stage: Stage,
  prices: ReadonlyMap<MarketSymbol, bigint>,
): Promise<void> => {
  const log = await stage.events()
  const { stand, faults } = naiveStand(main, log, limits)
  expect(faults).toStrictEqual([])
  const equity = naiveEquity(
    log.map(({ event }) => event),
    prices,
  )
  if (equity === undefined) throw new Error('every price is known')
  expect(stand.day).toBe(new Date(stage.clock.now() / 1000).toISOString().slice(0, 10))
  if (isLost(stand, equity, limits)) expect(stand.lost).toBe(true)
  if (isDown(stand, equity, limits)) expect(stand.down).toBe(true)
}

prop(
  'whenever a book has lost too much a breach and its kill switch stand in the log, and never without cause',
  fc.array(step, { minLength: 4, maxLength: 30 }),
  play,
  { numRuns: 60 },
)
