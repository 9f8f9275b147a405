/** GET /v1/instruments: what may be traded, as the log has it, with the price of the moment. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Marks } from '#domain/market/marks'
import { type InstrumentRow, instrumentView } from '#projections/instruments'
import { InstrumentList, InstrumentQuery } from '#schemas/api/instruments'
import type { Mark } from '#schemas/values/trading'
import type { Directory } from './directory.ts'
import { foldedUpTo, type LevelMeans } from './levelling.ts'
import { pageIn } from './paging.ts'
import { unknownName } from './terms.ts'

/** So long a reader waits until this process has folded what he has just seen elsewhere. */
const patienceMs = 5_000

export interface InstrumentMeans extends LevelMeans {
  readonly directory: Directory
  readonly marks: Marks
}

const listing = {
  method: 'GET',
  path: '/v1/instruments',
  summary: 'What may be traded, in the order of names, with the price of the moment.',
  tag: 'market',
  query: InstrumentQuery,
  replies: { 200: InstrumentList },
  problems: ['unknownVenue', 'projectionBehind'],
} as const satisfies KeyedDescription

export const listInstruments = (means: InstrumentMeans): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const { directory, marks } = means
    const { venue } = query
    const level = await foldedUpTo(means, query.after, patienceMs)
    if (E.isLeft(level)) return level
    const all = directory.instruments().toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    const there = all.filter((row) => venue === undefined || row.venue === venue)
    if (venue !== undefined && there.length === 0) {
      const venues = [...new Set(all.map((row) => row.venue))]
      return wrong([unknownName(['venue'], 'unknownVenue', venue, venues)])
    }
    const page = pageIn(there, all, query, idOf)
    if (E.isLeft(page)) return page
    const data = page.right.data.map((row) => instrumentReply(row, marks.markOf(row.symbol)))
    return E.right({ status: 200, body: { data, hasMore: page.right.hasMore } })
  })

export const instrumentReply = (row: InstrumentRow, mark?: Mark) => ({
  id: idOf(row),
  ...instrumentView(row, mark),
})
const idOf = ({ venue, symbol }: InstrumentRow): string => `${venue}.${symbol}`
