/** Where the projector keeps read models: rows and checkpoint move together, or not at all. */
import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import type { LogPage, StoreUnreachable } from '#domain/kernel/event-log'
import type { AnyReadModel } from '#projections/all'
import type { RecordedEvent } from '#schemas/envelope'
import { type Address, connect, cut, inTime } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { type Workspace, workspaceOf } from './read-model-batch.ts'
import { type Generation, settle, takeGenerations } from './read-model-generations.ts'

/** Somebody else has moved a checkpoint: nothing of this batch was written. */
export interface Overtaken {
  readonly _tag: 'Overtaken'
  readonly detail: string
}

export interface ReadModelStore {
  /** Makes the tables that are missing. Answers the position after which events are wanted. */
  readonly open: () => Promise<E.Either<StoreUnreachable, bigint>>
  /** One stretch of the log, the one after all that was applied before. After a failure it must be opened again. */
  readonly apply: (page: LogPage) => Promise<E.Either<StoreUnreachable | Overtaken, void>>
  readonly close: () => Promise<void>
}

/** One read model at work. */
interface Work {
  generation: Generation
  readonly workspace: Workspace
}
interface Opened {
  readonly client: pg.Client
  readonly works: readonly Work[]
}

const msMax = 30_000
/** Settling builds indexes over all rows. */
const settleMsMax = 600_000

export const openReadModelStore = (
  address: Address,
  models: readonly AnyReadModel[],
): ReadModelStore => {
  let current: Opened | undefined
  const drop = (): void => {
    if (current !== undefined) cut(current.client)
    current = undefined
  }
  const guarded = async <A>(work: () => Promise<A>): Promise<E.Either<StoreUnreachable, A>> => {
    try {
      return E.right(await work())
    } catch (e) {
      drop()
      return E.left({ _tag: 'StoreUnreachable', detail: databaseFailure(e).detail })
    }
  }
  return {
    open: () =>
      guarded(async () => {
        drop()
        current = await opened(address, models)
        return smallest(current.works.map(({ generation }) => generation.position))
      }),
    apply: async (page) => {
      if (current === undefined) {
        return E.left({ _tag: 'StoreUnreachable', detail: 'the read models are not open' })
      }
      const batch = batchOf(current, page)
      const { parts, unsettled } = batch
      if (parts.length === 0) return E.right(undefined)
      const began = await guarded(() => inTime(begun(batch), msMax))
      if (E.isLeft(began)) return began
      if (!began.right) {
        drop()
        return E.left({ _tag: 'Overtaken', detail: 'another projector is at work here' })
      }
      // Outside the guard: what goes wrong in a fold is a mistake of ours, and no trouble of the database.
      for (const { work, events } of parts) work.workspace.fold(events)
      const limit = unsettled.length > 0 ? settleMsMax : msMax
      const done = await guarded(() => inTime(ended(batch), limit))
      if (E.isLeft(done)) return done
      for (const { work } of parts) work.generation = { ...work.generation, position: page.upTo }
      for (const work of unsettled) {
        work.generation = { ...work.generation, live: true, settled: true }
      }
      return E.right(undefined)
    },
    close: async () => {
      const used = current
      current = undefined
      if (used !== undefined) await inTime(used.client.end(), 500).catch(() => cut(used.client))
    },
  }
}

const opened = async (address: Address, models: readonly AnyReadModel[]): Promise<Opened> => {
  const client = await connect(address)
  try {
    // What is lost with the server is folded again from the log; so nobody waits for the disk here.
    await client.query('set synchronous_commit = off')
    await client.query('begin')
    const generations = await inTime(takeGenerations(client, models), msMax)
    await client.query('commit')
    return {
      client,
      works: generations.map((generation) => ({ generation, workspace: workspaceOf(generation) })),
    }
  } catch (e) {
    cut(client)
    throw e
  }
}

/** Moves the checkpoints first, from exactly where they were read, and so locks out every other projector. */
const fence = {
  name: 'fence',
  text: `
    update read.generations g set position = greatest(g.position, $5)
    from unnest($1::text[], $2::integer[], $3::bigint[], $4::boolean[]) e (model, generation, position, settled)
    where (g.model, g.generation, g.position, g.settled) = (e.model, e.generation, e.position, e.settled)`,
}
const fenced = async (
  client: pg.Client,
  generations: readonly Generation[],
  upTo: bigint,
): Promise<boolean> => {
  const { rowCount } = await client.query({
    ...fence,
    values: [
      generations.map(({ model }) => model.name),
      generations.map(({ number }) => number),
      generations.map(({ position }) => position),
      generations.map(({ settled }) => settled),
      upTo,
    ],
  })
  return rowCount === generations.length
}

/** One page, and what it is for whom. */
interface Batch {
  readonly client: pg.Client
  readonly upTo: bigint
  readonly parts: readonly { readonly work: Work; readonly events: readonly RecordedEvent[] }[]
  readonly unsettled: readonly Work[]
}
const batchOf = ({ client, works }: Opened, { events, upTo, atHead }: LogPage): Batch => {
  const isUnsettled = ({ generation }: Work): boolean => atHead && !generation.settled
  return {
    client,
    upTo,
    parts: works
      .filter((work) => work.generation.position < upTo || isUnsettled(work))
      .map((work) => ({ work, events: after(work.generation.position, events) })),
    unsettled: works.filter(isUnsettled),
  }
}

/** False: somebody else was here. */
const begun = async ({ client, parts, upTo }: Batch): Promise<boolean> => {
  await client.query('begin')
  const generations = parts.map(({ work }) => work.generation)
  if (!(await fenced(client, generations, upTo))) return false
  for (const { work, events } of parts) await work.workspace.load(client, events)
  return true
}
const ended = async ({ client, parts, unsettled }: Batch): Promise<void> => {
  for (const { work } of parts) await work.workspace.write(client)
  if (unsettled.length > 0) await client.query('set local statement_timeout = 0')
  for (const { generation } of unsettled) await settle(client, generation)
  await client.query("select pg_notify('daybook_read', '')")
  await client.query('commit')
}

/** A read model that began later, or was filled anew, has dealt with fewer events than the others. */
const after = (position: bigint, events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  (events[0]?.position ?? position) > position
    ? events
    : events.filter((event) => event.position > position)

const smallest = (positions: readonly bigint[]): bigint =>
  positions.reduce((least, position) => (position < least ? position : least), positions[0] ?? 0n)
