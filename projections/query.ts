/** Builds the queries of read models. Nothing here executes: adapters/postgres does. */
import {
  CamelCasePlugin,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type { Cell } from '#projections/columns'
import { rowOf } from '#projections/fold'
import { columnNames, type ReadModel } from '#projections/read-model'
import { formatInstant, type Instant } from '#schemas/values/instant'

/** SQL, and what its rows of cells mean. */
export interface Query<A> {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly read: (cells: readonly Cell[]) => A
}

/** Which stretch of a list, newest first: after an object of it, or before one. */
export interface Page {
  /** 1 to 1000; 100 where it is not said. */
  readonly limit?: number | undefined
  readonly startingAfter?: string | undefined
  readonly endingBefore?: string | undefined
}
export interface PageOf<A> {
  readonly data: readonly A[]
  readonly hasMore: boolean
}

/** Whatever the table, its cells are compared as the text or number that they are written as. */
type Table = Record<string, string | null>
const builder = new Kysely<Record<string, Table>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [new CamelCasePlugin()],
})
const db = builder.withSchema('read')

/** Rows where these columns have these values; a value that is undefined asks nothing. */
export type Where<Row> = { readonly [Name in keyof Row]?: string | undefined }

const conditionsOf = (where: object): readonly (readonly [string, string])[] =>
  Object.entries(where).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )

const rowsWhere = <Row extends object>(model: ReadModel<Row>, where: Where<Row>) => {
  // As text, so that no driver makes a float of a numeric or rounds a time; under names of their own, for
  // PostgreSQL orders by what is selected before it orders by what is stored.
  const columns = columnNames(model).map((name, n) =>
    sql<Cell>`${sql.ref(name)}::text`.as(`c${String(n)}`),
  )
  return conditionsOf(where).reduce(
    (query, [name, value]) => query.where(name, '=', value),
    db.selectFrom(model.name).select(columns),
  )
}

export const rowsOf = <Row extends object>(
  model: ReadModel<Row>,
  where: Where<Row>,
  orderBy: keyof Row & string,
): Query<Row> => ({
  ...compiled(rowsWhere(model, where).orderBy(orderBy).compile()),
  read: (cells) => rowOf(model, cells),
})

/** At `from` or later, and before `to`. */
export interface TimeRange {
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
}

interface List<Row> {
  readonly where: Where<Row>
  /** Where a filter asks when something was. */
  readonly time?: TimeRange & { readonly column: keyof Row & string }
  /** Where a filter asks whether there is a value at all. */
  readonly isNull?: keyof Row & string
  readonly isNotNull?: keyof Row & string
  /** By which the list is ordered, newest first; no two rows have the same. */
  readonly order: keyof Row & string
  readonly page: Page
}
const limitOf = ({ limit }: Page): number => limit ?? 100
const isBackwards = ({ startingAfter, endingBefore }: Page): boolean =>
  endingBefore !== undefined && startingAfter === undefined

/** One row more than the page holds, which tells whether there are more. A cursor is the id of a row. */
export const listOf = <Row extends { readonly id: string }>(
  model: ReadModel<Row>,
  { where, time, isNull, isNotNull, order, page }: List<Row>,
): Query<Row> => {
  const backwards = isBackwards(page)
  const cursor = backwards ? page.endingBefore : page.startingAfter
  let query = rowsWhere(model, where)
  if (time?.from !== undefined)
    query = query.where(time.column as string, '>=', formatInstant(time.from))
  if (time?.to !== undefined)
    query = query.where(time.column as string, '<', formatInstant(time.to))
  if (isNull !== undefined) query = query.where(isNull, 'is', null)
  if (isNotNull !== undefined) query = query.where(isNotNull, 'is not', null)
  if (cursor !== undefined) {
    const place = db
      .selectFrom(model.name)
      .select(order as string)
      .where('id', '=', cursor)
    query = query.where(order as string, backwards ? '>' : '<', place)
  }
  return {
    ...compiled(
      query
        .orderBy(order, backwards ? 'asc' : 'desc')
        .limit(limitOf(page) + 1)
        .compile(),
    ),
    read: (cells) => rowOf(model, cells),
  }
}

/** The page of what `listOf` found, newest first. */
export const pageOf = <A>(found: readonly A[], page: Page): PageOf<A> => {
  const data = found.slice(0, limitOf(page))
  return {
    data: isBackwards(page) ? data.toReversed() : data,
    hasMore: found.length > data.length,
  }
}

/** A query written in SQL, and what its cells mean. */
export const queryOf = <A>(
  statement: RawBuilder<unknown>,
  read: (cells: readonly Cell[]) => A,
): Query<A> => ({ ...compiled(statement.compile(builder)), read })

const compiled = ({
  sql: text,
  parameters,
}: CompiledQuery): Pick<Query<unknown>, 'sql' | 'parameters'> => ({ sql: text, parameters })
