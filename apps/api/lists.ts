/** GET of orders, fills, positions, decisions and accounts: lists from the read models, newest first. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { Answer, Description, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Marks } from '#domain/market/marks'
import { accountView } from '#projections/accounts'
import { moneyOf } from '#projections/balances'
import { fillView } from '#projections/fills'
import { orderView } from '#projections/orders'
import { positionView } from '#projections/positions'
import type { PageOf } from '#projections/query'
import {
  AccountList,
  AccountQuery,
  FillList,
  FillQuery,
  PositionList,
  PositionQuery,
} from '#schemas/api/holdings'
import { OrderList, OrderQuery } from '#schemas/api/orders'
import type { PageQuery } from '#schemas/api/page'
import { DecisionList, DecisionQuery } from '#schemas/api/risk'
import { fieldFault } from '#schemas/request'
import { decisionRowView, namesIn } from './decision-view.ts'
import type { Directory } from './directory.ts'
import { pageIn } from './paging.ts'
import { type Filter, filterFaults, ofReadModels, readUpTo } from './reading.ts'
import type { ListName, Viewed, Views } from './views.ts'

export interface ListMeans {
  readonly views: Views
  readonly directory: Directory
  readonly marks: Marks
}

export const listOrders = ({ views, directory }: ListMeans): KeyedRoute =>
  list({
    views,
    directory,
    path: '/v1/orders',
    summary: 'Orders, newest first.',
    tag: 'orders',
    codec: OrderQuery,
    reply: OrderList,
    name: 'orders',
    find: views.orders,
    show: orderView,
  })

export const listFills = ({ views, directory }: ListMeans): KeyedRoute =>
  list({
    views,
    directory,
    path: '/v1/fills',
    summary: 'Fills, newest first.',
    tag: 'orders',
    codec: FillQuery,
    reply: FillList,
    name: 'fills',
    find: views.fills,
    show: fillView,
  })

/** Marks of this moment are added here; they are in no table. */
export const listPositions = ({ views, directory, marks }: ListMeans): KeyedRoute =>
  list({
    views,
    directory,
    path: '/v1/positions',
    summary: 'Positions, those opened last first, with what they are worth at this moment.',
    tag: 'positions',
    codec: PositionQuery,
    reply: PositionList,
    name: 'positions',
    find: views.positions,
    show: (row) =>
      positionView(row, row.closedAt === undefined ? marks.markOf(row.symbol) : undefined),
  })

export const listDecisions = ({ views, directory }: ListMeans): KeyedRoute =>
  list({
    views,
    directory,
    path: '/v1/risk/decisions',
    summary: 'What the risk guard decided, newest first, with everything it looked at.',
    tag: 'risk',
    codec: DecisionQuery,
    reply: DecisionList,
    name: 'decisions',
    find: views.decisions,
    show: decisionRowView(namesIn(directory)),
  })

const listing = {
  method: 'GET',
  path: '/v1/accounts',
  summary: 'Accounts, those opened last first, and what each has of each currency.',
  tag: 'accounts',
  query: AccountQuery,
  replies: { 200: AccountList },
  problems: ofReadModels,
} as const satisfies KeyedDescription

export const listAccounts = ({ views }: ListMeans): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const reached = await readUpTo(views, query.after)
    if (E.isLeft(reached)) return reached
    const [accounts, cash] = await Promise.all([views.accounts(), views.cash()])
    if (E.isLeft(accounts)) return accounts
    if (E.isLeft(cash)) return cash
    const all = accounts.right.toReversed()
    const found = pageIn(all, all, query, ({ id }) => id)
    if (E.isLeft(found)) return found
    const { data, hasMore } = found.right
    return page({
      data: data.map((row) => accountView(row, moneyOf(row.id, cash.right))),
      hasMore,
    })
  })

interface List<Query extends Filter, Row> extends Pick<Description, 'path' | 'summary' | 'tag'> {
  readonly views: Views
  readonly directory: Directory
  readonly name: ListName
  readonly codec: t.Type<Query, unknown, unknown>
  readonly reply: t.Any
  readonly find: (query: Query) => Viewed<PageOf<Row>>
  readonly show: (row: Row) => unknown
}

const list = <Query extends Filter, Row>({
  views,
  directory,
  name,
  codec,
  reply,
  find,
  show,
  path,
  summary,
  tag,
}: List<Query, Row>): KeyedRoute => {
  const description = {
    method: 'GET',
    path,
    summary,
    tag,
    query: codec,
    replies: { 200: reply },
    problems: ['unknownAccount', 'unknownBook', 'unknownSymbol', ...ofReadModels],
  } as const satisfies KeyedDescription
  return keyed(description, async ({ query }) => {
    const faults = filterFaults(directory, query)
    if (faults.length > 0) return wrong(faults)
    const reached = await readUpTo(views, query.after)
    if (E.isLeft(reached)) return reached
    const found = await find(query)
    if (E.isLeft(found)) return found
    if (found.right.data.length === 0) {
      const known = await cursorIsKnown(views, name, query)
      if (E.isLeft(known)) return known
    }
    return page({ data: found.right.data.map(show), hasMore: found.right.hasMore })
  })
}

/** After an id that is in no list there is nothing, which looks like the end of the list, and is none. */
const cursorIsKnown = async (
  views: Views,
  name: ListName,
  { startingAfter, endingBefore }: PageQuery,
): Promise<E.Either<Fault, undefined>> => {
  const cursor = startingAfter ?? endingBefore
  if (cursor === undefined) return E.right(undefined)
  const has = await views.has(name, cursor)
  if (E.isLeft(has)) return has
  if (has.right) return E.right(undefined)
  const parameter = startingAfter === undefined ? 'endingBefore' : 'startingAfter'
  return wrong([fieldFault([parameter], 'invalid', `no object of this list has the id ${cursor}`)])
}

const page = (body: PageOf<unknown>): E.Either<Fault, Answer> => E.right({ status: 200, body })
