/** The statements that make, read and write the tables of one generation of a read model. */
import { createHash } from 'node:crypto'
import type { AnyReadModel } from '#projections/all'
import type { Cell, SqlType } from '#projections/columns'
import { columnNames, foundBy } from '#projections/read-model'

/** One table: of the rows themselves, or of their journal. */
export interface Table {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly sql: SqlType
    readonly nullable: boolean
  }[]
  readonly key: readonly string[]
  /** Made once the table is level with the log: filling it is faster without them. */
  readonly indexes: readonly (readonly string[])[]
}

/** `limitPrice` is the column `limit_price`. */
export const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const quoted = (name: string): string => `"${snake(name)}"`
const list = (names: readonly string[]): string => names.map(quoted).join(', ')

const generationOf = (name: string, generation: number): string =>
  `${snake(name)}_g${String(generation)}`

export const rowsTable = (model: AnyReadModel, generation: number): Table => ({
  name: generationOf(model.name, generation),
  columns: columnNames(model).map((name) => ({
    name,
    sql: model.columns[name]?.sql ?? 'text',
    nullable: model.columns[name]?.nullable ?? true,
  })),
  key: model.key,
  indexes: model.indexes,
})
export const journalTable = (model: AnyReadModel, generation: number): Table | undefined =>
  model.journal === undefined
    ? undefined
    : { ...model.journal, name: generationOf(model.journal.name, generation) }

export const tablesOf = (model: AnyReadModel, generation: number): readonly Table[] =>
  [rowsTable(model, generation), journalTable(model, generation)].filter(
    (table) => table !== undefined,
  )

/** Changes whenever rows that were folded by another build would not be the ones that this one folds. */
export const shapeOf = (model: AnyReadModel): string => {
  const said = [
    tablesOf(model, 0),
    foundBy(model),
    model.endedBy ?? '',
    model.foldVersion,
    Object.keys(model.on).toSorted(),
  ]
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)
}

const createTable = ({ name, columns, key }: Table): string => {
  const lines = columns.map(
    (column) =>
      `${quoted(column.name)} ${column.sql}${column.sql === 'text' ? ' collate "C"' : ''}` +
      (column.nullable ? '' : ' not null'),
  )
  return `create table read.${name} (${lines.join(', ')}, primary key (${list(key)}))`
}

/** At most one row is found by a lookup; where that is not the key, the database holds us to it. */
const createFinder = (model: AnyReadModel, table: Table): readonly string[] =>
  model.foundBy === undefined
    ? []
    : [
        `create unique index on read.${table.name} (${list(model.foundBy)})` +
          (model.endedBy === undefined ? '' : ` where ${quoted(model.endedBy)} is null`),
      ]

export const createGeneration = (model: AnyReadModel, generation: number): string =>
  [
    ...tablesOf(model, generation).map(createTable),
    ...createFinder(model, rowsTable(model, generation)),
  ].join(';\n')

export const createIndexes = (model: AnyReadModel, generation: number): readonly string[] =>
  tablesOf(model, generation).flatMap((table) =>
    table.indexes.map((columns) => `create index on read.${table.name} (${list(columns)})`),
  )

const viewOf = (table: Table): string => table.name.replace(/_g\d+$/, '')
/** The names that readers know now show this generation. */
export const showGeneration = (model: AnyReadModel, generation: number): string =>
  tablesOf(model, generation)
    .flatMap((table) => [
      `drop view if exists read.${viewOf(table)}`,
      `create view read.${viewOf(table)} as select * from read.${table.name}`,
    ])
    .join(';\n')

export const dropGeneration = (model: AnyReadModel, generation: number): string =>
  tablesOf(model, generation)
    .map(({ name }) => `drop table if exists read.${name}`)
    .join(';\n')

/** Rows by their lookups: one list of texts for each column that they are found by. */
export const loadStatement = (model: AnyReadModel, generation: number): string => {
  const { name, columns } = rowsTable(model, generation)
  const by = foundBy(model)
  const cells = columns.map((column) => `t.${quoted(column.name)}::text`).join(', ')
  const open = model.endedBy === undefined ? '' : ` and t.${quoted(model.endedBy)} is null`
  return (
    `select ${cells} from unnest(${by.map((_, n) => `$${String(n + 1)}::text[]`).join(', ')}) ` +
    `l (${by.map((_, n) => `l${String(n)}`).join(', ')}) join read.${name} t on ` +
    `${by.map((column, n) => `t.${quoted(column)} = l.l${String(n)} collate "C"`).join(' and ')}${open}`
  )
}

/** Many rows at once, from one list for each column; `first` is the number of the first list among the parameters. */
const insertRows = (table: Table, first: number): string => {
  const given = table.columns.map(({ sql }, n) => `$${String(first + n)}::${sql}[]`).join(', ')
  return (
    `insert into read.${table.name} (${list(table.columns.map(({ name }) => name))}) ` +
    `select * from unnest(${given})`
  )
}
export const upsertRows = (table: Table, first: number): string => {
  const others = table.columns.map(({ name }) => name).filter((name) => !table.key.includes(name))
  const update = others.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')
  return `${insertRows(table, first)} on conflict (${list(table.key)}) do update set ${update}`
}
/** Entries are only ever added; the fence at the checkpoint keeps them from being added twice. */
export const appendRows = insertRows

const plain: ReadonlySet<SqlType> = new Set(['numeric', 'bigint', 'boolean', 'timestamptz'])
const element = (cell: string): string =>
  /["\\]/.test(cell) ? `"${cell.replace(/["\\]/g, '\\$&')}"` : `"${cell}"`

/** The cells of each column as one PostgreSQL list. */
export const listsOf = (
  { columns }: Table,
  rows: readonly (readonly Cell[])[],
): readonly string[] =>
  columns.map(({ sql }, n) => {
    const isPlain = plain.has(sql)
    const cells = rows.map((row) => {
      const cell = row[n] ?? null
      if (cell === null) return 'NULL'
      return isPlain ? cell : element(cell)
    })
    return `{${cells.join(',')}}`
  })
