/** One batch for one read model: load the rows that it touches, fold, write back what has changed. */
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
  appendStatement,
  journalTable,
  listsOf,
  loadStatement,
  rowsTable,
  writeStatement,
} from './read-model-sql.ts'

type Row = Readonly<Record<string, unknown>>

/** A read model with the rows that were used lately, which are on the disk as they are here. */
export interface Workspace {
  /** Reads the rows that these events touch and that are not in hand. */
  readonly load: (client: pg.Client, events: readonly RecordedEvent[]) => Promise<void>
  /** Folds them, in memory. */
  readonly fold: (events: readonly RecordedEvent[]) => void
  /** Writes what the folds have changed. */
  readonly write: (client: pg.Client) => Promise<void>
}

/** So many rows are kept in hand, and then none: memory does not grow with the log. */
const rowsKeptMax = 4_000

export const workspaceOf = (generation: Generation): Workspace => {
  const { model, number } = generation
  const rows: Rows<Row> = noRows()
  const table = rowsTable(model, number)
  const journal = journalTable(model, number)
  const begins = new Set<EventType>(model.beginsWith ?? [])
  // Rows that only their first event touches are not looked for again.
  const isAppended = Object.keys(model.on).every((type) => begins.has(type as EventType))
  const load = {
    name: `load-${table.name}`,
    text: loadStatement(model, number),
    rowMode: 'array' as const,
  }
  const write = { name: `write-${table.name}`, text: writeStatement(table) }
  let loaded: readonly Cell[][] = []
  return {
    load: async (client, events) => {
      if (isAppended || rows.found.size > rowsKeptMax) rows.found.clear()
      const missing = missingIn(rows, generation, events, begins)
      if (missing.length === 0) return
      const values = foundBy(model).map((_, n) => missing.map((lookup) => lookup[n]))
      loaded = (await client.query<Cell[]>({ ...load, values })).rows
    },
    fold: (events) => {
      for (const cells of loaded) {
        const row = rowOf(model, cells)
        rows.found.set(lookupOf(model, row), row)
      }
      loaded = []
      for (const event of events) foldInto(model, rows, event)
    },
    write: async (client) => {
      if (rows.changed.size > 0) {
        const cells = [...rows.changed.values()].map((row) => cellsOf(model, row))
        await client.query({ ...write, values: [...listsOf(table, cells)] })
        rows.changed.clear()
      }
      if (journal !== undefined && rows.entries.length > 0) {
        const values = [...listsOf(journal, rows.entries)]
        await client.query({ name: `add-${journal.name}`, text: appendStatement(journal), values })
        rows.entries.length = 0
      }
    },
  }
}

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
