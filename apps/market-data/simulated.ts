/** The simulated market, told by the clock; it goes on where it stood when it was last told. */
import type { Clock } from '#domain/kernel/clock'
import { simulatedMarket, ticksPerSecond } from '#domain/simulation/market'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Place } from './place.ts'
import { paceOf } from './pace.ts'
import type { MarketSource } from './source.ts'

interface Simulation {
  readonly seed: number
  readonly symbols: readonly MarketSymbol[]
  readonly place: Place
  readonly clock: Clock
  readonly stopping: AbortSignal
}

const msPerTick = 1_000 / ticksPerSecond

export const simulatedSource = (simulation: Simulation): MarketSource => {
  const { seed, symbols, place, clock, stopping } = simulation
  const markets = symbols.map((symbol) => simulatedMarket(seed, symbol))
  return {
    name: `simulated:${String(seed)}`,
    kind: 'simulated',
    symbols,
    run: async (tell) => {
      tell.stands({ state: 'ready' })
      const from = await place.next(seed)
      const pace = paceOf(clock.monotonicMs, stopping)
      for (let n = from; ; n += 1) {
        await pace.until((n - from) * msPerTick)
        if (stopping.aborted) {
          await place.leave(seed, n)
          return { kind: 'stopped' }
        }
        await place.reach(seed, n)
        const now = clock.now()
        for (const market of markets) tell.tick(market.tick(n, now))
      }
    },
  }
}
