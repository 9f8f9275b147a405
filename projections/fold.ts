/** Folds events into rows: the same for one event, a batch, and a whole log. */
import {
  columnNames,
  foundBy,
  type Handler,
  type Lookup,
  type ReadModel,
} from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventType } from '#schemas/events/ledger'

/** A read model of whatever rows; what is done with all of them alike. */
export type AnyReadModel = ReadModel<Readonly<Record<string, unknown>>>

/** Rows in hand, by what events find them by, and those that a fold has changed since they were last taken. */
export interface Rows<Row> {
  /** By lookup: the row that an event finds; undefined where it is known that there is none. */
  readonly found: Map<string, Row | undefined>
  /** By key: what is to be written. */
  readonly changed: Map<string, Row>
}

export const noRows = <Row>(): Rows<Row> => ({ found: new Map(), changed: new Map() })

/** Joins texts so that no two lists of them are confused: a label or id never holds a control character. */
export const joined = (parts: Lookup): string => parts.join('\u0000')

const handlerOf = <Row extends object>(
  model: ReadModel<Row>,
  type: EventType,
): Handler<Row, EventType> | undefined => model.on[type] as Handler<Row, EventType> | undefined

export const handles = <Row extends object>(model: ReadModel<Row>, type: EventType): boolean =>
  handlerOf(model, type) !== undefined

/** Which rows an event touches; none where it has no handler. */
export const lookupsOf = <Row extends object>(
  model: ReadModel<Row>,
  recorded: RecordedEvent,
): readonly Lookup[] => (handles(model, recorded.event.type) ? model.rowsOf(recorded) : [])

const textOf = <Row extends object>(
  model: ReadModel<Row>,
  row: Row,
  names: readonly (keyof Row & string)[],
): string => joined(names.map((name) => model.columns[name].write(row[name]) ?? ''))

export const keyOf = <Row extends object>(model: ReadModel<Row>, row: Row): string =>
  textOf(model, row, model.key)
/** What later events find this row by. */
export const lookupOf = <Row extends object>(model: ReadModel<Row>, row: Row): string =>
  textOf(model, row, foundBy(model))

export const hasEnded = <Row extends object>({ endedBy }: ReadModel<Row>, row: Row): boolean =>
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
    const after = handler(rows.found.get(place), recorded, lookup)
    if (after === undefined) continue
    const all = Array.isArray(after) ? (after as readonly Row[]) : [after as Row]
    for (const row of all) {
      rows.changed.set(keyOf(model, row), row)
      rows.found.set(place, hasEnded(model, row) ? undefined : row)
    }
  }
}

/** The one row of a read model whose every event is about the same row. */
export const afterEvent = <Row extends object>(
  model: ReadModel<Row>,
  row: Row | undefined,
  recorded: RecordedEvent,
): Row | undefined => {
  const handler = handlerOf(model, recorded.event.type)
  const after = handler?.(row, recorded, [])
  return after === undefined
    ? row
    : Array.isArray(after)
      ? (after as readonly Row[]).at(-1)
      : (after as Row)
}

/** All rows of a read model, by key, from nothing: what the tables must hold. */
export const foldAll = <Row extends object>(
  model: ReadModel<Row>,
  events: readonly RecordedEvent[],
): ReadonlyMap<string, Row> => {
  const rows = noRows<Row>()
  for (const recorded of events) foldInto(model, rows, recorded)
  return rows.changed
}

/** A row as the cells of its columns, in their order. */
export const cellsOf = <Row extends object>(model: ReadModel<Row>, row: Row) =>
  columnNames(model).map((name) => model.columns[name].write(row[name]))
