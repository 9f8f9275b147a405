/** Positions, each from the fill that opened it to the one that closed it. One row per position. */
import { fundingShares } from '#domain/books/funding'
import { legsOf, type Leg } from '#domain/books/legs'
import { averagePrice, flat, type Position, unrealisedPnl } from '#domain/books/position'
import { abs } from '#domain/values/decimal'
import {
  type Cell,
  type Column,
  decimal18,
  decimal36,
  json,
  moneyByCurrency,
  optional,
  text,
  time,
  whole,
} from '#projections/columns'
import { cellsOf, rowOf } from '#projections/fold'
import { plusMoney } from '#projections/money'
import { nameBasedUuid, type NamesHash } from '#projections/name-based-uuid'
import { listOf, type Page, type Query, rowsOf, type TimeRange } from '#projections/query'
import type { Handler, ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed } from '#schemas/events/ledger'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
  type SignedQuantity,
} from '#schemas/values/decimal'
import type { AccountId, MarketSymbol, PositionId, StrategyId, VenueId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { MoneyByCurrency } from '#schemas/values/money'
import { InstrumentTerms, type Mark } from '#schemas/values/trading'

export interface PositionRow {
  readonly id: PositionId
  readonly account: AccountId
  readonly strategy: StrategyId
  readonly venue: VenueId
  readonly symbol: MarketSymbol
  /** It stays when the position is closed. */
  readonly side: 'long' | 'short'
  /** Above 0 long, below 0 short, 0 once closed. */
  readonly quantity: SignedQuantity
  readonly costBasis: Amount
  /** The last while it was open. */
  readonly averagePrice: Price | undefined
  /** Before fees, in the currency of the instrument's cost. */
  readonly realisedPnl: Amount
  readonly fees: MoneyByCurrency
  /** Received above 0, in the instrument's settle currency; no part of realisedPnl. */
  readonly funding: MoneyByCurrency
  readonly instrument: InstrumentTerms
  readonly openedAt: Instant
  readonly closedAt: Instant | undefined
  /** When the venue says that it was opened. */
  readonly openedVenueAt: Instant
  /** The next position in the same place. */
  readonly succeededBy: PositionId | undefined
  /** Of the last position in its place: the one before it, which funding that is told late may be of. */
  readonly former: PositionRow | undefined
  /** Of the fill that opened it: the order of the list. */
  readonly openedPosition: bigint
  /** Of its last event. */
  readonly logPosition: bigint
}

type Filled = RecordedEvent<EventNamed<'OrderFilled' | 'ForeignFillObserved'>>

/** A new id whenever a position opens from flat or turns around. */
export const positionId = (hash: NamesHash, { event, metadata }: Filled): PositionId =>
  nameBasedUuid(hash, [
    'position',
    event.account,
    event.strategy,
    event.venue,
    event.symbol,
    metadata.id,
  ])

const opened = (hash: NamesHash, recorded: Filled, quantity: SignedQuantity): PositionRow => {
  const { event, metadata, position } = recorded
  const isLong = quantity === 0n ? event.side === 'buy' : quantity > 0n
  return {
    id: positionId(hash, recorded),
    account: event.account,
    strategy: event.strategy,
    venue: event.venue,
    symbol: event.symbol,
    side: isLong ? 'long' : 'short',
    ...flat,
    averagePrice: undefined,
    fees: {},
    funding: {},
    instrument: event.instrument,
    openedAt: metadata.occurredAt,
    openedVenueAt: event.venueAt,
    closedAt: undefined,
    succeededBy: undefined,
    former: undefined,
    openedPosition: position,
    logPosition: position,
  }
}

const withLeg = (
  row: PositionRow,
  leg: Leg,
  realisedBefore: Amount,
  recorded: Filled,
): PositionRow => {
  const { event, metadata, position } = recorded
  const { quantity, costBasis, realisedPnl } = leg.position
  return {
    ...row,
    quantity,
    costBasis,
    averagePrice: averagePrice(leg.position, event.instrument) ?? row.averagePrice,
    realisedPnl: (row.realisedPnl + realisedPnl - realisedBefore) as Amount,
    fees: plusMoney(row.fees, event.fee.currency, leg.feeAmount),
    instrument: event.instrument,
    closedAt: quantity === 0n ? metadata.occurredAt : undefined,
    logPosition: position,
  }
}

const filled =
  (hash: NamesHash): Handler<PositionRow, 'OrderFilled' | 'ForeignFillObserved'> =>
  (row, recorded) => {
    const held = row === undefined || row.closedAt !== undefined ? undefined : row
    const before: Position = held ?? flat
    const [first, second] = legsOf(before, recorded.event, recorded.event.instrument)
    const current = held ?? opened(hash, recorded, first.position.quantity)
    const after = withLeg(current, first, before.realisedPnl, recorded)
    if (second === undefined) return succeeding(held === undefined ? row : undefined, after)
    const next = opened(hash, recorded, second.position.quantity)
    return succeeding(after, withLeg(next, second, second.position.realisedPnl, recorded))
  }
const succeeding = (
  former: PositionRow | undefined,
  next: PositionRow,
): PositionRow | readonly PositionRow[] => {
  if (former === undefined) return next
  const ended = { ...former, succeededBy: next.id, former: undefined }
  return [ended, { ...next, former: ended }]
}

/** A venue that trades at the instant at which it pays has paid before. */
const funded: Handler<PositionRow, 'FundingPaid'> = (row, { event, position }, [, strategy]) => {
  const share = fundingShares(event).find((each) => each.strategy === strategy)
  if (row === undefined || share === undefined) return undefined
  const received = (by: PositionRow): PositionRow => {
    const funding = plusMoney(by.funding, event.currency, share.amount)
    return { ...by, funding, logPosition: position }
  }
  if (row.former === undefined || event.venueAt > row.openedVenueAt) return received(row)
  const former = received(row.former)
  return [former, { ...row, former }]
}

const formerColumn: Column<PositionRow | undefined> = {
  sql: 'jsonb',
  nullable: true,
  write: (row) => (row === undefined ? null : JSON.stringify(cellsOf(table, row))),
  read: (cell) => (cell === null ? undefined : rowOf(table, JSON.parse(cell) as readonly Cell[])),
}

/** The table alone: queries do not need what makes ids. */
const table: ReadModel<PositionRow> = {
  name: 'positions',
  columns: {
    id: text(),
    account: text(),
    strategy: text(),
    venue: text(),
    symbol: text(),
    side: text(),
    quantity: decimal18(),
    costBasis: decimal36(),
    averagePrice: optional(decimal18()),
    realisedPnl: decimal36(),
    fees: moneyByCurrency,
    funding: moneyByCurrency,
    instrument: json(InstrumentTerms),
    openedAt: time,
    openedVenueAt: time,
    closedAt: optional(time),
    succeededBy: optional(text()),
    former: formerColumn,
    openedPosition: whole,
    logPosition: whole,
  },
  key: ['id'],
  foundBy: ['account', 'strategy', 'venue', 'symbol'],
  endedBy: 'succeededBy',
  indexes: [
    ['openedPosition'],
    ['account', 'openedPosition'],
    ['symbol', 'openedPosition'],
    ['closedAt'],
  ],
  foldVersion: 2,
  rowsOf: ({ event }) => {
    if (event.type === 'FundingPaid') {
      const { account, venue, symbol } = event
      return fundingShares(event).map(({ strategy }) => [account, strategy, venue, symbol])
    }
    return event.type === 'OrderFilled' || event.type === 'ForeignFillObserved'
      ? [[event.account, event.strategy, event.venue, event.symbol]]
      : []
  },
  on: {},
}
export const positions = (hash: NamesHash): ReadModel<PositionRow> => ({
  ...table,
  on: { OrderFilled: filled(hash), ForeignFillObserved: filled(hash), FundingPaid: funded },
})

/** A position as REST shows it: its size and cost without a sign, for `side` says which way. */
export const positionView = (row: PositionRow, mark?: Mark) => ({
  id: row.id,
  state: row.closedAt === undefined ? ('open' as const) : ('closed' as const),
  account: row.account,
  strategy: row.strategy,
  venue: row.venue,
  symbol: row.symbol,
  side: row.side,
  quantity: formatDecimal(abs(row.quantity), placesOfQuantity),
  averagePrice:
    row.averagePrice === undefined ? null : formatDecimal(row.averagePrice, placesOfQuantity),
  costBasis: formatDecimal(abs(row.costBasis), placesOfAmount),
  realisedPnl: formatDecimal(row.realisedPnl, placesOfAmount),
  unrealisedPnl: unrealisedShown(row, mark),
  fees: MoneyByCurrency.encode(row.fees),
  funding: MoneyByCurrency.encode(row.funding),
  mark: mark === undefined ? null : formatDecimal(mark.price, placesOfQuantity),
  markAt: mark === undefined ? null : formatInstant(mark.at),
  openedAt: formatInstant(row.openedAt),
  closedAt: row.closedAt === undefined ? null : formatInstant(row.closedAt),
  protection: null,
  logPosition: row.logPosition.toString(),
})

/** Nothing is open in a closed position, whatever the market does. */
const unrealisedShown = (row: PositionRow, mark: Mark | undefined): string | null => {
  if (row.closedAt !== undefined) return '0'
  if (mark === undefined) return null
  return formatDecimal(unrealisedPnl(row, mark.price, row.instrument), placesOfAmount)
}

/** The time is when it came to be as it is asked for: opened, or closed. */
export interface PositionFilter extends TimeRange {
  readonly account?: string | undefined
  readonly strategy?: string | undefined
  readonly symbol?: string | undefined
  readonly state: 'open' | 'closed'
}
/** The one opened last comes first. */
export const positionsMatching = (
  { account, strategy, symbol, state, from, to }: PositionFilter,
  page: Page,
): Query<PositionRow> =>
  listOf(table, {
    where: { account, strategy, symbol },
    time: { column: state === 'open' ? 'openedAt' : 'closedAt', from, to },
    ...(state === 'open' ? { isNull: 'closedAt' } : { isNotNull: 'closedAt' }),
    order: 'openedPosition',
    page,
  })

export const positionById = (id: string): Query<PositionRow> => rowsOf(table, { id }, 'id')
