import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { describe, expect, test, vi } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { movedHistory } from '#adapters/testing/moved-events'
import type { MovedEvent, StoredLog } from '#domain/kernel/stored-log'
import { said, type Told } from '#projections/testing/stories'
import type { Quantity } from '#schemas/values/decimal'
import { failureWords } from './log-copy-words.ts'
import { type Copying, copyLog } from './log-copying.ts'

const asked = (n: number) => ({ n, side: 'buy', quantity: (10n ** 18n) as Quantity }) as const
const story: readonly Told[] = [1, 2, 3].flatMap((n) => [
  said('intent', asked(n)),
  said('approved', asked(n)),
  said('submitted', asked(n)),
  said('accepted', asked(n)),
])
const history = movedHistory(story) as unknown as ReadonlyNonEmptyArray<MovedEvent>

const filled = async (events: readonly MovedEvent[] = history): Promise<StoredLog> => {
  const log = memoryEventLog()
  const [first, ...others] = events
  if (first !== undefined) expect(E.isRight(await log.appendStored([first, ...others]))).toBe(true)
  return log
}
const copying = (from: StoredLog, to: StoredLog, more: Partial<Copying> = {}): Copying => ({
  from,
  to,
  mode: 'copy',
  progress: () => undefined,
  stopping: new AbortController().signal,
  pageEvents: 5,
  ...more,
})
/** What it says where it did not come to its end. */
const wordsOf = async (work: Copying): Promise<string> => {
  const end = await copyLog(work)
  return end._tag === 'Done' ? 'done' : failureWords(end)
}
/** The source as another build, another tool or an accident would have it. */
const altered = (
  log: StoredLog,
  change: (index: number, event: MovedEvent['event']) => Partial<MovedEvent['event']>,
): StoredLog => ({
  ...log,
  readStored: async (after, limit) => {
    const page = await log.readStored(after, limit)
    if (E.isLeft(page)) return page
    const events = page.right.events.map((event) => ({
      ...event,
      ...change(Number(event.position) - 1, event),
    }))
    return E.right({ ...page.right, events })
  },
})

describe('what cannot be copied is named, and nothing after it is copied', () => {
  const target = memoryEventLog()
  const refused = async (source: StoredLog): Promise<string> => {
    const words = await wordsOf(copying(source, target))
    expect(await target.head()).toStrictEqual(E.right(5n))
    return words
  }
  test('an event that this build does not know', async () => {
    const source = altered(await filled(), (index, { metadata }) =>
      index === 6
        ? {
            type: 'OrderTeleported',
            metadata: metadata.replace(/OrderSub[a-zA-Z]+/, 'OrderTeleported'),
          }
        : {},
    )
    expect(await refused(source)).toMatch(
      /^Event 7 of the source \(OrderTeleported, revision 1 of order-.*at position 7\) cannot be copied: this build knows no event OrderTeleported: copy with the build that wrote it\./,
    )
  })
  test('an event whose writer is not who may write it', async () => {
    const source = altered(await filled(), (index, { metadata }) =>
      index === 6 ? { metadata: metadata.replace('"gateway"', '"api"') } : {},
    )
    expect(await refused(source)).toMatch(
      /api does not write OrderSubmissionStarted to such a stream/,
    )
  })
  test('an event whose texts and columns do not agree', async () => {
    const id = '01890000-0000-7000-8000-000000000000'
    const source = altered(await filled(), (index) => (index === 6 ? { id } : {}))
    expect(await refused(source)).toMatch(/do not name its own id and type/)
  })
  test('a stream that has lost its beginning', async () => {
    const whole = await filled()
    const source: StoredLog = {
      ...whole,
      readStored: async (after, limit) => {
        const page = await whole.readStored(after, limit)
        if (E.isLeft(page)) return page
        const events = page.right.events.filter(({ position }) => position !== 5n)
        return E.right({ ...page.right, events })
      },
    }
    const words = await wordsOf(copying(source, memoryEventLog()))
    expect(words).toMatch(/revision 0 of its stream should come here, and is missing/)
  })
})

test('a target that somebody has gone on with is left as it is', async () => {
  const [source, target] = [await filled(history.slice(0, 8)), await filled()]
  expect(await wordsOf(copying(source, target))).toMatch(
    /^The target goes on where the source ends, after 8 events, with OrderIntentRecorded, .*: a ledger has run on it\./,
  )
  expect(await target.head()).toStrictEqual(E.right(12n))
})
test('somebody who writes into the target meanwhile is found out', async () => {
  const target = memoryEventLog()
  const [stranger] = movedHistory(story)
  if (stranger === undefined) throw new Error('nobody')
  let isFirst = true
  const disturbed: StoredLog = {
    ...target,
    appendStored: async (events) => {
      if (isFirst) await target.appendStored([stranger])
      isFirst = false
      return target.appendStored(events)
    },
  }
  expect(await wordsOf(copying(await filled(), disturbed))).toMatch(
    /^The target is no copy of the source: event 1 of the source is .* its id is ".*" in the source and ".*" in the target/,
  )
})
test('a target that acknowledges and does not keep is not believed', {
  timeout: 60_000,
}, async () => {
  const forgetful: StoredLog = { ...memoryEventLog(), appendStored: async () => E.right(undefined) }
  expect(await wordsOf(copying(await filled(), forgetful))).toMatch(
    /^The target did not answer: it acknowledges events that it does not show/,
  )
})
test('what a server that does not answer is asked for ends as a sentence', () => {
  const words = (detail: string) => failureWords({ _tag: 'Unreachable', which: 'target', detail })
  expect(words('is it running?')).toContain('did not answer: is it running? The same')
  expect(words('no answer')).toContain('did not answer: no answer. The same')
})
test('told to stop before it has looked, it says so, and asks nobody', async () => {
  const source = await filled()
  const asked = vi.fn(source.readStored)
  const work = copying({ ...source, readStored: asked }, memoryEventLog(), {
    stopping: AbortSignal.abort(),
  })
  expect(await wordsOf(work)).toBe(
    'Stopped before an event was compared: what stands in the target was not looked at. ' +
      'The same command again goes on where the copy ends.',
  )
  expect(asked).not.toHaveBeenCalled()
})
test('told to stop, it says how far it is, and goes on from there', async () => {
  const [source, target, told] = [await filled(), memoryEventLog(), new AbortController()]
  const work = copying(source, target, { progress: () => told.abort(), stopping: told.signal })
  expect(await wordsOf(work)).toBe(
    'Stopped: the first 5 events stand in the target, and are the same. The same command again goes on where the copy ends.',
  )
  expect(await copyLog(copying(source, target))).toMatchObject({ _tag: 'Done', same: 12, added: 7 })
})
test('what does not answer is named', async () => {
  const away = async () => E.left({ _tag: 'StoreUnreachable', detail: 'nobody there' } as const)
  const [whole, empty] = [await filled(), memoryEventLog()]
  expect(await wordsOf(copying({ ...whole, readStored: away }, empty))).toMatch(
    /^The source did not answer: nobody there\. The same command again/,
  )
  expect(await wordsOf(copying(whole, { ...empty, readStored: away }))).toMatch(
    /^The target did not answer: nobody there/,
  )
})
