/** Ticks for tests, and what a database holds of them. */
import pg from 'pg'
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import { type Instant, parseInstant } from '#schemas/values/instant'

export const btc = 'BTC/USDT' as MarketSymbol
export const eth = 'ETH/USDT' as MarketSymbol
const one = 10n ** 18n

export const at = (text: string): Instant => {
  const instant = parseInstant(text)
  if (instant === undefined) throw new Error(`${text} is no time`)
  return instant
}
export const noon = at('2026-11-20T12:00:00Z')
export const later = (seconds: number, from: Instant = noon): Instant =>
  (from + Math.round(seconds * 1_000_000)) as Instant

/** The n-th trade of a market that trades once a second, at 100 + n. */
export const tradeNumber = (n: number, change: Partial<TradeTick> = {}): TradeTick => ({
  type: 'trade',
  symbol: btc,
  sequence: n,
  venueAt: later(n),
  receivedAt: later(n + 0.1),
  tradeId: String(n) as TradeId,
  price: (BigInt(100 + n) * one) as Price,
  quantity: one as Quantity,
  aggressor: n % 2 === 0 ? 'buy' : 'sell',
  ...change,
})
export const quoteNumber = (n: number, change: Partial<QuoteTick> = {}): QuoteTick => ({
  type: 'quote',
  symbol: btc,
  sequence: n,
  venueAt: later(n),
  receivedAt: later(n + 0.1),
  bid: (BigInt(99 + n) * one) as Price,
  bidQuantity: one as Quantity,
  ask: (BigInt(101 + n) * one) as Price,
  askQuantity: (2n * one) as Quantity,
  ...change,
})

/** One question to a database, with a connection of its own. */
export const rowsOf = async (
  url: string,
  text: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return rows
  } finally {
    await client.end()
  }
}
