/** One socket to one venue, opened again for as long as it takes. */
import type { MarketSymbol } from '#schemas/values/ids'
import { converse, type Ending } from './conversation.ts'
import type { Code } from './heard.ts'
import type { LineOptions, Timings } from './options.ts'
import { freshMarket, type LineStanding, type Standing, standingOf } from './standing.ts'
import { openTicks } from './ticks.ts'

export type { LineOptions, Notice, Timings, World } from './options.ts'

/** Ten tries in the first minute and two a minute then: below what venues allow an address. */
const usual: Omit<Timings, 'staleMsMax'> = {
  retryMsMin: 500,
  retryMsMax: 30_000,
  healthyMs: 60_000,
  acknowledgeMsMax: 10_000,
  pingEveryMs: 10_000,
  silentMsMax: 25_000,
}

/** Until it is told to stop; then the socket is closed. */
export const listen = async (options: LineOptions): Promise<void> => {
  const { protocol, url, world, stopping, notice } = options
  const timings = { ...usual, staleMsMax: protocol.staleMsMax, ...options.timings }
  const codes = codesOf(options)
  const standing: LineStanding = {
    venue: protocol.name,
    url,
    markets: new Map(options.symbols.map((symbol) => [symbol, freshMarket()])),
    line: 'connecting',
    problem: undefined,
    channels: [],
    settled: false,
  }
  const tell = teller(options, standing)
  const ticks = openTicks(codes, world.now(), {
    tick: options.tick,
    gap: (gap) => notice({ type: 'gap', ...gap }),
    repeated: (symbol) => notice({ type: 'repeated', symbol }),
    unknown: (code) => notice({ type: 'malformed', kind: 'unknown market', detail: code }),
  })
  let failures = 0
  while (!stopping.aborted) {
    tell()
    const ending = await converse({ ...options, timings, codes, standing, ticks, tell })
    if (stopping.aborted) return
    if (ending.goodForMs >= timings.healthyMs) failures = 0
    const retryMs = retryMsOf(failures, timings, world.chance())
    failures += 1
    becomeDown(standing, ending)
    tell()
    notice({ type: 'lost', detail: ending.detail, retryMs })
    ticks.onReconnect()
    await world.sleep(retryMs, stopping)
  }
}

const codesOf = ({ protocol, symbols }: LineOptions): ReadonlyMap<Code, MarketSymbol> =>
  new Map(
    symbols.flatMap((symbol) => {
      const code = protocol.codeOf(symbol)
      return code === undefined ? [] : [[code, symbol] as const]
    }),
  )

/** Doubles with each failure, spread over its upper half so that not all come back at once. */
export const retryMsOf = (
  failures: number,
  { retryMsMin, retryMsMax }: Pick<Timings, 'retryMsMin' | 'retryMsMax'>,
  chance: number,
): number => {
  const full = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(failures, 20))
  return full / 2 + chance * (full / 2)
}

const becomeDown = (standing: LineStanding, { detail, wasOpen }: Ending): void => {
  standing.line = 'down'
  standing.problem = { detail, wasOpen }
}

/** Says how the line stands where that has changed. */
const teller = ({ stands }: LineOptions, standing: LineStanding): (() => void) => {
  let before: Standing | undefined
  return () => {
    const now = standingOf(standing)
    if (before !== undefined && before.state === now.state && before.detail === now.detail) return
    before = now
    stands(now)
  }
}
