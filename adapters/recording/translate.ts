/** What a recorded file says, in our words: its symbol by its name, its columns by their headers, its rows as trades. */
import * as E from 'fp-ts/lib/Either.js'
import { divideHalfEven } from '#domain/values/decimal'
import {
  type Price,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Quantity,
} from '#schemas/values/decimal'
import { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Side } from '#schemas/values/trading'

/** One trade of a recording. Its times are the venue's. */
export interface RecordedTrade {
  readonly tradeId: TradeId
  readonly venueAt: Instant
  readonly price: Price
  readonly quantity: Quantity
  readonly aggressor: Side
}

/** A column's place in a row, from 0. */
type Column = number

/** Where the columns of a file stand, by what they mean. */
export interface Columns {
  readonly price: Column
  readonly quantity: Column
  readonly at: Column
  readonly aggressor: { readonly column: Column; readonly sellWord: string }
  readonly tradeId: Column | undefined
  /** Absent where the venue does not tell its own prints from those of the market. */
  readonly orderType: Column | undefined
}

const names = {
  price: ['price'],
  quantity: ['qty', 'amount'],
  at: ['trade_time_ms', 'ts_ms'],
  aggressor: ['is_buyer_maker', 'side', 'side_b_s'],
  tradeId: ['trade_id', 'id'],
  orderType: ['order_type_X'],
} as const
/** A buyer who made the price was hit by a seller. */
const sellWords: Readonly<Record<string, string>> = {
  is_buyer_maker: 'true',
  side: 'sell',
  side_b_s: 's',
}

const cellsOf = (line: string): readonly string[] =>
  line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))

export const columnsOf = (header: string): E.Either<string, Columns> => {
  const cells = cellsOf(header.replace(/^\uFEFF/, ''))
  const find = (wanted: readonly string[]): number | undefined =>
    wanted.map((name) => cells.indexOf(name)).find((index) => index >= 0)
  const price = find(names.price)
  const quantity = find(names.quantity)
  const at = find(names.at)
  const aggressor = find(names.aggressor)
  if (price === undefined) return E.left(missing(names.price, cells))
  if (quantity === undefined) return E.left(missing(names.quantity, cells))
  if (at === undefined) return E.left(missing(names.at, cells))
  if (aggressor === undefined) return E.left(missing(names.aggressor, cells))
  return E.right({
    price,
    quantity,
    at,
    aggressor: { column: aggressor, sellWord: sellWords[cells[aggressor] ?? ''] ?? '' },
    tradeId: find(names.tradeId),
    orderType: find(names.orderType),
  })
}
const missing = (wanted: readonly string[], cells: readonly string[]): string =>
  `has no column ${wanted.join(' or ')}: its columns are ${cells.join(', ').slice(0, 300)}`

/** A row as a trade; undefined where the venue itself printed it, which is not what the market did. */
export const tradeOf = (
  columns: Columns,
  line: string,
  number: number,
): E.Either<string, RecordedTrade | undefined> => {
  const cells = cellsOf(line)
  const cell = (index: number): string => cells[index] ?? ''
  if (columns.orderType !== undefined && !['', 'MARKET'].includes(cell(columns.orderType)))
    return E.right(undefined)
  const price = decimalOf(cell(columns.price))
  if (price === undefined || price <= 0n) return E.left(`price ${shown(cell(columns.price))}`)
  const quantity = decimalOf(cell(columns.quantity))
  if (quantity === undefined || quantity <= 0n)
    return E.left(`quantity ${shown(cell(columns.quantity))}`)
  const venueAt = instantOf(cell(columns.at))
  if (venueAt === undefined) return E.left(`time ${shown(cell(columns.at))}`)
  const aggressor = aggressorOf(columns, cell(columns.aggressor.column))
  if (aggressor === undefined) return E.left(`aggressor ${shown(cell(columns.aggressor.column))}`)
  // Where the recording names no trades, a row is known by its line.
  const id = columns.tradeId === undefined ? `line${String(number)}` : cell(columns.tradeId)
  if (!TradeId.is(id)) return E.left(`trade id ${shown(id)}`)
  return E.right({
    tradeId: id,
    venueAt,
    price: price as Price,
    quantity: quantity as Quantity,
    aggressor,
  })
}
const shown = (text: string): string => `"${text.slice(0, 60)}"`

/**
 * Numbers that went through float64 may be written as 2e-06, and may have more digits than we keep:
 * rounded to the nearest, ties to even.
 */
const decimalOf = (text: string): bigint | undefined => {
  const [mantissa = '', exponent = '0'] = text.split(/e/i)
  const parsed = parseDecimal(mantissa, placesOfAmount)
  if (E.isLeft(parsed) || !/^[+-]?\d{1,2}$/.test(exponent)) return undefined
  const shift = Number(exponent)
  const up = 10n ** BigInt(Math.max(0, shift))
  const down = 10n ** BigInt(placesOfAmount - placesOfQuantity + Math.max(0, -shift))
  return divideHalfEven(parsed.right * up, down)
}

const instantOf = (text: string): Instant | undefined =>
  /^\d{10,14}$/.test(text) ? ((Number(text) * 1000) as Instant) : undefined

const aggressorOf = ({ aggressor }: Columns, text: string): Side | undefined => {
  const word = text.toLowerCase()
  if (word === aggressor.sellWord) return 'sell'
  return ['false', 'buy', 'b'].includes(word) ? 'buy' : undefined
}

const quotes = ['USDT', 'USDC', 'BUSD', 'USD', 'EUR', 'GBP', 'JPY', 'BTC', 'ETH']

/** The symbol that a file's name means: `binance-usdm_ETHUSDT_trades.csv.gz` is ETH/USDT:USDT. */
export const symbolOfFile = (name: string): MarketSymbol | undefined => {
  const [first = '', second = ''] = name.replace(/\..*$/, '').split('_')
  const pairs = [second, first].flatMap((part) =>
    pairOf(part) === undefined ? [] : [pairOf(part)],
  )
  const [pair] = pairs
  if (pair === undefined) return undefined
  const symbol = first.includes('usdm')
    ? `${pair.base}/${pair.quote}:${pair.quote}`
    : first.includes('coinm')
      ? `${pair.base}/${pair.quote}:${pair.base}`
      : `${pair.base}/${pair.quote}`
  return MarketSymbol.is(symbol) ? symbol : undefined
}

const pairOf = (text: string): { readonly base: string; readonly quote: string } | undefined => {
  const pair = text.replace(/[-/]/g, '')
  const quote = quotes.find((currency) => pair.endsWith(currency) && pair.length > currency.length)
  if (quote === undefined || !/^[A-Z0-9]+$/.test(pair)) return undefined
  const base = pair.slice(0, -quote.length)
  return { base: base === 'XBT' ? 'BTC' : base, quote }
}
