/** Makes a journal from rows of its own type. */
import type { Column } from '#projections/columns'
import type { Journal } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'

interface Definition<Row, Entry> {
  readonly name: string
  readonly columns: { readonly [Name in keyof Entry]-?: Column<Entry[Name]> }
  readonly key: readonly (keyof Entry & string)[]
  readonly indexes: readonly (readonly (keyof Entry & string)[])[]
  readonly entriesOf: (
    before: Row | undefined,
    after: Row,
    recorded: RecordedEvent,
  ) => readonly Entry[]
}

export const journal = <Row, Entry extends object>({
  columns,
  entriesOf,
  ...definition
}: Definition<Row, Entry>): Journal<Row> => {
  const names = Object.keys(columns) as (keyof Entry & string)[]
  return {
    ...definition,
    columns: names.map((name) => ({
      name,
      sql: columns[name].sql,
      nullable: columns[name].nullable,
    })),
    entriesOf: (before, after, recorded) =>
      entriesOf(before, after, recorded).map((entry) =>
        names.map((name) => columns[name].write(entry[name])),
      ),
  }
}
