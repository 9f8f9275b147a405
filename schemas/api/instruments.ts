/** What may be traded, as it is shown. */
import * as t from 'io-ts'
import { listOf, Nullable, pageQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { VenueId } from '#schemas/values/ids'
import { InstrumentKind } from '#schemas/values/trading'

export const InstrumentQuery = closed(
  t.partial({ ...pageQuery, venue: VenueId }, 'InstrumentQuery'),
)
export type InstrumentQuery = Readonly<t.TypeOf<typeof InstrumentQuery>>

export const InstrumentReply = t.strict(
  {
    /** `<venue>.<symbol>`: what a page begins after or ends before. */
    id: t.string,
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
