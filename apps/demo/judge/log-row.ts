/**
 * The log as the judge reads it: raw rows, their texts parsed and nothing more. Whatever is worked out from them
 * shares no code with the folds, the deciders or the read models that it is held against.
 */
import type { StoredEvent } from '#schemas/envelope'

/** A row of the log as PostgreSQL has it, its two texts parsed. */
export interface LogRow {
  readonly position: bigint
  readonly stream: string
  readonly revision: bigint
  readonly type: string
  readonly data: Json
  readonly metadata: Json
}
export type Json = Readonly<Record<string, unknown>>

/** Of any table, every value a text. */
export type Row = Readonly<Record<string, string>>
/** Where raw rows are read. */
export interface Rows {
  readonly log: () => Promise<readonly LogRow[]>
  /** The same with their texts as they are stored. */
  readonly stored: () => Promise<readonly StoredEvent[]>
  readonly query: (sql: string) => Promise<readonly Row[]>
  /** All that is read meanwhile is as it stood at one and the same moment. */
  readonly atOnce: <A>(read: () => Promise<A>) => Promise<A>
  readonly close: () => Promise<void>
}
export const rowOf = ({
  position,
  stream,
  revision,
  type,
  data,
  metadata,
}: StoredEvent): LogRow => ({
  position,
  stream,
  revision,
  type,
  data: JSON.parse(data) as Json,
  metadata: JSON.parse(metadata) as Json,
})

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const named = (rows: readonly LogRow[], ...types: readonly string[]): readonly LogRow[] =>
  rows.filter((row) => types.includes(row.type))
export const orderOf = (row: LogRow): string => text(row.data['orderId'])
export const termsOf = (row: LogRow): Json => record(row.data['terms'])
/** Whose texts these are, with a space between. */
export const keyOf = (of: Json, ...names: readonly string[]): string =>
  names.map((name) => text(of[name])).join(' ')

export const fillTypes: readonly string[] = ['OrderFilled', 'ForeignFillObserved']
export const fillsIn = (rows: readonly LogRow[]): readonly LogRow[] => named(rows, ...fillTypes)

/** Microseconds since 1970. */
export const when = (value: unknown): number => {
  const match = /^(.{19})(?:\.(\d{1,6}))?Z$/.exec(text(value))
  const seconds = Date.parse(`${match?.[1] ?? ''}Z`)
  if (match === null || Number.isNaN(seconds))
    throw new Error(`not a time: ${JSON.stringify(value)}`)
  return seconds * 1000 + Number((match[2] ?? '').padEnd(6, '0'))
}
export const second = 1_000_000
/** When the writer says that it happened. */
export const writtenAt = (row: LogRow): number => when(row.metadata['occurredAt'])
/** When the venue says that it happened. */
export const venueAt = (row: LogRow): number => when(row.data['venueAt'])

export const repeated = (values: readonly string[]): readonly string[] => {
  const seen = new Set<string>()
  return values.filter((value) => seen.size === seen.add(value).size)
}
export const grouped = <Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = nameOf(row)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return groups
}
