/** Pages of a list that this process has in memory: by the same rules as those of the read models. */
import * as E from 'fp-ts/lib/Either.js'
import { wrong } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import { type PageOf, pageOf } from '#projections/query'
import type { PageQuery } from '#schemas/api/page'
import { fieldFault } from '#schemas/request'

/** `all` knows every object of the list; `rows` are those asked for. Both in the order of the list. */
export const pageIn = <Row>(
  rows: readonly Row[],
  all: readonly Row[],
  query: PageQuery,
  idOf: (row: Row) => string,
): E.Either<Fault, PageOf<Row>> => {
  const { startingAfter, endingBefore } = query
  if (startingAfter !== undefined && endingBefore !== undefined) {
    return wrong([
      fieldFault(['endingBefore'], 'invalid', 'does not go together with startingAfter'),
    ])
  }
  const cursor = startingAfter ?? endingBefore
  if (cursor === undefined) return E.right(pageOf(rows, query))
  const place = all.findIndex((row) => idOf(row) === cursor)
  if (place < 0) {
    const parameter = startingAfter === undefined ? 'endingBefore' : 'startingAfter'
    return wrong([fieldFault([parameter], 'invalid', `${cursor} is no object of this list`)])
  }
  const beyond = new Set(startingAfter === undefined ? all.slice(0, place) : all.slice(place + 1))
  const there = rows.filter((row) => beyond.has(row))
  return E.right(pageOf(startingAfter === undefined ? there.toReversed() : there, query))
}
