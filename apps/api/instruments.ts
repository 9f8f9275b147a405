/** GET /v1/instruments: what may be traded, as the log has it, with the price of the moment. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Marks } from '#domain/market/marks'
import { type InstrumentRow, instrumentView } from '#projections/instruments'
import { InstrumentList, InstrumentQuery } from '#schemas/api/instruments'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'

export interface InstrumentMeans {
  readonly directory: Directory
  readonly marks: Marks
}

const listing = {
  method: 'GET',
  path: '/v1/instruments',
  summary: 'What may be traded, with the price of the moment.',
  tag: 'market',
  query: InstrumentQuery,
  replies: { 200: InstrumentList },
  problems: ['unknownVenue'],
} as const satisfies KeyedDescription

export const listInstruments = ({ directory, marks }: InstrumentMeans): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const { venue } = query
    const all = directory.instruments()
    const there = all.filter((row) => venue === undefined || row.venue === venue)
    if (venue !== undefined && there.length === 0) {
      const venues = [...new Set(all.map((row) => row.venue))]
      return wrong([unknownName(['venue'], 'unknownVenue', venue, venues)])
    }
    const data = there
      .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
      .map((row) => instrumentView(row, marks.markOf(row.symbol)))
    return E.right({ status: 200, body: { data, hasMore: false } })
  })

const nameOf = ({ venue, symbol }: InstrumentRow): string => `${venue} ${symbol}`
