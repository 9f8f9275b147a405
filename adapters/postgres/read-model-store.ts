/** Where the projector keeps read models: rows and checkpoint move together, or not at all. */
import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import type { LogPage, StoreUnreachable } from '#domain/kernel/event-log'
import type { AnyReadModel } from '#projections/all'
import type { RecordedEvent } from '#schemas/envelope'
import { type Address, connect, cut, inTime } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { type Workspace, workspaceOf } from './read-model-batch.ts'
import { disown, type Generation, settle, takeGenerations } from './read-model-generations.ts'
import { batchStatement, type BatchStatement, isOvertaken, type Mark } from './read-model-write.ts'
import { locks } from './schema/locks.ts'

export type { Mark } from './read-model-write.ts'

/** Another projector writes these read models: nothing of this was written. */
export interface Overtaken {
  readonly _tag: 'Overtaken'
  readonly detail: string
}
export type ApplyFailure = StoreUnreachable | Overtaken

export interface ReadModelStore {
  /**
   * Becomes the only writer and makes the tables that are missing. Answers the position after which events are
   * wanted; `Overtaken` for as long as another one writes.
   */
  readonly open: () => Promise<E.Either<ApplyFailure, bigint>>
  /** The last event of all that stand in them, as it was when they were opened. */
  readonly mark: () => Mark | undefined
  /** Opened for another log than that of the events that they hold: all is filled anew beside what is shown. */
  readonly beginAnew: () => Promise<E.Either<ApplyFailure, bigint>>
  /**
   * One stretch of the log, the one after all that was given before; the next may be given before this one is
   * written. After a failure, which every later one shares, it must be opened again.
   */
  readonly apply: (page: LogPage) => Promise<E.Either<ApplyFailure, void>>
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
  readonly statement: BatchStatement
  readonly mark: Mark | undefined
  /** Pages are folded one after the other. */
  folding: Promise<unknown>
  failure?: ApplyFailure
}

const msMax = 30_000
/** Settling builds indexes over all rows. */
const settleMsMax = 600_000

const unreachable = (detail: string): StoreUnreachable => ({ _tag: 'StoreUnreachable', detail })
const overtaken: Overtaken = { _tag: 'Overtaken', detail: 'another projector is at work here' }
const failureOf = (e: unknown): ApplyFailure =>
  isOvertaken(e) ? overtaken : unreachable(databaseFailure(e).detail)

/**
 * Held by the very session that writes, until that session is gone. The fence at the checkpoints alone would not
 * do: of two batches under way the first may be refused and the second let through, when somebody else has
 * moved the checkpoints meanwhile to just where the second begins.
 */
const onlyWriter = `select pg_try_advisory_lock(${locks.readModels}) as is_ours`

export const openReadModelStore = (
  address: Address,
  models: readonly AnyReadModel[],
): ReadModelStore => {
  let current: Opened | undefined
  const open = async (isAnew: boolean): Promise<E.Either<ApplyFailure, bigint>> => {
    if (current !== undefined) end(current, unreachable('it was opened again'))
    try {
      current = await opened(address, models, isAnew)
    } catch (e) {
      return E.left(unreachable(databaseFailure(e).detail))
    }
    if (current === undefined) return E.left(overtaken)
    return E.right(smallest(current.works.map(({ generation }) => generation.position)))
  }
  return {
    open: () => open(false),
    mark: () => current?.mark,
    beginAnew: () => open(true),
    apply: (page) =>
      current === undefined
        ? Promise.resolve(E.left(unreachable('it is not open')))
        : applyPage(current, page),
    close: async () => {
      const used = current
      current = undefined
      if (used !== undefined) await inTime(used.client.end(), 500).catch(() => cut(used.client))
    },
  }
}

/** The first failure is that of everything after it. */
const end = (used: Opened, failure: ApplyFailure): void => {
  used.failure ??= failure
  cut(used.client)
}
const guarded = async (
  used: Opened,
  msLimit: number,
  work: () => Promise<void>,
): Promise<E.Either<ApplyFailure, void>> => {
  if (used.failure !== undefined) return E.left(used.failure)
  try {
    await inTime(work(), msLimit)
    return E.right(undefined)
  } catch (e) {
    const failure = used.failure ?? failureOf(e)
    end(used, failure)
    return E.left(failure)
  }
}

