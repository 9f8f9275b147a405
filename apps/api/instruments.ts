/** GET /v1/instruments: what may be traded, as the log has it, with the price of the moment. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { Answer, Asked } from '#adapters/http/route'
import type { Marks } from '#domain/market/marks'
import { type InstrumentRow, instrumentView } from '#projections/instruments'
import { InstrumentQuery } from '#schemas/api/instruments'
import type { Directory } from './directory.ts'
import { queryOf, wrong } from './requests.ts'
import { unknownName } from './terms.ts'

export interface InstrumentMeans {
  readonly directory: Directory
  readonly marks: Marks
}

export const listInstruments =
  ({ directory, marks }: InstrumentMeans) =>
  async (asked: Asked): Promise<E.Either<Fault, Answer>> => {
    const query = queryOf(InstrumentQuery, asked)
    if (E.isLeft(query)) return query
    const { venue } = query.right
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
  }

const nameOf = ({ venue, symbol }: InstrumentRow): string => `${venue} ${symbol}`
