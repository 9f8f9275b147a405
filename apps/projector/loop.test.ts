import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { sha256 } from '#adapters/system/hash'
import { tell } from '#adapters/testing/log-story'
import type { AppState } from '#apps/process/app'
import type { EventLog, LogPage } from '#domain/kernel/event-log'
import { allReadModels } from '#projections/all'
import { foldAll } from '#projections/fold'
import { dayOf } from '#projections/testing/day'
import { recorded } from '#projections/testing/stories'
import { applyBatch, emptyTable, rowsIn } from '#projections/testing/table'
import type { RecordedEvent } from '#schemas/envelope'
import { type Mark, type Projections, project } from './loop.ts'

const models = allReadModels(sha256)
const story = dayOf(300)

describe('projecting', () => {
  test('brings the whole log into every read model, and then reports that it is ready', async () => {
    const log = await told()
    const kept = keeper()
    const app = stoppedAt(BigInt(story.length), kept)
    await project(app, log, kept, { applied: kept.counted })
    expect(app.states.at(-1)).toStrictEqual(['ready', BigInt(story.length)])
    expect(kept.events()).toBe(story.length)
    expectFolded(kept)
  })
  test('after a failure it goes on from where the read models stand, and says that it waits', async () => {
    const log = await told()
    // Each breaks once a page: before it was written, or after, with the answer lost.
    const kept = keeper(['opening', 'before', 'after', 'before', 'opening'])
    const app = stoppedAt(BigInt(story.length), kept)
    await project(app, log, kept, { applied: () => undefined })
    expect(app.states.map(([state]) => state)).toContain('waiting')
    expectFolded(kept)
  })
  test('waits for a log that does not answer, and says so; the read models stay open', async () => {
    const log = await told()
    const kept = keeper()
    let failures = 0
    const lazy: EventLog = {
      ...log,
      head: async () =>
        (failures += 1) < 4
          ? E.left({ _tag: 'StoreUnreachable', detail: 'nobody there' })
          : log.head(),
    }
    const app = stoppedAt(BigInt(story.length), kept)
    await project(app, lazy, kept, { applied: kept.counted })
    expect(app.details).toContain('the event log is unreachable: nobody there')
    expect(kept.opened()).toBe(1)
    expectFolded(kept)
  })
  test('does not touch read models that are of another log', async () => {
    const log = await told()
    const kept = keeper()
    kept.move(BigInt(story.length + 5))
    const projecting = project(stoppedAt(0n, kept), log, kept, { applied: () => undefined })
    await expect(projecting).rejects.toThrow(/they are of another log/)
  })
  test('fills them anew when the log was moved to another store', async () => {
    const log = await told()
    const kept = keeper()
    await project(stoppedAt(BigInt(story.length), kept), log, kept, { applied: () => undefined })
    const copy = moved(log)
    const app = stoppedAt(BigInt(story.length) * 10n, kept)
    await project(app, copy, kept, { applied: () => undefined })
    expect(kept.begun()).toBe(1)
    expectFolded(kept, (event) => ({ ...event, position: event.position * 10n }))
  })
  test('does not touch read models of a log that holds other events', async () => {
    const kept = keeper()
    const log = await told()
    await project(stoppedAt(BigInt(story.length), kept), log, kept, { applied: () => undefined })
    kept.remember({ eventId: '01890000-0000-7000-8000-000000000000' })
    const projecting = project(stoppedAt(0n, kept), log, kept, { applied: () => undefined })
    await expect(projecting).rejects.toThrow(/they are of another log/)
    expect(kept.begun()).toBe(0)
  })
  test('stops when a fold is wrong, for going on would be wrong too', async () => {
    const log = await told()
    const kept = { ...keeper(), apply: () => Promise.reject(new TypeError('a mistake of ours')) }
    const projecting = project(stoppedAt(0n, kept), log, kept, { applied: () => undefined })
    await expect(projecting).rejects.toThrow('a mistake of ours')
  })
})

