/** The one statement that writes a batch: every table and the checkpoints, or nothing. */
import pg from 'pg'
import type { Generation } from './read-model-generations.ts'

interface Inserting {
  readonly insertions: (
    first: number,
  ) => readonly { readonly sql: string; readonly lists: number }[]
}

export interface PreparedBatch {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}
/** From where the checkpoints must be, to where they are moved, and the lists of every insertion in turn. */
export type BatchStatement = (
  generations: readonly Generation[],
  upTo: bigint,
  lists: readonly string[],
) => PreparedBatch

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
const firstList = 5

export const batchStatement = (workspaces: readonly Inserting[]): BatchStatement => {
  const parts: string[] = []
  let next = firstList
  for (const { insertions } of workspaces) {
    for (const { sql, lists } of insertions(next)) {
      parts.push(`w${String(parts.length)} as (${sql})`)
      next += lists
    }
  }
  const text =
    `with ${[fence, ...parts].join(', ')} ` +
    `select 1 / (count(*) = cardinality($1::text[]))::integer, pg_notify('daybook_read', '') from moved`
  return (generations, upTo, lists) => ({
    name: 'batch',
    text,
    values: [
      generations.map(({ model }) => model.name),
      generations.map(({ number }) => number),
      generations.map(({ position }) => position),
      upTo,
      ...lists,
    ],
  })
}
