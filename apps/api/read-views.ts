/** What the api asks of the read models, asked of PostgreSQL. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { ReadModels } from '#adapters/postgres/read-models'
import { allAccounts } from '#projections/accounts'
import { cashBalances } from '#projections/balances'
import { decisionOf, decisions, decisionsMatching } from '#projections/decisions'
import { fills, fillsMatching } from '#projections/fills'
import { ledgerSpans, ledgersBefore } from '#projections/ledger-history'
import { marksBefore } from '#projections/marks'
import { orderById, ordersMatching } from '#projections/order-queries'
import { positionById, positionsMatching } from '#projections/positions'
import { type Page, pageOf, type Query, rowsOf } from '#projections/query'
import type { ListName, Viewed, Views } from './views.ts'

export const readViews = (models: Omit<ReadModels, 'close'>): Views => {
  const all = async <A>(query: Query<A>): Viewed<readonly A[]> => viewed(await models.all(query))
  const first = async <A>(query: Query<A>): Viewed<A | undefined> =>
    viewed(await models.first(query))
  const page = async <A>(query: Query<A>, asked: Page) => {
    const found = await all(query)
    return E.isLeft(found) ? found : E.right(pageOf(found.right, asked))
  }
  return {
    orders: (query) => page(ordersMatching(query, query), query),
    order: (id) => first(orderById(id)),
    fills: (query) => page(fillsMatching(query, query), query),
    positions: (query) => {
      const { state = 'open' } = query
      return page(positionsMatching({ ...query, state }, query), query)
    },
    decisions: (query) => page(decisionsMatching(query, query), query),
    decisionOn: (id) => first(decisionOf(id)),
    has: async (name, id) => {
      const row = await first(rowById(name, id))
      return E.isLeft(row) ? row : E.right(row.right !== undefined)
    },
    accounts: () => all(allAccounts()),
    cash: () => all(cashBalances()),
    ledgerSpans: (account) => all(ledgerSpans(account)),
    ledgersBefore: (account, moments) => all(ledgersBefore(account, moments)),
    marksBefore: (symbols, moments) => all(marksBefore(symbols, moments)),
    reach: async (position, ms) => {
      const reached = viewed(await models.waitFor(position, ms))
      if (E.isLeft(reached)) return reached
      return reached.right ? E.right(position) : viewed(await models.position())
    },
  }
}

const rowById = (list: ListName, id: string): Query<object> => {
  switch (list) {
    case 'orders':
      return orderById(id)
    case 'fills':
      return rowsOf(fills, { id }, 'id')
    case 'positions':
      return positionById(id)
    case 'decisions':
      return rowsOf(decisions, { id }, 'id')
  }
}

const viewed = <A>(answer: E.Either<{ readonly detail: string }, A>): E.Either<Fault, A> =>
  E.isLeft(answer) ? E.left({ _tag: 'ReadModelsUnreachable', detail: answer.left.detail }) : answer
