/** What the paper venue keeps as rows of schema `paper`, and back. */
import * as E from 'fp-ts/lib/Either.js'
import type {
  PaperFunding,
  PaperOrder,
  PaperPosition,
  PaperStatus,
  PaperTrade,
} from '#domain/matching/order'
import {
  type Amount,
  formatDecimal,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
  type Quantity,
  type Ratio,
  type SignedQuantity,
} from '#schemas/values/decimal'
import type {
  AccountId,
  ClientOrderId,
  Code,
  Currency,
  FundingId,
  Line,
  MarketSymbol,
} from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Liquidity, OrderType, Side, TimeInForce } from '#schemas/values/trading'

const micros = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`

export const orderColumns = `id, account, client_order_id, symbol, side, order_type, time_in_force,
  quantity, limit_price, status, filled_total, reason_code, reason_message,
  ${micros('placed_at')}, ${micros('changed_at')}, ${micros('queued_at')},
  stop_price, ${micros('expire_at')}, post_only, reduce_only, triggered`
export const tradeColumns = `id, order_id, client_order_id, account, symbol, side, quantity, price,
  fee_currency, fee_amount, liquidity, ${micros('at')}, print`
export const positionColumns = `account, symbol, quantity, ${micros('funded_until')}`
export const fundingColumns = `id, funding_id, account, symbol, quantity, mark_price, rate, currency, amount,
  ${micros('at')}`

/** The columns of a table as they are written, each with its type for `json_to_recordset`. */
const written = {
  orders: `id bigint, account text, client_order_id text, symbol text, side text, order_type text,
    time_in_force text, quantity numeric, limit_price numeric, status text, filled_total numeric,
    reason_code text, reason_message text, placed_at timestamptz, changed_at timestamptz,
    queued_at timestamptz, stop_price numeric, expire_at timestamptz, post_only boolean,
    reduce_only boolean, triggered boolean`,
  trades: `id bigint, order_id bigint, client_order_id text, account text, symbol text, side text,
    quantity numeric, price numeric, fee_currency text, fee_amount numeric, liquidity text,
    at timestamptz, print text`,
  positions: 'account text, symbol text, quantity numeric, funded_until timestamptz',
  fundings: `id bigint, funding_id text, account text, symbol text, quantity numeric,
    mark_price numeric, rate numeric, currency text, amount numeric, at timestamptz`,
} as const
type Table = keyof typeof written

export const namesOf = (table: Table): string =>
  written[table]
    .split(',')
    .map((column) => column.trim().split(' ')[0])
    .join(', ')
/** What `json_to_recordset` makes of the records below. */
export const recordOf = (table: Table): string => `(${written[table]})`

const decimal = (value: bigint): string => formatDecimal(value, placesOfQuantity)

export const recordOfOrder = (order: PaperOrder) => ({
  id: order.id.toString(),
  account: order.account,
  client_order_id: order.clientOrderId,
  symbol: order.symbol,
  side: order.side,
  order_type: order.orderType,
  time_in_force: order.timeInForce,
  quantity: decimal(order.quantity),
  limit_price: order.limitPrice === undefined ? null : decimal(order.limitPrice),
  status: order.status,
  filled_total: decimal(order.filledTotal),
  reason_code: order.reason?.code ?? null,
  reason_message: order.reason?.message ?? null,
  placed_at: formatInstant(order.placedAt),
  changed_at: formatInstant(order.changedAt),
  queued_at: formatInstant(order.queuedAt),
  stop_price: order.stopPrice === undefined ? null : decimal(order.stopPrice),
  expire_at: order.expireAt === undefined ? null : formatInstant(order.expireAt),
  post_only: order.postOnly,
  reduce_only: order.reduceOnly,
  triggered: order.triggered ?? null,
})

export const recordOfTrade = (trade: PaperTrade) => ({
  id: trade.id.toString(),
  order_id: trade.orderId.toString(),
  client_order_id: trade.clientOrderId,
  account: trade.account,
  symbol: trade.symbol,
  side: trade.side,
  quantity: decimal(trade.quantity),
  price: decimal(trade.price),
  fee_currency: trade.fee.currency,
  fee_amount: formatDecimal(trade.fee.amount, placesOfAmount),
  liquidity: trade.liquidity,
  at: formatInstant(trade.at),
  print: trade.print ?? null,
})

export const recordOfPosition = (position: PaperPosition) => ({
  account: position.account,
  symbol: position.symbol,
  quantity: decimal(position.quantity),
  funded_until: formatInstant(position.fundedUntil),
})

export const recordOfFunding = (funding: PaperFunding) => ({
  id: funding.id.toString(),
  funding_id: funding.fundingId,
  account: funding.account,
  symbol: funding.symbol,
  quantity: decimal(funding.quantity),
  mark_price: decimal(funding.markPrice),
  rate: decimal(funding.rate),
  currency: funding.currency,
  amount: formatDecimal(funding.amount, placesOfAmount),
  at: formatInstant(funding.at),
})

/** What we wrote ourselves; anything else is a defect. */
const parsed = <A extends bigint>(text: string, places: number): A => {
  const value = parseDecimal(text, places, 40)
  if (E.isLeft(value)) throw new Error(`schema paper holds ${text}, which is no decimal of ours`)
  return value.right as A
}

type OrderRow = readonly [
  bigint,
  AccountId,
  ClientOrderId,
  MarketSymbol,
  Side,
  OrderType,
  TimeInForce,
  string,
  string | null,
  PaperStatus,
  string,
  Code | null,
  Line | null,
  bigint,
  bigint,
  ...Later,
]

type Later = readonly [bigint, string | null, bigint | null, boolean, boolean, boolean | null]

export const orderOfRow = (values: readonly unknown[]): PaperOrder => {
  const row = values as OrderRow
  const [id, account, clientOrderId, symbol, side, orderType, timeInForce, quantity, limit] = row
  const [, , , , , , , , , status, filledTotal, code, message, placedAt, changedAt] = row
  const [queuedAt, stop, expireAt, postOnly, reduceOnly, triggered] = values.slice(
    15,
  ) as unknown as Later
  return {
    id,
    account,
    clientOrderId,
    symbol,
    side,
    orderType,
    timeInForce,
    quantity: parsed<Quantity>(quantity, placesOfQuantity),
    ...(limit === null ? {} : { limitPrice: parsed<Price>(limit, placesOfQuantity) }),
    ...(stop === null ? {} : { stopPrice: parsed<Price>(stop, placesOfQuantity) }),
    ...(expireAt === null ? {} : { expireAt: Number(expireAt) as Instant }),
    postOnly,
    reduceOnly,
    ...(triggered === null ? {} : { triggered }),
    queuedAt: Number(queuedAt) as Instant,
    status,
    filledTotal: parsed<Quantity>(filledTotal, placesOfQuantity),
    ...(code === null || message === null ? {} : { reason: { code, message } }),
    placedAt: Number(placedAt) as Instant,
    changedAt: Number(changedAt) as Instant,
  }
}

type TradeRow = readonly [
  bigint,
  bigint,
  ClientOrderId,
  AccountId,
  MarketSymbol,
  Side,
  string,
  string,
  Currency,
  string,
  Liquidity,
  bigint,
  string | null,
]

export const tradeOfRow = (values: readonly unknown[]): PaperTrade => {
  const row = values as TradeRow
  const [id, orderId, clientOrderId, account, symbol, side, quantity, price] = row
  const [, , , , , , , , currency, fee, liquidity, at, print] = row
  return {
    id,
    orderId,
    clientOrderId,
    account,
    symbol,
    side,
    quantity: parsed<Quantity>(quantity, placesOfQuantity),
    price: parsed<Price>(price, placesOfQuantity),
    fee: { currency, amount: parsed<Amount>(fee, placesOfAmount) },
    liquidity,
    at: Number(at) as Instant,
    ...(print === null ? {} : { print }),
  }
}

type PositionRow = readonly [AccountId, MarketSymbol, string, bigint]

export const positionOfRow = (values: readonly unknown[]): PaperPosition => {
  const [account, symbol, quantity, fundedUntil] = values as PositionRow
  return {
    account,
    symbol,
    quantity: parsed<SignedQuantity>(quantity, placesOfQuantity),
    fundedUntil: Number(fundedUntil) as Instant,
  }
}

type FundingRow = readonly [
  bigint,
  FundingId,
  AccountId,
  MarketSymbol,
  string,
  string,
  string,
  Currency,
  string,
  bigint,
]

export const fundingOfRow = (values: readonly unknown[]): PaperFunding => {
  const row = values as FundingRow
  const [id, fundingId, account, symbol, quantity, markPrice, rate, currency, amount, at] = row
  return {
    id,
    fundingId,
    account,
    symbol,
    quantity: parsed<SignedQuantity>(quantity, placesOfQuantity),
    markPrice: parsed<Price>(markPrice, placesOfQuantity),
    rate: parsed<Ratio>(rate, placesOfQuantity),
    currency,
    amount: parsed<Amount>(amount, placesOfAmount),
    at: Number(at) as Instant,
  }
}
