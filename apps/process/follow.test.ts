import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { EventLog, LogPage, ReadFailure } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import { fc, prop } from '#testing/prop'
import type { AppState } from './app.ts'
import { follow } from './follow.ts'

const unreachable = E.left({ _tag: 'StoreUnreachable', detail: 'connection reset' } as const)
const unreadable = E.left({
  _tag: 'UnreadableEvent',
  position: 4n,
  stream: 'order-1',
  type: 'OrderTeleported',
  detail: 'unknown type',
} as const)

describe('following the log', () => {
  test('gives each page once, and reports the state when it reaches the head', async () => {
    const { app, pages, subscribedAfter } = await followed([page(3n), page(5n), head(5n)])
    expect(pages).toStrictEqual([3n, 5n, 5n])
    expect(subscribedAfter).toStrictEqual([0n])
    expect(app.states).toStrictEqual(['replaying', 'replaying', 'replaying', 'ready'])
  })
  test('waits while the log is away, and goes on after the last page that was dealt with', async () => {
    const { app, pages, subscribedAfter, closed } = await followed([
      page(3n),
      unreachable,
      unreachable,
      head(8n),
    ])
    expect(pages).toStrictEqual([3n, 8n])
    expect(subscribedAfter).toStrictEqual([0n, 3n, 3n])
    expect(closed()).toBe(3)
    expect(app.states).toContain('waiting')
    expect(app.states.at(-1)).toBe('ready')
  })
  test('stays ready under load, when pages come without the head being seen', async () => {
    const { app } = await followed([head(1n), page(2n), page(3n)])
    expect(app.states.slice(1)).toStrictEqual(['ready', 'ready', 'ready'])
  })
  test('lets go of a page once it is dealt with', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const { app, log } = scripted(Array.from({ length: 20 }, (_, n) => page(BigInt(n + 1))))
    const seen: WeakRef<LogPage>[] = []
    let left = Number.NaN
    const onPage = async (given: LogPage) => {
      seen.push(new WeakRef(given))
      // A turn of the event loop ends the life of what was only awaited.
      await setImmediate()
      collect()
      left = seen.filter((page) => page.deref() !== undefined).length
    }
    await follow(app, log, { after: 0n, filter: {}, onPage })
    expect(seen).toHaveLength(20)
    expect(left).toBeLessThan(5)
  })
  test('says why the log is away for as long as it is', async () => {
    const { app } = await followed([page(1n), unreachable, unreachable, page(2n), head(2n)])
    expect(app.details).toStrictEqual([
      ['replaying', undefined],
      ['waiting', 'the event log is unreachable: connection reset'],
      ['replaying', undefined],
      ['ready', undefined],
    ])
  })
  test('before it has acted on anything, it stays before what cannot be read, says so, and looks again', async () => {
    const { app, pages } = await followed([page(2n), unreadable, unreadable, page(3n), head(4n)])
    expect(pages).toStrictEqual([2n, 3n, 4n])
    expect(app.details).toStrictEqual([
      ['replaying', undefined],
      [
        'waiting',
        'Event 4 (OrderTeleported, order-1) cannot be read: unknown type. Nothing after it is acted upon. Start a build that knows this event, or restore the log.',
      ],
      ['replaying', undefined],
      ['ready', undefined],
    ])
  })
  test('once it acts, it ends at once: whatever is under way would go on without knowing', async () => {
    const { app, log } = scripted([head(2n), unreadable])
    const onPage = async () => undefined
    await expect(follow(app, log, { after: 0n, filter: {}, onPage })).rejects.toThrow(
      /^Event 4 \(OrderTeleported, order-1\) cannot be read: unknown type\./,
    )
  })
  test('passes on what the app throws', async () => {
    const { app, log } = scripted([page(3n)])
    const onPage = () => Promise.reject(new Error('a defect'))
    await expect(follow(app, log, { after: 0n, filter: {}, onPage })).rejects.toThrow('a defect')
  })
})

prop(
  'every page is dealt with once and in order, whatever outages lie between',
  fc.array(fc.oneof(fc.constant('page' as const), fc.constant('away' as const)), { maxLength: 5 }),
  async (kinds) => {
    let position = 0n
    const script = kinds.map((kind) => (kind === 'page' ? page((position += 2n)) : unreachable))
    const { pages } = await followed([...script, head(position)])
    const expected = script.flatMap((next) => (E.isRight(next) ? [next.right.upTo] : []))
    expect(pages).toStrictEqual([...expected, position])
  },
  { numRuns: 8 },
)

const page = (upTo: bigint): E.Either<ReadFailure, LogPage> =>
  E.right({ events: [] as readonly RecordedEvent[], upTo, atHead: false })
const head = (upTo: bigint): E.Either<ReadFailure, LogPage> =>
  E.right({ events: [] as readonly RecordedEvent[], upTo, atHead: true })

/** A log that answers from a list, however often it is subscribed to, and then stops the app. */
const scripted = (script: readonly E.Either<ReadFailure, LogPage>[]) => {
  const stopping = new AbortController()
  const states: AppState[] = []
  const details: (readonly [AppState, string | undefined])[] = []
  const subscribedAfter: bigint[] = []
  let closed = 0
  const rest = [...script]
  const app = {
    stopping: stopping.signal,
    states,
    details,
    report: (state: AppState, _: unknown, detail?: string) => {
      states.push(state)
      const last = details.at(-1)
      if (last?.[0] !== state || last[1] !== detail) details.push([state, detail])
    },
    current: () => ({
      app: 'projector' as const,
      instance: 'p1',
      pid: 1,
      state: states.at(-1) ?? ('starting' as const),
    }),
    logger: { warn: () => undefined } as never,
  }
  const log: Pick<EventLog, 'subscribeAll'> = {
    subscribeAll: (after) => {
      subscribedAfter.push(after)
      return {
        next: async () => {
          const next = rest.shift()
          if (next !== undefined) return next
          stopping.abort()
          return new Promise(() => undefined)
        },
        close: async () => void (closed += 1),
      }
    },
  }
  return { app, log, subscribedAfter, closed: () => closed }
}

const followed = async (script: readonly E.Either<ReadFailure, LogPage>[]) => {
  const pages: bigint[] = []
  const { app, log, subscribedAfter, closed } = scripted(script)
  const onPage = async ({ upTo }: LogPage) => void pages.push(upTo)
  await follow(app, log, { after: 0n, filter: {}, onPage })
  return { app, pages, subscribedAfter, closed }
}
