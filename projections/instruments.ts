/** What may be traded, on which terms and by which rules. One row per venue and symbol. */
import { json, text, time, whole } from '#projections/columns'
import { type Query, rowsOf } from '#projections/query'
import type { Handler, ReadModel } from '#projections/read-model'
import { formatDecimal, placesOfAmount, placesOfQuantity } from '#schemas/values/decimal'
import type { MarketSymbol, VenueId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { InstrumentRules, InstrumentTerms, type Mark } from '#schemas/values/trading'

export interface InstrumentRow {
  readonly venue: VenueId
  readonly symbol: MarketSymbol
  readonly terms: InstrumentTerms
  readonly rules: InstrumentRules
  readonly listedAt: Instant
  readonly changedAt: Instant
  /** Of the last change. */
  readonly logPosition: bigint
}

const listed: Handler<InstrumentRow, 'InstrumentListed' | 'InstrumentChanged'> = (
  row,
  { event, metadata, position },
) => ({
  venue: event.venue,
  symbol: event.symbol,
  terms: event.terms,
  rules: event.rules,
  listedAt: row?.listedAt ?? metadata.occurredAt,
  changedAt: metadata.occurredAt,
  logPosition: position,
})

export const instruments: ReadModel<InstrumentRow> = {
  name: 'instruments',
  columns: {
    venue: text(),
    symbol: text(),
    terms: json(InstrumentTerms),
    rules: json(InstrumentRules),
    listedAt: time,
    changedAt: time,
    logPosition: whole,
  },
  key: ['venue', 'symbol'],
  indexes: [],
  foldVersion: 1,
  rowsOf: ({ event }) =>
    event.type === 'InstrumentListed' || event.type === 'InstrumentChanged'
      ? [[event.venue, event.symbol]]
      : [],
  on: { InstrumentListed: listed, InstrumentChanged: listed },
}

/** An instrument as REST shows it. */
export const instrumentView = (
  { venue, symbol, terms, rules, ...row }: InstrumentRow,
  mark?: Mark,
) => ({
  venue,
  symbol,
  ...InstrumentTerms.encode(terms),
  tickSize: formatDecimal(rules.tickSize, placesOfQuantity),
  lotSize: formatDecimal(rules.lotSize, placesOfQuantity),
  quantityMin: formatDecimal(rules.quantityMin, placesOfQuantity),
  quantityMax:
    rules.quantityMax === undefined ? null : formatDecimal(rules.quantityMax, placesOfQuantity),
  notionalMin: formatDecimal(rules.notionalMin, placesOfAmount),
  orderTypes: rules.orderTypes,
  mark: mark === undefined ? null : formatDecimal(mark.price, placesOfQuantity),
  markAt: mark === undefined ? null : formatInstant(mark.at),
  logPosition: row.logPosition.toString(),
})

export const instrumentsOf = (venue?: string): Query<InstrumentRow> =>
  rowsOf(instruments, { venue }, 'symbol')
