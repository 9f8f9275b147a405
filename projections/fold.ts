/** Folds events into rows: the same for one event, a batch, and a whole log. */
import type { Cell } from '#projections/columns'
import {
  columnNames,
  foundBy,
  type Handler,
  type Lookup,
  type ReadModel,
} from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventType } from '#schemas/events/ledger'

/** Rows in hand, and what a fold has made of them since they were last written. */
export interface Rows<Row> {
  /** By lookup: the row that an event finds; undefined where it is known that there is none. */
  readonly found: Map<string, Row | undefined>
  /** By key: what is to be written. */
  readonly changed: Map<string, Row>
  /** Of the journal, in order: what is to be added. */
  readonly entries: (readonly Cell[])[]
}

export const noRows = <Row>(): Rows<Row> => ({ found: new Map(), changed: new Map(), entries: [] })

/** Joins texts so that no two lists of them are confused: no id or label holds a control character. */
export const joined = (parts: Lookup): string =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : parts.join('\u0000')

const handlerOf = <Row extends object>(
  model: ReadModel<Row>,
  type: EventType,
): Handler<Row, EventType> | undefined => model.on[type] as Handler<Row, EventType> | undefined

/** Which rows an event touches; none where it has no handler. */
export const lookupsOf = <Row extends object>(
  model: ReadModel<Row>,
  recorded: RecordedEvent,
): readonly Lookup[] =>
  handlerOf(model, recorded.event.type) === undefined ? [] : model.rowsOf(recorded)

const textOf = <Row extends object>(
  model: ReadModel<Row>,
  row: Row,
  names: readonly (keyof Row & string)[],
): string => {
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return model.columns[only].write(row[only]) ?? ''
  return joined(names.map((name) => model.columns[name].write(row[name]) ?? ''))
}

export const keyOf = <Row extends object>(model: ReadModel<Row>, row: Row): string =>
  textOf(model, row, model.key)
/** What later events find this row by. */
export const lookupOf = <Row extends object>(model: ReadModel<Row>, row: Row): string =>
  textOf(model, row, foundBy(model))

const hasEnded = <Row extends object>({ endedBy }: ReadModel<Row>, row: Row): boolean =>
  endedBy !== undefined && row[endedBy] !== undefined

/** Folds one event into the rows in hand, in place. Every row that it touches is there already. */
export const foldInto = <Row extends object>(
  model: ReadModel<Row>,
  rows: Rows<Row>,
  recorded: RecordedEvent,
): void => {
  const handler = handlerOf(model, recorded.event.type)
  if (handler === undefined) return
  for (const lookup of model.rowsOf(recorded)) {
    const place = joined(lookup)
    const before = rows.found.get(place)
    for (const after of listOf(handler(before, recorded, lookup))) {
      if (after === before) continue
      rows.changed.set(keyOf(model, after), after)
      rows.found.set(place, hasEnded(model, after) ? undefined : after)
      if (model.journal === undefined) continue
      rows.entries.push(...model.journal.entriesOf(before, after, recorded))
    }
  }
}

const listOf = <Row>(rows: Row | readonly Row[] | undefined): readonly Row[] => {
  if (rows === undefined) return []
  return Array.isArray(rows) ? (rows as readonly Row[]) : [rows as Row]
}

/** The one row that all of these events are about, oldest first; `before` where some were folded earlier. */
export const rowAfter = <Row extends object>(
  model: ReadModel<Row>,
  events: readonly RecordedEvent[],
  before?: Row,
): Row | undefined =>
  events.reduce<Row | undefined>((row, recorded) => {
    const handler = handlerOf(model, recorded.event.type)
    return handler === undefined ? row : (listOf(handler(row, recorded, [])).at(-1) ?? row)
  }, before)

/** All rows of a read model from nothing: what its tables must hold. */
export const foldAll = <Row extends object>(
  model: ReadModel<Row>,
  events: readonly RecordedEvent[],
): Rows<Row> => {
  const rows = noRows<Row>()
  for (const recorded of events) foldInto(model, rows, recorded)
  return rows
}

/** A row as the cells of its columns, in their order. */
export const cellsOf = <Row extends object>(model: ReadModel<Row>, row: Row): readonly Cell[] =>
  columnNames(model).map((name) => model.columns[name].write(row[name]))

export const rowOf = <Row extends object>(model: ReadModel<Row>, cells: readonly Cell[]): Row =>
  Object.fromEntries(
    columnNames(model).map((name, n) => [name, model.columns[name].read(cells[n] ?? null)]),
  ) as Row
