/** The prices of a real venue, heard on its public socket. No account there is needed, and none is used. */
import { listen } from '#adapters/exchange/line'
import type { Standing } from '#adapters/exchange/standing'
import type { Protocol } from '#adapters/exchange/venues'
import { pause } from '#apps/process/back-off'
import type { Clock } from '#domain/kernel/clock'
import type { MarketSymbol } from '#schemas/values/ids'
import type { MarketSource } from './source.ts'

interface Listened {
  readonly protocol: Protocol
  readonly url: string
  readonly symbols: readonly MarketSymbol[]
  readonly clock: Clock
  readonly stopping: AbortSignal
}

export const listenedSource = (listened: Listened): MarketSource => {
  const { protocol, url, symbols, clock, stopping } = listened
  return {
    name: url === protocol.url ? protocol.name : `${protocol.name} at ${url}`,
    kind: protocol.name,
    symbols,
    run: async ({ tick, stands, notice }) => {
      await listen({
        protocol,
        url,
        symbols,
        stopping,
        tick,
        notice,
        stands: (standing) => stands(withAdvice(standing)),
        world: {
          now: clock.now,
          monotonicMs: clock.monotonicMs,
          sleep: pause,
          chance: Math.random,
        },
      })
      return { kind: 'stopped' }
    },
  }
}

/** HTTP 451 and 403 are how venues answer from where they do not serve. */
const withAdvice = (standing: Standing): Standing =>
  standing.detail === undefined || !/response: (451|403)/.test(standing.detail)
    ? standing
    : {
        ...standing,
        detail:
          `${standing.detail}. It may not serve this region: DAYBOOK_MARKET_URL names another ` +
          'address, such as wss://stream.binance.us:9443',
      }
