/** Every fill, as it was recorded. One row per fill. */
import { decimal18, decimal36, optional, text, time, whole } from '#projections/columns'
import { listOf, type Page, type Query, type TimeRange } from '#projections/query'
import type { Handler, ReadModel } from '#projections/read-model'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
  type Quantity,
} from '#schemas/values/decimal'
import type {
  AccountId,
  Currency,
  EventId,
  MarketSymbol,
  OrderId,
  StrategyId,
  TradeId,
  VenueId,
} from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Liquidity, Side } from '#schemas/values/trading'

export interface FillRow {
  readonly id: EventId
  /** None where no order of ours explains the trade. */
  readonly orderId: OrderId | undefined
  readonly tradeId: TradeId
  readonly account: AccountId
  readonly strategy: StrategyId
  readonly venue: VenueId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly feeCurrency: Currency
  readonly feeAmount: Amount
  readonly liquidity: Liquidity
  /** By the venue's clock. */
  readonly at: Instant
  readonly logPosition: bigint
}

const recordFill: Handler<FillRow, 'OrderFilled' | 'ForeignFillObserved'> = (
  _row,
  { event, metadata, position },
) => ({
  id: metadata.id,
  orderId: event.type === 'OrderFilled' ? event.orderId : undefined,
  tradeId: event.tradeId,
  account: event.account,
  strategy: event.strategy,
  venue: event.venue,
  symbol: event.symbol,
  side: event.side,
  quantity: event.quantity,
  price: event.price,
  feeCurrency: event.fee.currency,
  feeAmount: event.fee.amount,
  liquidity: event.liquidity,
  at: event.venueAt,
  logPosition: position,
})

export const fills: ReadModel<FillRow> = {
  name: 'fills',
  columns: {
    id: text(),
    orderId: optional(text()),
    tradeId: text(),
    account: text(),
    strategy: text(),
    venue: text(),
    symbol: text(),
    side: text(),
    quantity: decimal18(),
    price: decimal18(),
    feeCurrency: text(),
    feeAmount: decimal36(),
    liquidity: text(),
    at: time,
    logPosition: whole,
  },
  key: ['id'],
  beginsWith: ['OrderFilled', 'ForeignFillObserved'],
  indexes: [
    ['logPosition'],
    ['orderId', 'logPosition'],
    ['account', 'logPosition'],
    ['symbol', 'logPosition'],
    ['at'],
  ],
  foldVersion: 1,
  rowsOf: ({ metadata }) => [[metadata.id]],
  on: { OrderFilled: recordFill, ForeignFillObserved: recordFill },
}

/** A fill as REST shows it. */
export const fillView = (row: FillRow) => ({
  id: row.id,
  orderId: row.orderId ?? null,
  tradeId: row.tradeId,
  account: row.account,
  strategy: row.strategy,
  venue: row.venue,
  symbol: row.symbol,
  side: row.side,
  quantity: formatDecimal(row.quantity, placesOfQuantity),
  price: formatDecimal(row.price, placesOfQuantity),
  fee: { currency: row.feeCurrency, amount: formatDecimal(row.feeAmount, placesOfAmount) },
  liquidity: row.liquidity,
  at: formatInstant(row.at),
  logPosition: row.logPosition.toString(),
})

/** The time is the venue's. */
export interface FillFilter extends TimeRange {
  readonly orderId?: string | undefined
  readonly account?: string | undefined
  readonly strategy?: string | undefined
  readonly symbol?: string | undefined
}
/** Newest first. */
export const fillsMatching = (filter: FillFilter, page: Page): Query<FillRow> =>
  listOf(fills, {
    where: {
      orderId: filter.orderId,
      account: filter.account,
      strategy: filter.strategy,
      symbol: filter.symbol,
    },
    time: { column: 'at', from: filter.from, to: filter.to },
    order: 'logPosition',
    page,
  })