const told = async () => {
  const log = memoryEventLog()
  await tell(() => log, story)
  return log
}

/** The same log as another store would give it. */
const moved = (log: EventLog): EventLog => {
  const place = (event: RecordedEvent) => ({ ...event, position: event.position * 10n })
  return {
    ...log,
    head: async () => E.map((head: bigint) => head * 10n)(await log.head()),
    read: async (stream, after) =>
      E.map((events: readonly RecordedEvent[]) => events.map(place))(await log.read(stream, after)),
    subscribeAll: (after, filter) => {
      const { next, close } = log.subscribeAll(after / 10n, filter)
      const paged = async () =>
        E.map(({ events, upTo, atHead }: LogPage) => ({
          events: events.map(place),
          upTo: upTo * 10n,
          atHead,
        }))(await next())
      return { next: paged, close }
    },
  }
}

type Fault = 'opening' | 'before' | 'after'
/** Read models in memory that keep cells as tables do, and fail as they are told to. */
const keeper = (faults: readonly Fault[] = []) => {
  let tables = models.map((model) => ({ model, table: emptyTable() }))
  let mark: Mark | undefined
  let [begun, opened] = [0, 0]
  const rest = [...faults]
  let position = 0n
  let counted = 0
  const failure = E.left({ _tag: 'StoreUnreachable' as const, detail: 'connection reset' })
  const projections: Projections = {
    open: async () => {
      opened += 1
      if (rest[0] !== 'opening') return E.right(position)
      rest.shift()
      return failure
    },
    mark: () => mark,
    beginAnew: async () => {
      tables = models.map((model) => ({ model, table: emptyTable() }))
      position = 0n
      begun += 1
      mark = undefined
      return E.right(position)
    },
    apply: async ({ events, upTo }: LogPage) => {
      const [step, last] = [begun > 0 ? 10n : 1n, events.at(-1)]
      if ((events[0]?.position ?? position + step) !== position + step) return failure
      const fault = rest[0] === 'opening' ? undefined : rest.shift()
      if (fault === 'before') return failure
      for (const { model, table } of tables) applyBatch(model, table, events)
      position = upTo
      if (last !== undefined) {
        const { stream, revision, metadata } = last
        mark = { stream, revision, eventId: metadata.id, position: last.position }
      }
      return fault === 'after' ? failure : E.right(undefined)
    },
  }
  return {
    ...projections,
    tables: () => tables,
    begun: () => begun,
    opened: () => opened,
    remember: (part: Partial<Mark>) => {
      if (mark !== undefined) mark = { ...mark, ...part }
    },
    counted: (events: number) => void (counted += events),
    events: () => counted,
    position: () => position,
    move: (to: bigint) => void (position = to),
  }
}

/** An app that is told to stop as soon as it says that it is ready at this position. */
const stoppedAt = (wanted: bigint, { position }: { readonly position: () => bigint }) => {
  const stopping = new AbortController()
  const states: (readonly [AppState, bigint | undefined])[] = []
  const details: (string | undefined)[] = []
  return {
    stopping: stopping.signal,
    states,
    details,
    report: (state: AppState, at?: bigint, detail?: string) => {
      states.push([state, at])
      details.push(detail)
      if (state === 'ready' && at === wanted && position() === wanted) stopping.abort()
    },
    current: () => ({
      app: 'projector' as const,
      instance: 'p1',
      pid: 1,
      state: states.at(-1)?.[0] ?? ('starting' as const),
    }),
    logger: { warn: () => undefined } as never,
  }
}

const expectFolded = (
  { tables }: ReturnType<typeof keeper>,
  placed = (event: RecordedEvent): RecordedEvent => event,
): void => {
  const events = recorded(story).map(placed)
  for (const { model, table } of tables()) {
    const { changed, entries } = foldAll(model, events)
    expect(rowsIn(model, table), model.name).toStrictEqual(changed)
    expect(table.entries).toStrictEqual(entries)
  }
}
