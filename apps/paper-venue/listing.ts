/** Lists, page after page, from what is durable. */
import * as E from 'fp-ts/lib/Either.js'
import type { PaperStore, StoreLost } from '#domain/matching/store'
import type { PaperAnswer } from '#schemas/paper/wire'
import type { ListRequest } from './desk.ts'
import { wireFunding, wireOrder, wireTrade } from './translate.ts'

const pageMax = 500

type Listed = Promise<E.Either<StoreLost, PaperAnswer>>

export const listed = async (store: PaperStore, list: ListRequest): Listed => {
  const { request, account, after } = list
  // One more than is told says whether there are more.
  const page = { account, after, limit: pageMax + 1 }
  switch (list.type) {
    case 'openOrders':
      return answered(await store.openOrders(page), wireOrder, (orders, more) => ({
        type: 'orders',
        request,
        orders,
        more,
      }))
    case 'closedOrders':
      return answered(await store.closedOrders(page, list.since), wireOrder, (orders, more) => ({
        type: 'orders',
        request,
        orders,
        more,
      }))
    case 'trades':
      return answered(await store.trades(page, list.since), wireTrade, (trades, more) => ({
        type: 'trades',
        request,
        trades,
        more,
      }))
    case 'fundings':
      return answered(await store.fundings(page, list.since), wireFunding, (fundings, more) => ({
        type: 'fundings',
        request,
        fundings,
        more,
      }))
  }
}

const answered = <Kept, Wire>(
  found: E.Either<StoreLost, readonly Kept[]>,
  wire: (kept: Kept) => Wire,
  answer: (page: readonly Wire[], more: boolean) => PaperAnswer,
): E.Either<StoreLost, PaperAnswer> =>
  E.isLeft(found)
    ? found
    : E.right(answer(found.right.slice(0, pageMax).map(wire), found.right.length > pageMax))
