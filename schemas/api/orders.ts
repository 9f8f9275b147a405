/** Orders as they are asked for and as they are shown. */
import * as t from 'io-ts'
import { listOf, Nullable, pageQuery, timeQuery } from '#schemas/api/page'
import { closed, notYet } from '#schemas/codec'
import { CheckOutcome } from '#schemas/events/risk'
import { PositiveQuantity, Price } from '#schemas/values/decimal'
import { AccountId, Line, MarketSymbol, StrategyId, VenueId } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { OrderType, Side, TimeInForce } from '#schemas/values/trading'

/** The body of POST /v1/orders. What is absent has the default of the ledger; an unknown field is refused. */
export const PlaceOrder = notYet(
  closed(
    t.intersection(
      [
        t.type({ symbol: MarketSymbol, side: Side, type: OrderType, quantity: PositiveQuantity }),
        t.partial({
          account: AccountId,
          strategy: StrategyId,
          venue: VenueId,
          limitPrice: Price,
          /** Of stop and stopLimit orders: a trade there or beyond makes them market or limit orders. */
          stopPrice: Price,
          timeInForce: TimeInForce,
          /** Of gtd orders: when they end by themselves. */
          expireAt: Instant,
          postOnly: t.boolean,
          reduceOnly: t.boolean,
          clientTag: Line,
        }),
      ],
      'PlaceOrder',
    ),
  ),
  'protection',
)
export type PlaceOrder = Readonly<t.TypeOf<typeof PlaceOrder>>

/** The query of POST /v1/orders. */
export const PlaceQuery = closed(
  t.partial({ dryRun: t.keyof({ true: null, false: null }) }, 'PlaceQuery'),
)

export const orderStatuses = [
  'pendingRisk',
  'denied',
  'approved',
  'submitting',
  'unknown',
  'accepted',
  'partiallyFilled',
  'filled',
  'cancelPending',
  'cancelled',
  'refused',
  'expired',
  'lapsed',
] as const
const status = Object.fromEntries(orderStatuses.map((word) => [word, null])) as Record<
  (typeof orderStatuses)[number],
  null
>
export const OrderStatus = t.keyof(status, 'OrderStatus')

/** The query of GET /v1/orders; the time is that of the intent. */
export const OrderQuery = closed(
  t.partial(
    {
      ...pageQuery,
      ...timeQuery,
      account: AccountId,
      strategy: StrategyId,
      symbol: MarketSymbol,
      status: OrderStatus,
    },
    'OrderQuery',
  ),
)
export type OrderQuery = Readonly<t.TypeOf<typeof OrderQuery>>

const reason = t.union([t.strict({ code: t.string, message: t.string }), t.null])

const order = {
  id: t.string,
  account: t.string,
  strategy: t.string,
  venue: t.string,
  symbol: t.string,
  side: Side,
  type: OrderType,
  quantity: t.string,
  limitPrice: Nullable,
  stopPrice: Nullable,
  timeInForce: TimeInForce,
  expireAt: Nullable,
  postOnly: t.boolean,
  reduceOnly: t.boolean,
  clientTag: Nullable,
  status: OrderStatus,
  filledQuantity: t.string,
  averagePrice: Nullable,
  fees: t.record(t.string, t.string),
  reason,
  live: t.boolean,
  createdAt: t.string,
  updatedAt: t.string,
  logPosition: t.string,
}
/** One order, in lists and in the answer to placing or cancelling it. */
export const OrderReply = t.strict(order, 'OrderReply')
export type OrderReply = Readonly<t.TypeOf<typeof OrderReply>>

/** What happened, when, where in the log and by whom; beside these, all that the event itself says. */
export const TimelineEntry = t.type(
  { type: t.string, at: t.string, logPosition: t.string, app: t.string, person: Nullable },
  'TimelineEntry',
)
export type TimelineEntry = Readonly<t.TypeOf<typeof TimelineEntry>>

/**
 * One thing that the guard looked at. `stopped`: it is why the order was denied; on what only reduces, most of what
 * fails stops nothing. `headroom`: how far `observed` may still move before it fails, in the same unit; below 0 where
 * it failed, null where nothing is left over or there is no figure. `scope`: what it is a limit of; `override`: the
 * part of the book that it binds, null where the limit is the book's own. An outcome is null where the rules of
 * the decision are not known to this ledger.
 */
export const CheckReply = t.strict(
  {
    code: t.string,
    outcome: t.union([CheckOutcome, t.null]),
    stopped: t.boolean,
    observed: Nullable,
    limit: Nullable,
    headroom: Nullable,
    unit: Nullable,
    scope: Nullable,
    override: t.union([
      t.exact(t.partial({ account: t.string, strategy: t.string, symbol: t.string })),
      t.null,
    ]),
    message: Nullable,
  },
  'CheckReply',
)
export type CheckReply = Readonly<t.TypeOf<typeof CheckReply>>

/** `against`: the price that was believed before this one, where it had just jumped. */
const MarkReply = t.union([
  t.strict({ symbol: t.string, price: t.string, at: t.string, against: Nullable }),
  t.null,
])
/** Of the venue, the one that was open or opened next; null where the book had no trading windows for it. */
const SessionReply = t.union([t.strict({ opensAt: t.string, closesAt: t.string }), t.null])
/** What the guard decided about an order, and from what. */
export const DecisionReply = t.strict(
  {
    id: t.string,
    orderId: t.string,
    book: t.string,
    outcome: t.keyof({ approved: null, denied: null }),
    reducing: t.boolean,
    reason,
    mark: MarkReply,
    session: SessionReply,
    checks: t.readonlyArray(CheckReply),
    rules: t.number,
    basis: t.strict({ count: t.number, eventId: Nullable }),
    /** What the guard's clock said; `at` never goes back, whoever sets the clock. */
    clock: t.string,
    at: t.string,
    expiresAt: Nullable,
    logPosition: t.string,
  },
  'DecisionReply',
)
export type DecisionReply = Readonly<t.TypeOf<typeof DecisionReply>>

/** What would be decided if the order were placed now: upon the log up to `logPosition`, at this mark. Nothing was recorded. */
export const DryRunReply = t.strict(
  {
    dryRun: t.literal(true),
    outcome: t.keyof({ approved: null, denied: null }),
    reducing: t.boolean,
    reason,
    mark: MarkReply,
    session: SessionReply,
    checks: t.readonlyArray(CheckReply),
    rules: t.number,
    at: t.string,
    logPosition: t.string,
  },
  'DryRunReply',
)
export type DryRunReply = Readonly<t.TypeOf<typeof DryRunReply>>

/** One order asked for alone: folded from its own stream and the decision on it. */
export const OrderDetail = t.strict(
  {
    ...order,
    timeline: t.readonlyArray(TimelineEntry),
    decision: t.union([DecisionReply, t.null]),
  },
  'OrderDetail',
)
export type OrderDetail = Readonly<t.TypeOf<typeof OrderDetail>>
export const OrderList = listOf(OrderReply)
