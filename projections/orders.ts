/** Orders as people see them: what was asked, how far it got, what it cost. One row per order. */
import { averagePrice, notional } from '#domain/books/position'
import { addAmount, addQuantity, signed } from '#domain/values/decimal'
import { laterOf } from '#domain/values/instant'
import {
  decimal18,
  decimal36,
  flag,
  json,
  moneyByCurrency,
  optional,
  text,
  time,
  whole,
} from '#projections/columns'
import { rowAfter } from '#projections/fold'
import { plusMoney } from '#projections/money'
import {
  ends,
  type OrderEnd,
  type OrderStatus,
  type Progress,
  stages,
  type Stated,
  statusOf,
} from '#projections/order-status'
import type { Handlers, ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed } from '#schemas/events/ledger'
import type { OrderEvent } from '#schemas/events/order'
import {
  type Amount,
  formatDecimal,
  placesOfQuantity,
  type Price,
  type Quantity,
} from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Code,
  KillSwitchId,
  Line,
  MarketSymbol,
  OrderId,
  PersonId,
  StrategyId,
  VenueId,
} from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { MoneyByCurrency } from '#schemas/values/money'
import {
  type InstrumentKind,
  type OrderType,
  Reason,
  type Side,
  type Terms,
  type TimeInForce,
} from '#schemas/values/trading'

export interface OrderRow extends Stated {
  readonly id: OrderId
  readonly book: BookId
  readonly account: AccountId
  readonly strategy: StrategyId
  readonly venue: VenueId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly type: OrderType
  readonly limitPrice: Price | undefined
  readonly stopPrice: Price | undefined
  readonly timeInForce: TimeInForce
  readonly expireAt: Instant | undefined
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly clientTag: Line | undefined
  /** Who placed it; none where no person did. */
  readonly person: PersonId | undefined
  readonly status: OrderStatus
  /** Whose doing the cancel was, where no person asked for it. */
  readonly cancelledBy: KillSwitchId | undefined
  /** What the fills were worth, in the currency of the instrument's cost. */
  readonly filledCost: Amount
  /** Of the fills: undefined before the first. */
  readonly instrumentKind: InstrumentKind | undefined
  readonly contractSize: Quantity | undefined
  readonly fees: MoneyByCurrency
  readonly reason: Reason | undefined
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** Of the intent: it never changes. */
  readonly logPosition: bigint
}

type Recorded<Type extends OrderEvent['type'] | 'OrderApproved' | 'OrderDenied'> = RecordedEvent<
  EventNamed<Type>
>

/** What an amendment may make another. */
const sizeOf = ({ quantity, limitPrice, stopPrice, expireAt }: Terms) => ({
  quantity,
  limitPrice,
  stopPrice,
  expireAt,
})

const placed = ({ event, metadata, position }: Recorded<'OrderIntentRecorded'>): OrderRow => ({
  id: event.orderId,
  book: event.book,
  account: event.terms.account,
  strategy: event.terms.strategy,
  venue: event.terms.venue,
  symbol: event.terms.symbol,
  side: event.terms.side,
  type: event.terms.orderType,
  ...sizeOf(event.terms),
  timeInForce: event.terms.timeInForce,
  postOnly: event.terms.postOnly,
  reduceOnly: event.terms.reduceOnly,
  clientTag: event.clientTag,
  person: metadata.actor.person,
  status: 'pendingRisk',
  progress: 'pendingRisk',
  ended: undefined,
  cancelRequested: false,
  cancelledBy: undefined,
  amendingTo: undefined,
  filledQuantity: 0n as Quantity,
  filledCost: 0n as Amount,
  instrumentKind: undefined,
  contractSize: undefined,
  fees: {},
  reason: undefined,
  createdAt: metadata.occurredAt,
  updatedAt: metadata.occurredAt,
  logPosition: position,
})

/** The order with what an event says of it. An order whose intent was never seen is not made up. */
const changed = (
  row: OrderRow | undefined,
  { metadata }: RecordedEvent,
  change: Partial<OrderRow>,
): OrderRow | undefined => {
  if (row === undefined) return undefined
  const next = { ...row, ...change, updatedAt: laterOf(row.updatedAt, metadata.occurredAt) }
  // In place, for this is the busiest line of all folds, and `next` is nobody else's yet.
  next.status = statusOf(next)
  return next
}

/** Only ever forward: an approval that is read after the acknowledgement does not take the order back. */
const reached =
  (stage: Progress) =>
  (row: OrderRow | undefined, recorded: RecordedEvent): OrderRow | undefined =>
    changed(
      row,
      recorded,
      row !== undefined && stages.indexOf(stage) > stages.indexOf(row.progress)
        ? { progress: stage }
        : {},
    )

/** The same whichever of two endings is read first. */
const ended = (
  row: OrderRow | undefined,
  recorded: RecordedEvent,
  end: OrderEnd,
  reason?: Reason,
): OrderRow | undefined => {
  const wins = row?.ended === undefined || ends.indexOf(end) > ends.indexOf(row.ended)
  return changed(row, recorded, wins ? { ended: end, reason } : {})
}

const filled = (
  row: OrderRow | undefined,
  recorded: Recorded<'OrderFilled'>,
): OrderRow | undefined => {
  if (row === undefined) return undefined
  const { quantity, price, fee, instrument } = recorded.event
  return changed(row, recorded, {
    filledQuantity: addQuantity(row.filledQuantity, quantity),
    filledCost: addAmount(row.filledCost, notional(price, quantity, instrument)),
    instrumentKind: instrument.kind,
    contractSize: instrument.contractSize,
    fees: plusMoney(row.fees, fee.currency, fee.amount),
  })
}

