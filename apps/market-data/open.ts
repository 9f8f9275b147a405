/** From the settings to the source that they mean, or a sentence with what there is instead. */
import * as E from 'fp-ts/lib/Either.js'
import { venueAt, venueNames } from '#adapters/exchange/venues'
import { openRecording, type Recording } from '#adapters/recording/reader'
import type { App } from '#apps/process/app'
import { simulatedSymbols } from '#domain/simulation/market'
import type { MarketSymbol } from '#schemas/values/ids'
import type { MarketSetting } from './config.ts'
import { listenedSource } from './listened.ts'
import { placeIn } from './place.ts'
import { replaySource } from './replay.ts'
import { simulatedSource } from './simulated.ts'
import type { MarketSource } from './source.ts'

interface Wanted {
  readonly market: MarketSetting
  /** Another address of a venue than its usual one. */
  readonly url: string | undefined
  readonly symbols: readonly MarketSymbol[] | undefined
  /** The folder in which the simulated market remembers how far it was told. */
  readonly data: string
}

type Means = Pick<App, 'clock' | 'stopping'>
type Opened = E.Either<string, MarketSource>

export const openSource = async (wanted: Wanted, means: Means): Promise<Opened> => {
  const { market, url } = wanted
  if (market.kind === 'venue') return openVenue(market, wanted, means)
  if (url !== undefined) {
    return E.left(
      `DAYBOOK_MARKET_URL is the address of a venue: leave it out, or set DAYBOOK_MARKET to ` +
        `${venueNames.join(', ')}.`,
    )
  }
  return market.kind === 'replay'
    ? openReplay(market, wanted, means)
    : openSimulated(market, wanted, means)
}

/** More than anybody trades at once; each costs a venue's socket two subscriptions. */
const symbolsMax = 50

const openVenue = (
  { venue }: MarketSetting & { readonly kind: 'venue' },
  { symbols, url: address }: Wanted,
  { clock, stopping }: Means,
): Opened => {
  const { protocol, url } = venueAt(venue, address)
  const wanted = symbols ?? protocol.symbols
  const unknown = wanted.filter((symbol) => protocol.codeOf(symbol) === undefined)
  if (unknown.length > 0) {
    return E.left(
      `${venue} is heard on its spot markets, and ${unknown.join(', ')} is none: set ` +
        `DAYBOOK_SYMBOLS to symbols such as ${protocol.symbols.join(',')}, or leave it out.`,
    )
  }
  if (wanted.length > symbolsMax) {
    return E.left(
      `${String(wanted.length)} symbols are more than one socket is used for: set ` +
        `DAYBOOK_SYMBOLS to at most ${String(symbolsMax)}.`,
    )
  }
  return E.right(listenedSource({ protocol, url, symbols: wanted, clock, stopping }))
}

const openSimulated = (
  { seed }: MarketSetting & { readonly kind: 'simulated' },
  { symbols, data }: Wanted,
  { clock, stopping }: Means,
): Opened => {
  const unknown = (symbols ?? []).filter((symbol) => !simulatedSymbols.includes(symbol))
  if (unknown.length > 0) {
    return E.left(
      `The simulated market has no ${unknown.join(', ')}: set DAYBOOK_SYMBOLS to some of ` +
        `${simulatedSymbols.join(',')}, or leave it out.`,
    )
  }
  const offered = symbols ?? simulatedSymbols
  const place = placeIn(data)
  return E.right(simulatedSource({ seed, symbols: offered, place, clock, stopping }))
}

const openReplay = async (
  { paths, speed }: MarketSetting & { readonly kind: 'replay' },
  { symbols }: Wanted,
  { clock, stopping }: Means,
): Promise<Opened> => {
  if (symbols !== undefined && symbols.length !== paths.length) {
    return E.left(
      paths.length === 1
        ? `A recording is of one symbol: set DAYBOOK_SYMBOLS to one of ${symbols.join(', ')}.`
        : `There are ${String(paths.length)} recordings: set DAYBOOK_SYMBOLS to the symbol of each ` +
            'in turn, or leave it out.',
    )
  }
  const recordings: Recording[] = []
  for (const [n, path] of paths.entries()) {
    const opened = await openRecording(path, symbols?.[n])
    if (E.isLeft(opened)) return E.left(opened.left.detail)
    const { symbol } = opened.right
    const earlier = recordings.find((recording) => recording.symbol === symbol)
    if (earlier !== undefined)
      return E.left(`${earlier.path} and ${path} are both of ${symbol}: leave one of them out.`)
    recordings.push(opened.right)
  }
  const name = `replay:${paths.join(',')}@${String(speed)}`
  return E.right(replaySource({ name, recordings, speed, clock, stopping }))
}
