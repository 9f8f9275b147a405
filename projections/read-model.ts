/** What a read model is: one table, and how each of its rows is folded from events. */
import type { Cell, Column, SqlType } from '#projections/columns'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed, EventType } from '#schemas/events/ledger'

/** The values, all text, by which an event finds its row. */
export type Lookup = readonly string[]

/**
 * A row from before an event to after it; pure and total, for the events of other streams may come in any
 * order. Undefined: nothing changes. Several rows: the last is the one that the next event finds.
 */
export type Handler<Row, Type extends EventType> = (
  row: Row | undefined,
  recorded: RecordedEvent<EventNamed<Type>>,
  lookup: Lookup,
) => Row | readonly Row[] | undefined

/** Written out, and not as Handler<Row, Type>, so that one handler of several types fits each of them. */
export type Handlers<Row> = {
  readonly [Type in EventType]?: (
    row: Row | undefined,
    recorded: RecordedEvent<EventNamed<Type>>,
    lookup: Lookup,
  ) => Row | readonly Row[] | undefined
}

/** Rows that are only ever added: what one change of a row leaves behind. */
export interface Journal<Row> {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly sql: SqlType
    readonly nullable: boolean
  }[]
  readonly key: readonly string[]
  readonly indexes: readonly (readonly string[])[]
  /** What to add, as cells in the order of the columns. */
  readonly entriesOf: (
    before: Row | undefined,
    after: Row,
    recorded: RecordedEvent,
  ) => readonly (readonly Cell[])[]
}

export interface ReadModel<Row extends object> {
  /** The name of the view that is read; its table is `<name>_g<generation>`. */
  readonly name: string
  readonly columns: { readonly [Name in keyof Row]-?: Column<Row[Name]> }
  /** What makes a row one of its kind. */
  readonly key: readonly (keyof Row & string)[]
  /** By what an event finds its row, where that is not the key. */
  readonly foundBy?: readonly (keyof Row & string)[]
  /** A row in which this is set has ended: no later event finds it. */
  readonly endedBy?: keyof Row & string
  /** No row is there before an event of these: none has to be looked for. */
  readonly beginsWith?: readonly EventType[]
  readonly journal?: Journal<Row>
  /** Newest first, for the lists: each ends in the column that orders it. */
  readonly indexes: readonly (readonly (keyof Row & string)[])[]
  /** Raised when the fold means something new while the table looks the same; a new generation is then filled. */
  readonly foldVersion: number
  /** Which rows an event touches. Asked only for events that have a handler. */
  readonly rowsOf: (recorded: RecordedEvent) => readonly Lookup[]
  readonly on: Handlers<Row>
}

export const foundBy = <Row extends object>(
  model: ReadModel<Row>,
): readonly (keyof Row & string)[] => model.foundBy ?? model.key

export const columnNames = <Row extends object>(
  model: ReadModel<Row>,
): readonly (keyof Row & string)[] => Object.keys(model.columns) as (keyof Row & string)[]
