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
  mark: Mark | undefined,
  lists: readonly string[],
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
    `with ${[fence, follow, ...parts].join(', ')} ` +
    `select 1 / (count(*) = cardinality($1::text[]))::integer, pg_notify('daybook_read', '') from moved`
  return (generations, upTo, mark, lists) => ({
    name: 'batch',
    text,
    values: [
      generations.map(({ model }) => model.name),
      generations.map(({ number }) => number),
      generations.map(({ position }) => position),
      upTo,
      ...(mark === undefined
        ? [null, null, null, null]
        : [mark.stream, mark.revision, mark.eventId, mark.position]),
      ...lists,
    ],
  })
}
