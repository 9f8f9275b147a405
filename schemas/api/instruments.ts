/** What may be traded, as it is shown. */
import * as t from 'io-ts'
import { listOf, Nullable } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { VenueId } from '#schemas/values/ids'
import { InstrumentKind } from '#schemas/values/trading'

export const InstrumentQuery = closed(t.partial({ venue: VenueId }, 'InstrumentQuery'))
export type InstrumentQuery = Readonly<t.TypeOf<typeof InstrumentQuery>>

export const InstrumentReply = t.strict(
  {
    venue: t.string,
    symbol: t.string,
    kind: InstrumentKind,
    base: t.string,
    quote: t.string,
    settle: t.string,
    contractSize: t.string,
    tickSize: t.string,
    lotSize: t.string,
    quantityMin: t.string,
    quantityMax: Nullable,
    notionalMin: t.string,
    orderTypes: t.readonlyArray(t.string),
    mark: Nullable,
    markAt: Nullable,
    logPosition: t.string,
  },
  'InstrumentReply',
)
export const InstrumentList = listOf(InstrumentReply)
