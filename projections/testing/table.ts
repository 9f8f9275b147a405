/** A table in memory that keeps cells, as PostgreSQL does: what is read back is not what was held. */
import type { Cell } from '#projections/columns'
import {
  cellsOf,
  foldInto,
  joined,
  keyOf,
  lookupOf,
  lookupsOf,
  noRows,
  rowOf,
} from '#projections/fold'
import type { ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'

export interface Table {
  /** By key. */
  readonly rows: Map<string, readonly Cell[]>
  readonly entries: (readonly Cell[])[]
}
export const emptyTable = (): Table => ({ rows: new Map(), entries: [] })

/** PostgreSQL's own way of writing a time. */
const asStored = (sql: string, cell: Cell): Cell =>
  sql === 'timestamptz' && cell !== null ? cell.replace('T', ' ').replace('Z', '+00') : cell

/** One batch as the projector does it: load what is touched, fold, write back what has changed. */
export const applyBatch = <Row extends object>(
  model: ReadModel<Row>,
  table: Table,
  events: readonly RecordedEvent[],
): void => {
  const columns = Object.values<{ readonly sql: string }>(model.columns)
  const rows = noRows<Row>()
  const touched = new Set(events.flatMap((event) => lookupsOf(model, event).map(joined)))
  for (const cells of table.rows.values()) {
    const row = rowOf(model, cells)
    const ended = model.endedBy !== undefined && row[model.endedBy] !== undefined
    if (!ended && touched.has(lookupOf(model, row))) rows.found.set(lookupOf(model, row), row)
  }
  for (const event of events) foldInto(model, rows, event)
  for (const row of rows.changed.values()) {
    const cells = cellsOf(model, row).map((cell, n) => asStored(columns[n]?.sql ?? '', cell))
    table.rows.set(keyOf(model, row), cells)
  }
  table.entries.push(...rows.entries)
}

export const rowsIn = <Row extends object>(
  model: ReadModel<Row>,
  table: Table,
): ReadonlyMap<string, Row> =>
  new Map([...table.rows].map(([key, cells]) => [key, rowOf(model, cells)]))
