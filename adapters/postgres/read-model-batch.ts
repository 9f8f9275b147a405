/** One batch for one read model: load the rows that it touches, fold, and say what is to be written. */
import type pg from 'pg'
import type { Cell } from '#projections/columns'
import {
  cellsOf,
  foldInto,
  joined,
  lookupOf,
  lookupsOf,
  noRows,
  rowOf,
  type Rows,
} from '#projections/fold'
import { foundBy, type Lookup } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventType } from '#schemas/events/ledger'
import type { Generation } from './read-model-generations.ts'
import {
  appendRows,
  journalTable,
  listsOf,
  loadStatement,
  rowsTable,
  type Table,
  upsertRows,
} from './read-model-sql.ts'
import type { Insertion, Lists } from './read-model-write.ts'

type Row = Readonly<Record<string, unknown>>

/** A read model with the rows that were used lately: as they are on the disk, or on their way there. */
export interface Workspace {
  /** Reads the rows that these events touch and that are not in hand. */
  readonly load: (client: pg.Client, events: readonly RecordedEvent[]) => Promise<void>
  /** Folds them, in memory. */
  readonly fold: (events: readonly RecordedEvent[]) => void
  /** What a batch may insert, a table each. */
  readonly insertions: readonly Insertion[]
  /** For each insertion the lists of what the folds have changed since this was last asked; undefined: nothing. */
  readonly changes: () => readonly (Lists | undefined)[]
}

/** So many rows are kept in hand, and then none: memory does not grow with the log. */
const rowsKeptMax = 2_000

export const workspaceOf = (generation: Generation): Workspace => {
  const { model, number } = generation
  const rows: Rows<Row> = noRows()
  const table = rowsTable(model, number)
  const journal = journalTable(model, number)
  const begins = new Set<EventType>(model.beginsWith ?? [])
  // Rows that only their first event touches are not looked for again.
  const isAppended = Object.keys(model.on).every((type) => begins.has(type as EventType))
  const statement = {
    name: `load-${table.name}`,
    text: loadStatement(model, number),
    rowMode: 'array' as const,
  }
  let loaded: readonly Cell[][] = []
  return {
    load: async (client, events) => {
      if (isAppended || rows.found.size > rowsKeptMax) rows.found.clear()
      const missing = missingIn(rows, generation, events, begins)
      if (missing.length === 0) return
      const values = foundBy(model).map((_, n) => missing.map((lookup) => lookup[n]))
      loaded = (await client.query<Cell[]>({ ...statement, values })).rows
    },
    fold: (events) => {
      for (const cells of loaded) {
        const row = rowOf(model, cells)
        rows.found.set(lookupOf(model, row), row)
      }
      loaded = []
      for (const event of events) foldInto(model, rows, event)
    },
    insertions: [
      insertionInto(table, upsertRows),
      ...(journal === undefined ? [] : [insertionInto(journal, appendRows)]),
    ],
    changes: () => {
      const changed = [...rows.changed.values()].map((row) => cellsOf(model, row))
      const lists = changed.length === 0 ? undefined : listsOf(table, changed)
      const added =
        journal === undefined || rows.entries.length === 0
          ? undefined
          : listsOf(journal, rows.entries)
      rows.changed.clear()
      rows.entries.length = 0
      return journal === undefined ? [lists] : [lists, added]
    },
  }
}

const insertionInto = (
  table: Table,
  insert: (table: Table, first: number) => string,
): Insertion => ({ sql: (first) => insert(table, first), lists: table.columns.length })

/** The lookups of rows that are not in hand and may be on the disk; each is then known, if only to be absent. */
const missingIn = (
  rows: Rows<Row>,
  { model }: Generation,
  events: readonly RecordedEvent[],
  begins: ReadonlySet<EventType>,
): readonly Lookup[] => {
  const missing: Lookup[] = []
  for (const event of events) {
    for (const lookup of lookupsOf(model, event)) {
      const place = joined(lookup)
      if (rows.found.has(place)) continue
      rows.found.set(place, undefined)
      if (!begins.has(event.event.type)) missing.push(lookup)
    }
  }
  return missing
}
