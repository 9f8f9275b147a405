/** Which generation of each read model this build writes, and how far it is. */
import type pg from 'pg'
import type { AnyReadModel } from '#projections/all'
import {
  createGeneration,
  createIndexes,
  dropGeneration,
  shapeOf,
  showGeneration,
} from './read-model-sql.ts'
import { locks } from './schema/locks.ts'

export interface Generation {
  readonly model: AnyReadModel
  readonly number: number
  readonly live: boolean
  readonly settled: boolean
  /** Every event up to here is in its rows. */
  readonly position: bigint
}

interface Found {
  readonly generation: number
  readonly shape: string
  readonly live: boolean
  readonly settled: boolean
  readonly position: bigint
}

/** Two projectors that start at once: the second waits, and finds the tables made. */
const lock = `select pg_advisory_xact_lock(${locks.generations})`

/** In a transaction of the caller's: makes what this build needs and is not there, and answers what there is. */
export const takeGenerations = async (
  client: pg.Client,
  models: readonly AnyReadModel[],
): Promise<readonly Generation[]> => {
  await client.query(lock)
  const taken: Generation[] = []
  for (const model of models) taken.push(await takeGeneration(client, model))
  return taken
}

/**
 * In a transaction of the caller's: what is there is of another log, and is shown until what is filled anew is level.
 * Nobody who waits for a position of the new log takes it for that.
 */
export const disown = async (client: pg.Client): Promise<void> => {
  await client.query(lock)
  await client.query(
    "update read.generations set shape = 'of another log', position = 0 where shape <> 'of another log'",
  )
  await client.query('delete from read.followed')
}

const takeGeneration = async (client: pg.Client, model: AnyReadModel): Promise<Generation> => {
  const { rows } = await client.query<Found>(
    'select generation, shape, live, settled, position from read.generations where model = $1',
    [model.name],
  )
  const shape = shapeOf(model)
  const ours = rows.find((row) => row.shape === shape)
  if (ours !== undefined) return { model, number: ours.generation, ...ours }
  const number = Math.max(0, ...rows.map((row) => row.generation)) + 1
  // The very first is shown at once; a later one when it has caught up, for nobody is to see half of it.
  const live = rows.length === 0
  await client.query(createGeneration(model, number))
  if (live) await client.query(showGeneration(model, number))
  await client.query('insert into read.generations values ($1, $2, $3, $4, false, 0)', [
    model.name,
    number,
    shape,
    live,
  ])
  return { model, number, live, settled: false, position: 0n }
}

/** In a transaction of the caller's, once it is level with the log: its indexes, and its place in front of the readers. */
export const settle = async (client: pg.Client, { model, number }: Generation): Promise<void> => {
  const mine = await client.query<{ live: boolean }>(
    `update read.generations set settled = true
      where model = $1 and generation = $2 and not settled returning live`,
    [model.name, number],
  )
  // Another projector has done it.
  if (mine.rows.length === 0) return
  for (const statement of createIndexes(model, number)) await client.query(statement)
  if (mine.rows[0]?.live === true) return
  const old = await client.query<{ generation: number }>(
    'delete from read.generations where model = $1 and generation <> $2 returning generation',
    [model.name, number],
  )
  await client.query(showGeneration(model, number))
  for (const { generation } of old.rows) await client.query(dropGeneration(model, generation))
  await client.query(
    'update read.generations set live = true where model = $1 and generation = $2',
    [model.name, number],
  )
}
