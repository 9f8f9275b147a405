/** Fills, positions and accounts as they are shown, and what can be asked of their lists. */
import * as t from 'io-ts'
import { listOf, Nullable, pageQuery, timeQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { AccountId, MarketSymbol, OrderId, StrategyId } from '#schemas/values/ids'

const money = t.record(t.string, t.string)

/** The time is the venue's. */
export const FillQuery = closed(
  t.partial(
    {
      ...pageQuery,
      ...timeQuery,
      account: AccountId,
      strategy: StrategyId,
      symbol: MarketSymbol,
      orderId: OrderId,
    },
    'FillQuery',
  ),
)
export type FillQuery = Readonly<t.TypeOf<typeof FillQuery>>

/** `orderId` is null for a trade that no order of ours explains. */
export const FillReply = t.strict(
  {
    id: t.string,
    orderId: Nullable,
    tradeId: t.string,
    account: t.string,
    strategy: t.string,
    venue: t.string,
    symbol: t.string,
    side: t.keyof({ buy: null, sell: null }),
    quantity: t.string,
    price: t.string,
    fee: t.strict({ currency: t.string, amount: t.string }),
    liquidity: t.keyof({ maker: null, taker: null }),
    at: t.string,
    logPosition: t.string,
  },
  'FillReply',
)
export const FillList = listOf(FillReply)

export const PositionState = t.keyof({ open: null, closed: null }, 'PositionState')
/** The time is when it came to be as it is asked for: opened, or closed. */
export const PositionQuery = closed(
  t.partial(
    {
      ...pageQuery,
      ...timeQuery,
      account: AccountId,
      strategy: StrategyId,
      symbol: MarketSymbol,
      state: PositionState,
    },
    'PositionQuery',
  ),
)
export type PositionQuery = Readonly<t.TypeOf<typeof PositionQuery>>

/** PnL is in the instrument's quote or settle currency, before fees and funding; null where there is no mark. */
export const PositionReply = t.strict(
  {
    id: t.string,
    state: PositionState,
    account: t.string,
    strategy: t.string,
    venue: t.string,
    symbol: t.string,
    side: t.keyof({ long: null, short: null }),
    quantity: t.string,
    averagePrice: Nullable,
    costBasis: t.string,
    realisedPnl: t.string,
    unrealisedPnl: Nullable,
    fees: money,
    funding: money,
    mark: Nullable,
    markAt: Nullable,
    openedAt: t.string,
    closedAt: Nullable,
    protection: t.null,
    logPosition: t.string,
  },
  'PositionReply',
)
export const PositionList = listOf(PositionReply)

export const AccountQuery = closed(t.partial(pageQuery, 'AccountQuery'))
export type AccountQuery = Readonly<t.TypeOf<typeof AccountQuery>>

export const AccountReply = t.strict(
  {
    id: t.string,
    book: t.string,
    currency: t.string,
    leverage: t.string,
    costBasis: t.string,
    balances: money,
    openedAt: t.string,
    logPosition: t.string,
  },
  'AccountReply',
)
export const AccountList = listOf(AccountReply)
