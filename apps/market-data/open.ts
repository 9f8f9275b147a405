/** From the settings to the source that they mean, or a sentence with what there is instead. */
import * as E from 'fp-ts/lib/Either.js'
import { openRecording } from '#adapters/recording/reader'
import type { App } from '#apps/process/app'
import { simulatedSymbols } from '#domain/simulation/market'
import type { MarketSymbol } from '#schemas/values/ids'
import type { MarketSetting } from './config.ts'
import { placeIn } from './place.ts'
import { replaySource } from './replay.ts'
import { simulatedSource } from './simulated.ts'
import type { MarketSource } from './source.ts'

interface Wanted {
  readonly market: MarketSetting
  readonly symbols: readonly MarketSymbol[] | undefined
  /** The folder in which the simulated market remembers how far it was told. */
  readonly data: string
}

export const openSource = async (
  { market, symbols, data }: Wanted,
  { clock, stopping }: Pick<App, 'clock' | 'stopping'>,
): Promise<E.Either<string, MarketSource>> => {
  if (market.kind === 'simulated') {
    const unknown = (symbols ?? []).filter((symbol) => !simulatedSymbols.includes(symbol))
    if (unknown.length > 0) {
      return E.left(
        `The simulated market has no ${unknown.join(', ')}: set DAYBOOK_SYMBOLS to some of ` +
          `${simulatedSymbols.join(',')}, or leave it out.`,
      )
    }
    const { seed } = market
    return E.right(
      simulatedSource({
        seed,
        symbols: symbols ?? simulatedSymbols,
        place: placeIn(data),
        clock,
        stopping,
      }),
    )
  }
  if (symbols !== undefined && symbols.length > 1) {
    return E.left(
      `A recording is of one symbol: set DAYBOOK_SYMBOLS to one of ${symbols.join(', ')}.`,
    )
  }
  const recording = await openRecording(market.path, symbols?.[0])
  if (E.isLeft(recording)) return E.left(recording.left.detail)
  const { path, speed } = market
  const name = `replay:${path}@${String(speed)}`
  return E.right(replaySource({ name, recording: recording.right, speed, clock, stopping }))
}
