import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { sha256 } from '#adapters/system/hash'
import { tell } from '#adapters/testing/log-story'
import type { AppState } from '#apps/process/app'
import type { LogPage } from '#domain/kernel/event-log'
import { allReadModels } from '#projections/all'
import { foldAll } from '#projections/fold'
import { dayOf } from '#projections/testing/day'
import { recorded } from '#projections/testing/stories'
import { applyBatch, emptyTable, rowsIn } from '#projections/testing/table'
import { type Projections, project } from './loop.ts'

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
  test('does not touch read models that are of another log', async () => {
    const log = await told()
    const kept = keeper()
    kept.move(BigInt(story.length + 5))
    const projecting = project(stoppedAt(0n, kept), log, kept, { applied: () => undefined })
    await expect(projecting).rejects.toThrow(/they are of another log/)
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

type Fault = 'opening' | 'before' | 'after'
/** Read models in memory that keep cells as tables do, and fail as they are told to. */
const keeper = (faults: readonly Fault[] = []) => {
  const tables = models.map((model) => ({ model, table: emptyTable() }))
  const rest = [...faults]
  let position = 0n
  let counted = 0
  const failure = E.left({ _tag: 'StoreUnreachable' as const, detail: 'connection reset' })
  const projections: Projections = {
    open: async () => {
      if (rest[0] !== 'opening') return E.right(position)
      rest.shift()
      return failure
    },
    apply: async ({ events, upTo }: LogPage) => {
      if ((events[0]?.position ?? position + 1n) !== position + 1n) return failure
      const fault = rest[0] === 'opening' ? undefined : rest.shift()
      if (fault === 'before') return failure
      for (const { model, table } of tables) applyBatch(model, table, events)
      position = upTo
      return fault === 'after' ? failure : E.right(undefined)
    },
  }
  return {
    ...projections,
    tables,
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
  return {
    stopping: stopping.signal,
    states,
    report: (state: AppState, at?: bigint) => {
      states.push([state, at])
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

const expectFolded = ({ tables }: ReturnType<typeof keeper>): void => {
  const events = recorded(story)
  for (const { model, table } of tables) {
    const { changed, entries } = foldAll(model, events)
    expect(rowsIn(model, table), model.name).toStrictEqual(changed)
    expect(table.entries).toStrictEqual(entries)
  }
}