const applyPage = async (used: Opened, page: LogPage): Promise<E.Either<ApplyFailure, void>> => {
  const turn = nextTurn(used)
  await turn.begins
  try {
    const loaded = await guarded(used, msMax, () => load(used, page))
    if (E.isLeft(loaded)) return loaded
    // Outside the guard: what goes wrong in a fold is a mistake of ours, and no trouble of the database.
    for (const { work, events } of partsOf(used, page)) work.workspace.fold(events)
    const writing = guarded(used, msMax, () => write(used, page))
    // The next page may be folded while this one is written; but not while tables change places.
    if (!isUnsettled(used, page)) turn.over()
    const written = await writing
    if (E.isLeft(written) || !isUnsettled(used, page)) return written
    return await guarded(used, settleMsMax, () => settleAll(used))
  } finally {
    turn.over()
  }
}

/** Pages are folded one after the other, in the order in which they were given. */
const nextTurn = (used: Opened) => {
  const begins = used.folding
  let over = (): void => undefined
  used.folding = new Promise<void>((resolve) => {
    over = resolve
  })
  return { begins, over: () => over() }
}

/** None while another session is the only writer. */
const opened = async (
  address: Address,
  models: readonly AnyReadModel[],
  isAnew: boolean,
): Promise<Opened | undefined> => {
  const client = await connect(address)
  try {
    const { rows } = await inTime(client.query<{ is_ours: boolean }>(onlyWriter), msMax)
    if (rows[0]?.is_ours !== true) {
      cut(client)
      return undefined
    }
    // What is lost with the server is folded again from the log; so nobody waits for the disk here.
    await client.query('set synchronous_commit = off')
    await client.query('begin')
    if (isAnew) await inTime(disown(client), msMax)
    const generations = await inTime(takeGenerations(client, models), msMax)
    const mark = await markIn(client)
    await client.query('commit')
    const works = generations.map((generation) => ({
      generation,
      workspace: workspaceOf(generation),
    }))
    const statement = batchStatement(works.flatMap(({ workspace }) => workspace.insertions))
    return { client, works, statement, mark, folding: Promise.resolve() }
  } catch (e) {
    cut(client)
    throw e
  }
}

const markIn = async (client: pg.Client): Promise<Mark | undefined> => {
  const { rows } = await client.query<Mark>(
    'select stream, revision, event as "eventId", position from read.followed',
  )
  return rows[0]
}

const partsOf = ({ works }: Opened, { events }: LogPage) =>
  works.map((work) => ({ work, events: after(work.generation.position, events) }))

/** What is on its way is before this in the same connection, so what is read here has it. */
const load = async (used: Opened, page: LogPage): Promise<void> => {
  for (const { work, events } of partsOf(used, page)) {
    await work.workspace.load(used.client, events)
  }
}

/** Sends the batch at once; what comes next may be folded while it is written. */
const write = async (
  { client, works, statement }: Opened,
  { events, upTo }: LogPage,
): Promise<void> => {
  const generations = works.map(({ generation }) => generation)
  if (generations.every(({ position }) => position >= upTo)) return
  const changes = works.flatMap(({ workspace }) => workspace.changes())
  for (const work of works) work.generation = moved(work.generation, upTo)
  await client.query(statement(generations, upTo, markOf(events.at(-1)), changes))
}
const markOf = (last: RecordedEvent | undefined): Mark | undefined =>
  last === undefined
    ? undefined
    : {
        stream: last.stream,
        revision: last.revision,
        eventId: last.metadata.id,
        position: last.position,
      }
const moved = (generation: Generation, upTo: bigint): Generation =>
  generation.position < upTo ? { ...generation, position: upTo } : generation

const isUnsettled = ({ works }: Opened, { atHead }: LogPage): boolean =>
  atHead && works.some(({ generation }) => !generation.settled)

const settleAll = async ({ client, works }: Opened): Promise<void> => {
  await client.query('begin')
  await client.query('set local statement_timeout = 0')
  for (const work of works) {
    if (work.generation.settled) continue
    await settle(client, work.generation)
    work.generation = { ...work.generation, live: true, settled: true }
  }
  await client.query("select pg_notify('daybook_read', '')")
  await client.query('commit')
}

/** A read model that began later, or is filled anew, has dealt with fewer events than the others. */
const after = (position: bigint, events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  (events[0]?.position ?? position) > position
    ? events
    : events.filter((event) => event.position > position)

const smallest = (positions: readonly bigint[]): bigint =>
  positions.reduce((least, position) => (position < least ? position : least), positions[0] ?? 0n)
