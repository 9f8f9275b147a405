/** A book's risk as it is shown, and the kill switch as it is engaged. */
import * as t from 'io-ts'
import { ProposalReply } from '#schemas/api/control'
import { DecisionReply } from '#schemas/api/orders'
import { listOf, Nullable, pageQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import {
  AccountId,
  BookId,
  KillSwitchId,
  GivenLine,
  MarketSymbol,
  OrderId,
  StrategyId,
} from '#schemas/values/ids'
import { BookControl, KillSwitchMode } from '#schemas/values/trading'

export const RiskQuery = closed(t.partial({ book: BookId }, 'RiskQuery'))
export type RiskQuery = Readonly<t.TypeOf<typeof RiskQuery>>

export const DecisionQuery = closed(
  t.partial(
    {
      ...pageQuery,
      book: BookId,
      orderId: OrderId,
      outcome: t.keyof({ approved: null, denied: null }),
    },
    'DecisionQuery',
  ),
)
export type DecisionQuery = Readonly<t.TypeOf<typeof DecisionQuery>>
export const DecisionList = listOf(DecisionReply)

/** The body of POST /v1/risk/kill-switch. `id` belongs to releasing and endorsing. */
export const KillSwitchRequest = closed(
  t.intersection(
    [
      t.type({
        action: t.keyof({ engage: null, release: null, endorse: null }, 'Action'),
        reason: GivenLine,
      }),
      t.partial({
        book: BookId,
        id: KillSwitchId,
        mode: KillSwitchMode,
        scope: closed(
          t.partial({ account: AccountId, strategy: StrategyId, symbol: MarketSymbol }, 'Scope'),
        ),
      }),
    ],
    'KillSwitchRequest',
  ),
)
export type KillSwitchRequest = Readonly<t.TypeOf<typeof KillSwitchRequest>>

export const KillSwitchReply = t.strict(
  {
    id: t.string,
    book: t.string,
    mode: KillSwitchMode,
    scope: t.exact(t.partial({ account: t.string, strategy: t.string, symbol: t.string })),
    reason: t.string,
    /** Null: no person, but the guard, because a limit of loss was broken. */
    person: Nullable,
    engagedAt: t.string,
    logPosition: t.string,
  },
  'KillSwitchReply',
)
export type KillSwitchReply = Readonly<t.TypeOf<typeof KillSwitchReply>>

/** The day that is open, and what equity is measured against; both move with what comes in or goes out. */
const TradingDayReply = t.strict(
  {
    day: t.string,
    opensAt: t.string,
    closesAt: t.string,
    /** The guard was not there at the boundary: it began with what the book was worth when that was last marked. */
    late: t.boolean,
    openEquity: t.string,
    highWater: t.string,
  },
  'TradingDayReply',
)
/** Money in the book's currency, at worst; net above 0 is long. Null where something held has no mark. */
const exposure = { gross: Nullable, net: Nullable }
export const RiskReply = t.strict(
  {
    book: t.string,
    currency: t.string,
    control: BookControl,
    state: t.keyof({ active: null, reduce: null, halt: null }),
    killSwitches: t.readonlyArray(KillSwitchReply),
    /** Those in force. */
    limits: t.UnknownRecord,
    /** What was asked for, and has not taken effect yet. */
    proposals: t.readonlyArray(ProposalReply),
    exposure: t.strict({
      ...exposure,
      bySymbol: t.record(t.string, t.strict(exposure)),
    }),
    /** What the book is worth at the prices of now. Null where something in it has none that can be relied upon. */
    equity: Nullable,
    /** Since the trading day began: realised, unrealised, less fees, with funding. */
    dailyPnl: Nullable,
    /** Below the highest equity, as a part of it. */
    drawdown: Nullable,
    /** The oldest price that any of these figures comes from. Null: they need none. */
    markedAt: Nullable,
    /** Why they are not to be relied upon, in words. Null: nothing stands against it. */
    doubt: Nullable,
    /** What increases is denied while these are broken, whether or not a kill switch stands. */
    broken: t.readonlyArray(t.keyof({ maxDailyLoss: null, maxDrawdown: null })),
    tradingDay: t.union([TradingDayReply, t.null]),
    orderVelocity: t.strict({ perSecond: t.number, perMinute: t.number, perHour: t.number }),
    logPosition: t.string,
  },
  'RiskReply',
)
export type RiskReply = Readonly<t.TypeOf<typeof RiskReply>>
