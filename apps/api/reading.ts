/** What every question to the read models begins with: names that are known, times in order, and a ledger caught up. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { PageQuery } from '#schemas/api/page'
import type { AccountId, BookId, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'
import type { Views } from './views.ts'

/** So long a reader waits for the read models to show what he has just written. */
export const patienceMs = 5_000

/** What may go wrong with any of them. */
export const ofReadModels = ['readModelsUnreachable', 'projectionBehind'] as const

export const readUpTo = async (
  views: Pick<Views, 'reach'>,
  after: bigint | undefined,
): Promise<E.Either<Fault, undefined>> => {
  if (after === undefined) return E.right(undefined)
  const reached = await views.reach(after, patienceMs)
  if (E.isLeft(reached)) return reached
  return reached.right >= after
    ? E.right(undefined)
    : E.left({ _tag: 'ProjectionBehind', asked: after, reached: reached.right })
}

/** What several lists are filtered by; each names what the ledger knows or does not. */
export interface Filter extends PageQuery {
  readonly account?: AccountId
  readonly book?: BookId
  readonly symbol?: MarketSymbol
  readonly from?: Instant
  readonly to?: Instant
}
/** A name that nobody knows, or a time that ends before it begins, is a slip of the pen; an empty list would hide it. */
export const filterFaults = (directory: Directory, query: Filter): readonly RequestFault[] => {
  const { account, book, symbol, from, to } = query
  const faults: RequestFault[] = []
  if (account !== undefined && directory.account(account) === undefined) {
    const known = directory.accounts().map(({ id }) => id)
    faults.push(unknownName(['account'], 'unknownAccount', account, known))
  }
  if (book !== undefined && directory.book(book) === undefined) {
    faults.push(unknownName(['book'], 'unknownBook', book, directory.books()))
  }
  const symbols = directory.instruments().map((row) => row.symbol)
  if (symbol !== undefined && !symbols.includes(symbol)) {
    faults.push(unknownName(['symbol'], 'unknownSymbol', symbol, symbols))
  }
  if (from !== undefined && to !== undefined && from >= to) {
    const detail = 'must be later than from: it is the first moment that is left out.'
    faults.push({ pointer: '/to', code: 'invalid', detail })
  }
  if (query.startingAfter !== undefined && query.endingBefore !== undefined) {
    const detail = 'startingAfter and endingBefore do not go together.'
    faults.push({ pointer: '/endingBefore', code: 'invalid', detail })
  }
  return faults
}
