/** What any store must do that a log is moved out of or into. Each adapter's own test calls this. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { describe, expect, test } from 'vitest'
import type { MovedEvent, StoredLog } from '#domain/kernel/stored-log'
import type { StoredEvent } from '#schemas/envelope'
import { fc } from '#testing/prop'
import { anyMovedHistory } from './moved-events.ts'

type Events = ReadonlyNonEmptyArray<MovedEvent>

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isRight(answer)) return answer.right
  throw new Error(JSON.stringify(answer.left, (_, u: unknown) => String(u)))
}

/** What stands in a log after a position, read in pages of that size. */
const readAfter = async (log: StoredLog, after: bigint, size = 7): Promise<StoredEvent[]> => {
  const all: StoredEvent[] = []
  let position = after
  for (;;) {
    const { events, upTo, atHead } = right(await log.readStored(position, size))
    expect(events.length).toBeLessThanOrEqual(size)
    all.push(...events)
    position = upTo
    if (atHead) return all
  }
}

const asMoved = ({ stream, revision, id, type, data, metadata }: StoredEvent) => ({
  stream,
  revision,
  event: { id, type, data, metadata },
})
const withoutWriter = ({ stream, revision, event }: MovedEvent) => ({ stream, revision, event })

const someHistory = (seed: number, atLeast = 6): Events => {
  for (let n = seed; ; n += 1_000) {
    const [history] = fc.sample(anyMovedHistory, { numRuns: 1, seed: n })
    const writers = new Set(history?.map(({ writer }) => writer))
    if (history !== undefined && history.length >= atLeast && writers.size > 1)
      return history as unknown as Events
  }
}

export const storedLogContract = (open: () => StoredLog, runs: number): void => {
  describe('a log as its texts', () => {
    test('takes any history of several writers, and gives it back byte for byte, in order', async () => {
      const log = open()
      await fc.assert(
        fc.asyncProperty(anyMovedHistory, async (history) => {
          const [first, ...others] = history
          if (first === undefined) return
          const before = right(await log.head())
          right(await log.appendStored([first, ...others]))
          const there = await readAfter(log, before)
          expect(there.map(asMoved)).toStrictEqual(history.map(withoutWriter))
          expect(right(await log.head())).toBeGreaterThanOrEqual(there.at(-1)?.position ?? 0n)
        }),
        { numRuns: runs },
      )
    })
    test('goes on where it was left', async () => {
      const log = open()
      const history = someHistory(1)
      const before = right(await log.head())
      const cut = history.length >> 1
      right(await log.appendStored(history.slice(0, cut) as unknown as Events))
      right(await log.appendStored(history.slice(cut) as unknown as Events))
      expect((await readAfter(log, before)).map(asMoved)).toStrictEqual(history.map(withoutWriter))
    })
    test('refuses what does not begin where its stream ends', async () => {
      const log = open()
      const history = someHistory(2)
      const before = right(await log.head())
      const late = history.findIndex(({ revision }) => revision > 0n)
      const answer = await log.appendStored(history.slice(late) as unknown as Events)
      expect(answer).toMatchObject(E.left({ _tag: 'OutOfPlace' }))
      expect(await readAfter(log, before)).toStrictEqual([])
    })
    test('lets no app write what another one writes', async () => {
      const log = open()
      const before = right(await log.head())
      const [any] = someHistory(3)
      const other = any.writer === 'gateway' ? 'risk-guard' : 'gateway'
      expect(await log.appendStored([{ ...any, writer: other }])).toMatchObject(
        E.left({ _tag: 'AppendForbidden', stream: any.stream }),
      )
      const unheardOf = { ...any, event: { ...any.event, type: 'NobodyWritesThis' } }
      expect(await log.appendStored([unheardOf])).toMatchObject(E.left({ _tag: 'AppendForbidden' }))
      expect(await readAfter(log, before)).toStrictEqual([])
    })
    test('knows a foreign event in its place', async () => {
      const log = open()
      const [first, ...others] = someHistory(4)
      const [foreign] = someHistory(5)
      right(await log.appendStored([{ ...foreign, stream: first.stream, revision: 0n }]))
      expect(E.isLeft(await log.appendStored([first, ...others]))).toBe(true)
    })
  })
}
