/** What market-data is told: which market, which symbols, where to serve, where to remember. */
import * as t from 'io-ts'
import { type VenueName, venueNames } from '#adapters/exchange/venues'
import { optional, shared, SocketUrl, Text } from '#apps/process/settings'
import { MarketSymbol } from '#schemas/values/ids'
import { storingConfig } from './storing-config.ts'

export type MarketSetting =
  | { readonly kind: 'simulated'; readonly seed: number }
  | { readonly kind: 'replay'; readonly paths: readonly string[]; readonly speed: Speed }
  | { readonly kind: 'venue'; readonly venue: VenueName }
/** How many times faster than it was; `max`: as fast as the listeners follow. */
export type Speed = number | 'max'

const seedMost = 2 ** 32 - 1

export const parseMarket = (text: string): MarketSetting | undefined => {
  const [kind, ...rest] = text.split(':')
  const detail = rest.join(':')
  if (kind === 'simulated') {
    if (rest.length === 0) return { kind, seed: 1 }
    return /^\d{1,10}$/.test(detail) && Number(detail) <= seedMost
      ? { kind, seed: Number(detail) }
      : undefined
  }
  if (kind === 'replay') return detail === '' ? undefined : parseReplay(detail)
  const venue = venueNames.find((name) => name === text)
  return venue === undefined ? undefined : { kind: 'venue', venue }
}

/** `@` means a speed only after the last `/`: folders may have one in their names. */
const parseReplay = (detail: string): MarketSetting | undefined => {
  const at = detail.lastIndexOf('@')
  const hasSpeed = at > detail.lastIndexOf('/')
  const paths = (hasSpeed ? detail.slice(0, at) : detail).split(',')
  const speed = hasSpeed ? parseSpeed(detail.slice(at + 1)) : 1
  return speed === undefined || paths.includes('') ? undefined : { kind: 'replay', paths, speed }
}

const parseSpeed = (text: string): Speed | undefined => {
  if (text === 'max') return text
  const factor = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0
  return factor > 0 ? factor : undefined
}

const parseSymbols = (text: string): readonly MarketSymbol[] | undefined => {
  const symbols = text.split(',').map((symbol) => symbol.trim())
  return symbols.every(MarketSymbol.is) ? [...new Set(symbols)] : undefined
}

const parsed = <A>(name: string, parse: (text: string) => A | undefined) =>
  new t.Type<A, unknown, unknown>(
    name,
    (u): u is A => u !== undefined,
    (u, context) => {
      const value = typeof u === 'string' ? parse(u) : undefined
      return value === undefined ? t.failure(u, context) : t.success(value)
    },
    t.identity,
  )

export const config = {
  hub: shared.hub,
  market: optional(
    'DAYBOOK_MARKET',
    parsed('MarketSetting', parseMarket),
    `simulated, simulated:<seed from 0 to ${String(seedMost)}>, ` +
      `replay:<file>[,<file> …][@<factor> or @max], ${venueNames.slice(0, -1).join(', ')} or ${venueNames.at(-1) ?? ''}`,
    { kind: 'simulated', seed: 1 } as const,
  ),
  url: optional(
    'DAYBOOK_MARKET_URL',
    SocketUrl,
    "another address of the venue's public socket, such as wss://stream.binance.us:9443",
    undefined,
  ),
  symbols: optional(
    'DAYBOOK_SYMBOLS',
    parsed('Symbols', parseSymbols),
    'symbols with commas between them, such as BTC/USDT,ETH/USDT',
    undefined,
  ),
  data: optional('DAYBOOK_DATA', Text, 'a folder', './daybook-data'),
  ...storingConfig,
} as const
