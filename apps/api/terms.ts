/** From what was asked to the terms of an order: defaults filled in, and what this ledger knows nothing of refused. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { PlaceOrder } from '#schemas/api/orders'
import { fieldFault } from '#schemas/request'
import type { BookId, StrategyId, VenueId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'
import type { Directory } from './directory.ts'
import { mainAccount } from './fresh-ledger.ts'
import { faultsOfTerms } from './term-faults.ts'

export interface Placeable {
  readonly terms: Terms
  readonly book: BookId
}

/** What depends on the instrument or the venue (increments, minimum, notional) is for the guard to judge, not for here. */
export const placeable = (
  asked: PlaceOrder,
  directory: Directory,
  ownVenue: VenueId,
  now: Instant,
): E.Either<Fault, Placeable> => {
  const terms = termsOf(asked, ownVenue)
  const isMarketOpen = directory.instruments().some((row) => row.venue === ownVenue)
  if (terms.venue === ownVenue && !isMarketOpen) {
    return E.left({
      _tag: 'NotReady',
      detail: `The venue ${ownVenue} has not said yet what may be traded there. Ask again.`,
    })
  }
  const account = directory.account(terms.account)
  const faults = [...faultsOfTerms(terms, now), ...faultsOfNames(terms, directory, ownVenue)]
  return account === undefined || faults.length > 0
    ? E.left({ _tag: 'FieldsWrong', faults })
    : E.right({ terms, book: account.book })
}

const termsOf = (asked: PlaceOrder, ownVenue: VenueId): Terms => ({
  account: asked.account ?? mainAccount,
  strategy: asked.strategy ?? ('manual' as StrategyId),
  venue: asked.venue ?? ownVenue,
  symbol: asked.symbol,
  side: asked.side,
  orderType: asked.type,
  quantity: asked.quantity,
  timeInForce: asked.timeInForce ?? (asked.type === 'market' ? 'ioc' : 'gtc'),
  postOnly: asked.postOnly ?? false,
  reduceOnly: asked.reduceOnly ?? false,
  ...(asked.limitPrice === undefined ? {} : { limitPrice: asked.limitPrice }),
  ...(asked.stopPrice === undefined ? {} : { stopPrice: asked.stopPrice }),
  ...(asked.expireAt === undefined ? {} : { expireAt: asked.expireAt }),
})

const faultsOfNames = (
  { account, venue, symbol }: Terms,
  directory: Directory,
  ownVenue: VenueId,
): readonly RequestFault[] => {
  const faults: RequestFault[] = []
  if (directory.account(account) === undefined) {
    const known = directory.accounts().map(({ id }) => id)
    faults.push(unknownName(['account'], 'unknownAccount', account, known))
  }
  const instruments = directory.instruments()
  const there = instruments.filter((each) => each.venue === venue)
  if (venue !== ownVenue && there.length === 0) {
    const known = new Set([ownVenue, ...instruments.map((each) => each.venue)])
    faults.push(unknownName(['venue'], 'unknownVenue', venue, [...known]))
  } else if (directory.instrument(venue, symbol) === undefined) {
    const known = there.map((each) => each.symbol)
    faults.push(unknownName(['symbol'], 'unknownSymbol', symbol, known))
  }
  return faults
}

const namesMax = 20
/** A name that is not there, and those that are. */
export const unknownName = (
  path: readonly string[],
  code: RequestFault['code'],
  name: string,
  known: readonly string[],
): RequestFault => {
  const there =
    known.length === 0 ? 'there is none yet' : `known: ${known.slice(0, namesMax).join(', ')}`
  return { ...fieldFault(path, 'invalid', `${name} is not known; ${there}`), code }
}
