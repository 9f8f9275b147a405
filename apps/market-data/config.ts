/** What market-data is told: which market, which symbols, where to serve, where to remember. */
import * as t from 'io-ts'
import { optional, shared, Text } from '#apps/process/settings'
import { MarketSymbol } from '#schemas/values/ids'

export type MarketSetting =
  | { readonly kind: 'simulated'; readonly seed: number }
  | { readonly kind: 'replay'; readonly path: string; readonly speed: Speed }
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
  return kind === 'replay' && detail !== '' ? parseReplay(detail) : undefined
}

/** `@` means a speed only after the last `/`: folders may have one in their names. */
const parseReplay = (detail: string): MarketSetting | undefined => {
  const at = detail.lastIndexOf('@')
  if (at <= detail.lastIndexOf('/')) return { kind: 'replay', path: detail, speed: 1 }
  const path = detail.slice(0, at)
  const speed = parseSpeed(detail.slice(at + 1))
  return speed === undefined || path === '' ? undefined : { kind: 'replay', path, speed }
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
    `simulated, simulated:<seed from 0 to ${String(seedMost)}> or replay:<file>[@<factor> or @max]`,
    { kind: 'simulated', seed: 1 } as const,
  ),
  symbols: optional(
    'DAYBOOK_SYMBOLS',
    parsed('Symbols', parseSymbols),
    'symbols with commas between them, such as BTC/USDT,ETH/USDT',
    undefined,
  ),
  data: optional('DAYBOOK_DATA', Text, 'a folder', './daybook-data'),
} as const