const on: Handlers<OrderRow> = {
  OrderIntentRecorded: (row, recorded) => row ?? placed(recorded),
  OrderApproved: reached('approved'),
  OrderDenied: (row, recorded) => ended(row, recorded, 'denied', recorded.event.reason),
  OrderSubmissionStarted: reached('submitting'),
  OrderOutcomeUnknown: reached('unknown'),
  OrderOutcomeResolved: (row, recorded) =>
    recorded.event.found === 'present'
      ? reached('accepted')(row, recorded)
      : changed(row, recorded, {}),
  OrderAccepted: reached('accepted'),
  OrderFilled: filled,
  OrderCancelRequested: (row, recorded) =>
    changed(row, recorded, { cancelRequested: true, cancelledBy: recorded.event.killSwitchId }),
  OrderCancelRefused: (row, recorded) =>
    changed(row, recorded, { cancelRequested: false, cancelledBy: undefined }),
  OrderCancelled: (row, recorded) => ended(row, recorded, 'cancelled'),
  OrderExpired: (row, recorded) => ended(row, recorded, 'expired'),
  OrderRefused: (row, recorded) => ended(row, recorded, 'refused', recorded.event.reason),
  OrderLapsed: (row, recorded) => ended(row, recorded, 'lapsed', recorded.event.reason),
  OrderAmendRequested: (row, recorded) => changed(row, recorded, {}),
  AmendApproved: (row, recorded) => changed(row, recorded, {}),
  AmendDenied: (row, recorded) => changed(row, recorded, {}),
  OrderAmendStarted: (row, recorded) =>
    changed(row, recorded, { amendingTo: recorded.event.terms.quantity }),
  OrderAmendOutcomeUnknown: (row, recorded) => changed(row, recorded, {}),
  OrderAmended: (row, recorded) =>
    changed(row, recorded, { ...sizeOf(recorded.event.terms), amendingTo: undefined }),
  OrderAmendRefused: (row, recorded) => changed(row, recorded, { amendingTo: undefined }),
  OrderAnomalyObserved: (row, recorded) => changed(row, recorded, {}),
}

export const orders: ReadModel<OrderRow> = {
  name: 'orders',
  columns: {
    id: text(),
    book: text(),
    account: text(),
    strategy: text(),
    venue: text(),
    symbol: text(),
    side: text(),
    type: text(),
    quantity: decimal18(),
    limitPrice: optional(decimal18()),
    stopPrice: optional(decimal18()),
    timeInForce: text(),
    expireAt: optional(time),
    postOnly: flag,
    reduceOnly: flag,
    clientTag: optional(text()),
    person: optional(text()),
    status: text(),
    progress: text(),
    ended: optional(text()),
    cancelRequested: flag,
    cancelledBy: optional(text()),
    amendingTo: optional(decimal18()),
    filledQuantity: decimal18(),
    filledCost: decimal36(),
    instrumentKind: optional(text()),
    contractSize: optional(decimal18()),
    fees: moneyByCurrency,
    reason: optional(json(Reason)),
    createdAt: time,
    updatedAt: time,
    logPosition: whole,
  },
  key: ['id'],
  indexes: [
    ['logPosition'],
    ['account', 'logPosition'],
    ['strategy', 'logPosition'],
    ['symbol', 'logPosition'],
    ['status', 'logPosition'],
    ['createdAt'],
  ],
  beginsWith: ['OrderIntentRecorded'],
  foldVersion: 3,
  rowsOf: ({ event }) => ('orderId' in event ? [[event.orderId]] : []),
  on,
}

/** Of the fills so far; undefined before the first. */
export const averagePriceOf = (row: OrderRow): Price | undefined =>
  row.instrumentKind === undefined || row.contractSize === undefined
    ? undefined
    : averagePrice(
        { quantity: signed('buy', row.filledQuantity), costBasis: row.filledCost },
        { kind: row.instrumentKind, contractSize: row.contractSize },
      )

/** One order from its own events and the guard's decisions on it, oldest first. */
export const orderOf = (history: readonly RecordedEvent[]): OrderRow | undefined =>
  rowAfter(orders, history)

const reasonOfCancel = ({ status, cancelledBy }: OrderRow): Reason | undefined =>
  cancelledBy !== undefined && (status === 'cancelled' || status === 'cancelPending')
    ? { code: 'killSwitch' as Code, message: `Kill switch ${cancelledBy} forbids it.` as Line }
    : undefined

/** An order as REST shows it. Real money is at stake everywhere but on the paper venue. */
export const orderView = (row: OrderRow) => {
  const average = averagePriceOf(row)
  return {
    id: row.id,
    account: row.account,
    strategy: row.strategy,
    venue: row.venue,
    symbol: row.symbol,
    side: row.side,
    type: row.type,
    quantity: formatDecimal(row.quantity, placesOfQuantity),
    limitPrice: shown(row.limitPrice),
    stopPrice: shown(row.stopPrice),
    timeInForce: row.timeInForce,
    expireAt: row.expireAt === undefined ? null : formatInstant(row.expireAt),
    postOnly: row.postOnly,
    reduceOnly: row.reduceOnly,
    clientTag: row.clientTag ?? null,
    status: row.status,
    filledQuantity: formatDecimal(row.filledQuantity, placesOfQuantity),
    averagePrice: shown(average),
    fees: MoneyByCurrency.encode(row.fees),
    reason: row.reason ?? reasonOfCancel(row) ?? null,
    live: row.venue !== 'paper',
    createdAt: formatInstant(row.createdAt),
    updatedAt: formatInstant(row.updatedAt),
    logPosition: row.logPosition.toString(),
  }
}
export type OrderView = ReturnType<typeof orderView>

const shown = (price: Price | undefined): string | null =>
  price === undefined ? null : formatDecimal(price, placesOfQuantity)
