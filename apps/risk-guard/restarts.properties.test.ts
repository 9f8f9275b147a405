/**
 * Whenever guards start, from the log or from what another one has kept, and whenever they look: what they decide and
 * record of a book derives, and what they know is what a fold of the log knows. Six instruments, three strategies,
 * prices that jump, go stale and are missing, money that comes and goes, limits and kill switches that change.
 */
import { expect } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import {
  faultsIn,
  type Kept,
  openStage,
  type Stage,
  type TestGuard,
} from '#apps/risk-guard/testing/stage'
import { digestOf } from '#domain/risk/snapshot'
import { type Standings, standingsFold } from '#domain/risk/standing'
import { proposalId, proposed } from '#domain/risk/testing/control-words'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  accepted,
  account,
  type Asked,
  amount,
  cancelled,
  deposited,
  engaged,
  filled,
  listed,
  main,
  ratio,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import type { KillSwitchId, Line, StrategyId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const traded = [
  'BTC/USDT:USDT',
  'ETH/USDT:USDT',
  'BTC/USD:BTC',
  'BTC/USDT',
  'ETH/USDT',
  'SOL/EUR',
].map(symbolOf)
const [perpetual = symbolOf('BTC/USDT:USDT')] = traded
const quoted = [...traded, symbolOf('EUR/USDT'), symbolOf('SOL/USDT')]
const strategies = ['alpha', 'beta', 'gamma'] as readonly string[] as readonly StrategyId[]
const limits: Limits = {
  maxLogLagMs: 900_000_000,
  maxDailyLoss: amount('3000'),
  maxDrawdown: ratio('0.02'),
  maxMarkJump: ratio('0.1'),
  duplicateWindowMs: 2000,
  maxOpenOrders: 10_000,
  maxOrdersPerSecond: 1000,
  maxOrdersPerMinute: 10_000,
  maxStrategyCapital: { alpha: amount('200000') },
  maxStrategyPositions: { beta: 3 },
  overrides: [
    { strategy: 'beta' as StrategyId, maxOpenOrders: 9 },
    { account, symbol: perpetual, maxGrossExposure: amount('90000') },
  ],
}
const tighter: readonly Limits[] = [
  { duplicateWindowMs: 9000 },
  { duplicateWindowMs: 500 },
  { maxDailyLoss: amount('2500') },
  { maxDailyLoss: amount('2000') },
  { maxDrawdown: ratio('0.01') },
  { maxStrategyPositions: { beta: 3, gamma: 4 } },
]

const index = (length: number) => fc.nat({ max: length - 1 })
const order = {
  what: index(traded.length),
  who: index(strategies.length),
  side: fc.constantFrom('buy' as const, 'sell' as const),
}
const step = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      does: fc.constant('ask' as const),
      ...order,
      quantity: fc.constantFrom('0.01', '0.05', '0.1'),
      at: fc.constantFrom('64900', '65000', '65100'),
      becomes: fc.constantFrom('asked', 'asked', 'decided', 'accepted', 'filled' as const),
    }),
  },
  {
    weight: 15,
    arbitrary: fc.record({
      does: fc.constant('fill' as const),
      ...order,
      quantity: fc.constantFrom('0.01', '0.03'),
      feeIn: fc.constantFrom('USDT', 'BTC', 'SOL'),
      fee: fc.constantFrom('0', '0.5'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('money' as const),
      value: fc.constantFrom('100', '2'),
      currency: fc.constantFrom('USDT', 'BTC', 'EUR'),
      leaves: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('cancel' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('propose' as const),
      which: index(tighter.length),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('engage' as const), who: index(strategies.length) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('release' as const) }) },
  {
    weight: 28,
    arbitrary: fc.record({
      does: fc.constant('tick' as const),
      ms: fc.constantFrom(1, 100, 700, 1100, 6000),
      prices: fc.tuple(
        ...quoted.map(() =>
          fc.constantFrom(undefined, undefined, 64_000, 64_700, 65_000, 65_100, 66_000, 78_000),
        ),
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('start' as const), fromKept: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('keep' as const) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('read' as const),
      events: fc.constantFrom(3, 1000, 1000),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

interface World {
  readonly stage: Stage
  readonly working: number[]
  guard: TestGuard
  kept: Kept | undefined
  orders: number
  requests: number
}

/** In parts that end in time on a busy machine. */
for (const part of ['first', 'second', 'third', 'fourth'])
  prop(
    `a guard that starts anywhere and looks at any time decides as the log derives, ${part} part`,
    fc.array(step, { minLength: 20, maxLength: 90, size: 'max' }),
    async (steps) => {
      const stage = await openStage(limits)
      for (const symbol of traded.filter((each) => each !== symbolOf('BTC/USDT')))
        await stage.write(listed(symbol))
      const world: World = {
        stage,
        working: [],
        guard: stage.guard(),
        kept: undefined,
        orders: 10,
        requests: 0,
      }
      for (const each of steps) await take(world, each)
      const restored = stage.guard(undefined, undefined, world.kept)
      for (const guard of [world.guard, restored, world.guard]) await guard.read()
      expect(faultsIn(await stage.events()).slice(0, 1)).toStrictEqual([])
      const whole = standingsFold()
      for (const recorded of await stage.events()) whole.apply(recorded)
      await restored.read()
      for (const { guard } of [world.guard, restored])
        expect(digest(guard.standings)).toBe(digest(whole))
    },
    { numRuns: 12, interruptAfterTimeLimit: 12_000 },
  )
const digest = (standings: Standings): string => {
  const state = standings.state()
  return state === undefined ? 'entered' : digestOf(state, sha256)
}

const take = async (world: World, each: Step): Promise<void> => {
  const { stage, working } = world
  switch (each.does) {
    case 'ask':
      return ask(world, each)
    case 'fill': {
      world.orders += 1
      const { feeIn, fee } = each
      return stage.write(filled(world.orders, { ...askedBy(each), at: '65000', feeIn, fee }))
    }
    case 'money':
      return stage.write((each.leaves ? withdrawn : deposited)(each.value, each.currency))
    case 'cancel': {
      const last = working.pop()
      return last === undefined ? undefined : stage.write(cancelled(last))
    }
    case 'propose':
      world.requests += 1
      return stage.write(proposed(world.requests, tighter[each.which] ?? {}))
    case 'engage': {
      world.requests += 1
      const strategy = strategies[each.who]
      const scope = strategy === undefined ? {} : { strategy }
      return stage.write(engaged(900_000 + world.requests, 'reduce', scope))
    }
    case 'release':
      return release(world)
    case 'tick': {
      stage.clock.advance(each.ms)
      for (const [n, price] of each.prices.entries())
        if (price !== undefined) stage.trade(String(price), quoted[n])
      return
    }
    case 'start':
      world.guard = stage.guard(undefined, undefined, each.fromKept ? world.kept : undefined)
      return
    case 'keep':
      world.kept = world.guard.keep() ?? world.kept
      return
    case 'read':
      return world.guard.read(each.events)
  }
}
type Ordered = Extract<Step, { readonly does: 'ask' | 'fill' }>
const askedBy = ({ what, who, side, quantity }: Ordered): Asked => {
  const [symbol = perpetual, strategy = 'alpha'] = [traded[what], strategies[who]]
  return { symbol, strategy, side, quantity }
}
const ask = async (world: World, each: Extract<Step, { readonly does: 'ask' }>): Promise<void> => {
  const { stage, guard, working } = world
  world.orders += 1
  const n = world.orders
  const asked = { ...askedBy(each), at: each.at }
  await stage.ask(n, asked)
  if (each.becomes === 'asked') return
  await guard.read()
  const decided = await stage.decisions()
  if (each.becomes === 'decided' || !/: (approved|reducing)$/.test(ofOrder(decided, n))) return
  await stage.write(submitted(n, asked))
  await stage.write(accepted(n))
  working.push(n)
  if (each.becomes === 'filled') await stage.write(filled(n, { ...asked, feeIn: 'USDT', fee: '7' }))
}
const ofOrder = (decided: readonly string[], n: number): string =>
  decided.findLast((each) => each.startsWith(`${String(n)}: `)) ?? ''

/** All that have ever been engaged. */
const release = async (world: World): Promise<void> => {
  world.requests += 1
  const engagedSoFar = (await world.stage.risk()).flatMap((event): readonly KillSwitchId[] =>
    event.type === 'KillSwitchEngaged' ? [event.killSwitchId] : [],
  )
  if (engagedSoFar.length === 0) return
  await world.stage.write({
    type: 'KillSwitchReleaseRequested',
    book: main,
    proposalId: proposalId(world.requests),
    killSwitchIds: engagedSoFar,
    reason: 'it is over' as Line,
  })
}
