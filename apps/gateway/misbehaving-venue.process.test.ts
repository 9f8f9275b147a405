/**
 * A venue that misbehaves in every ordinary way, and processes that die meanwhile: the log ends at the venue's truth.
 * DAYBOOK_TEST_LONG=yes takes the long form: each way also by itself, and more rounds of all at once.
 */
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRealWorld, type RealWorld } from '#apps/gateway/testing/process'
import { allMisbehaviours } from '#apps/paper-venue/misbehaviour'
import { startVenue } from '#apps/paper-venue/testing/process'
import { type AppProcess, killAll } from '#apps/testing/app-process'
import { until } from '#apps/testing/processes'
import { systemClock } from '#adapters/system/clock'
import { price, quantity, terms } from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import type { AccountId, MarketSymbol, OrderId, StrategyId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

const linear = 'BTC/USDT:USDT' as MarketSymbol
const second = 'second' as AccountId

const isLong = process.env['DAYBOOK_TEST_LONG'] === 'yes'

let world: RealWorld
beforeAll(async () => {
  world = await openRealWorld(linear)
  await world.openAccount(second)
})
afterAll(async () => {
  await killAll()
  await world.close()
})

const { limitPrice: _, ...plain } = { ...terms, quantity: quantity('0.2') }
const market = { ...plain, orderType: 'market', timeInForce: 'ioc' } as const
const limit = (at: string) => ({ ...plain, limitPrice: price(at) })
const contract = { symbol: linear, strategy: 'alpha' as StrategyId } as const
/** One of every kind: some trade at once, some by what is printed, some end by themselves, some are refused. */
const kinds = (): readonly Terms[] => [
  market,
  { ...market, timeInForce: 'fok', account: second },
  limit('50'),
  limit('99.5'),
  { ...limit('99.6'), timeInForce: 'fok' },
  { ...limit('99.5'), postOnly: true },
  { ...limit('100.5'), postOnly: true },
  { ...limit('90'), timeInForce: 'gtd', expireAt: plusMs(systemClock.now(), 700) },
  { ...plain, orderType: 'stop', side: 'sell', stopPrice: price('99.2') },
  { ...limit('99'), orderType: 'stopLimit', side: 'sell', stopPrice: price('99.3') },
  { ...market, ...contract },
  { ...market, ...contract, strategy: 'beta' as StrategyId, quantity: quantity('0.1') },
  { ...market, ...contract, side: 'sell', quantity: quantity('0.1'), reduceOnly: true },
  { ...limit('100.8'), ...contract, side: 'sell', reduceOnly: true },
  { ...limit('99.4'), ...contract, account: second },
]

/** Told from outside, so that what is tried is the same on every run. */
const dice = (seed: number) => {
  let state = seed
  return (sides: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}

const startBoth = (misbehave: string) => {
  const environment = {
    DAYBOOK_PAPER_MISBEHAVE: misbehave,
    DAYBOOK_PAPER_FUNDING_INTERVAL: '1000',
  }
  const venue = () =>
    startVenue(world.postgres.url('paper-venue'), world.market, world.port, environment)
  return { venue, gateway: () => world.startGateway() }
}
type Starting = ReturnType<typeof startBoth>
const killed = async (process: AppProcess): Promise<void> => {
  process.kill('SIGKILL')
  await process.ended
}

const trade = async (starting: Starting, seed: number, rounds: number): Promise<void> => {
  const roll = dice(seed)
  const running = { venue: starting.venue(), gateway: starting.gateway() }
  await running.gateway.logs('"state":"ready"')
  for (let round = 0; round < rounds; round += 1) {
    const orders: OrderId[] = []
    for (const asked of kinds()) {
      orders.push(await world.place(asked))
      await setTimeout(roll(30))
    }
    world.market.print('99.1', '0.3')
    world.market.print('101', '0.3')
    for (const order of orders.filter(() => roll(3) === 0)) await world.askCancel(order)
    await setTimeout(roll(400))
    for (const name of ['gateway', 'venue'] as const) {
      if (roll(3) === 0) continue
      await killed(running[name])
      running[name] = starting[name]()
    }
    await running.gateway.logs('"state":"ready"')
  }
  // Payments go on, and of those too some are never told: the gateway asks for them each half minute.
  const tradedUntil = systemClock.now()
  let faults: readonly string[] | undefined
  const agrees = async (): Promise<boolean> => {
    faults = await world.faults(tradedUntil)
    return faults?.length === 0
  }
  await until('log and venue to say the same', agrees, 90_000).catch(() => undefined)
  await killed(running.gateway)
  await killed(running.venue)
  expect(faults).toStrictEqual([])
}

describe('whatever the venue does', { timeout: 150_000 }, () => {
  test.skipIf(!isLong).each(allMisbehaviours.map((word, index) => [word, index] as const))(
    '(%s), each order and each payment is in the log as it is there',
    async (word, index) => {
      await trade(startBoth(word), index + 1, 1)
    },
  )
  test('all at once, and everybody dies again and again', async () => {
    await trade(startBoth('all'), 42, isLong ? 5 : 2)
    const types = (await world.log()).map(({ event }) => event.type)
    for (const type of ['OrderExpired', 'OrderRefused', 'OrderOutcomeUnknown', 'FundingPaid'])
      expect(types).toContain(type)
  })
})
