/** The one statement that writes a batch: every table and the checkpoints, or nothing. */
import pg from 'pg'
import type { Generation } from './read-model-generations.ts'

/** The rows of a batch for one table: a list for each column. */
export type Lists = readonly string[]
export interface Insertion {
  /** Its lists are the parameters from that number on. */
  readonly sql: (first: number) => string
  readonly lists: number
}

export interface PreparedBatch {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}
/** From where the checkpoints must be, to where they are moved, and what each insertion inserts, if anything. */
export type BatchStatement = (
  generations: readonly Generation[],
  upTo: bigint,
  mark: Mark | undefined,
  changes: readonly (Lists | undefined)[],
) => PreparedBatch

/** The last event of all that stand in the read models. */
export interface Mark {
  readonly stream: string
  readonly revision: bigint
  readonly eventId: string
  readonly position: bigint
}

const divisionByZero = '22012'
/** The fence was not where it was left. */
export const isOvertaken = (e: unknown): boolean =>
  e instanceof pg.DatabaseError && e.code === divisionByZero

/**
 * The checkpoints move from exactly where they were read, each of them, or the division fails and nothing at all
 * is written. It holds their rows to the commit, so a second projector waits here and is then refused.
 */
const fence = `
  moved as (
    update read.generations g set position = greatest(g.position, $4)
    from unnest($1::text[], $2::integer[], $3::bigint[]) e (model, generation, position)
    where g.model = e.model and g.generation = e.generation and g.position = e.position
    returning 1
  )`
/** A read model that is filled later than the others does not move it back. */
const follow = `
  followed as (
    insert into read.followed as f (stream, revision, event, position)
    select $5::text, $6::bigint, $7::uuid, $8::bigint where $5::text is not null
    on conflict (one) do update set
      stream = excluded.stream, revision = excluded.revision, event = excluded.event, position = excluded.position
      where f.position < excluded.position
  )`
const firstList = 9

/** So many sets of tables have a statement of their own; other batches are written by the one that has them all. */
const statementsMax = 24

interface Known {
  readonly name: string
  readonly text: string
  readonly has: (insertion: number) => boolean
}

/** A table that a batch does not touch would cost about as much as a few rows: it is left out. */
export const batchStatement = (insertions: readonly Insertion[]): BatchStatement => {
  const statementOf = (name: string, numbers: readonly number[]): Known => {
    const touched = new Set(numbers)
    return { name, text: textOf(insertions, touched), has: (number) => touched.has(number) }
  }
  const all = statementOf('batch', [...insertions.keys()])
  const known = new Map<string, Known>()
  const statementFor = (changes: readonly (Lists | undefined)[]): Known => {
    const touched = [...changes.keys()].filter((number) => changes[number] !== undefined)
    const name = `batch-${touched.join('-')}`
    const found = known.get(name)
    if (found !== undefined || known.size >= statementsMax) return found ?? all
    const made = statementOf(name, touched)
    known.set(name, made)
    return made
  }
  return (generations, upTo, mark, changes) => {
    const { name, text, has } = statementFor(changes)
    const lists = insertions.flatMap((insertion, number) =>
      has(number) ? (changes[number] ?? emptyLists(insertion)) : [],
    )
    return { name, text, values: [...checkpointsOf(generations, upTo, mark), ...lists] }
  }
}

const emptyLists = ({ lists }: Insertion): Lists => Array.from({ length: lists }, () => '{}')

const textOf = (insertions: readonly Insertion[], touched: ReadonlySet<number>): string => {
  const parts: string[] = []
  let next = firstList
  for (const [number, { sql, lists }] of insertions.entries()) {
    if (!touched.has(number)) continue
    parts.push(`w${String(parts.length)} as (${sql(next)})`)
    next += lists
  }
  return (
    `with ${[fence, follow, ...parts].join(', ')} ` +
    `select 1 / (count(*) = cardinality($1::text[]))::integer, pg_notify('daybook_read', '') from moved`
  )
}

const checkpointsOf = (
  generations: readonly Generation[],
  upTo: bigint,
  mark: Mark | undefined,
): unknown[] => [
  generations.map(({ model }) => model.name),
  generations.map(({ number }) => number),
  generations.map(({ position }) => position),
  upTo,
  ...(mark === undefined
    ? [null, null, null, null]
    : [mark.stream, mark.revision, mark.eventId, mark.position]),
]
