import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { expect } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { anyMovedHistory } from '#adapters/testing/moved-events'
import type { MovedEvent, StoredLog } from '#domain/kernel/stored-log'
import type { StoredEvent } from '#schemas/envelope'
import type { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'
import { type Copying, copyLog } from './log-copying.ts'

const never = new AbortController().signal
const quiet = { progress: () => undefined, stopping: never }

const filled = async (history: readonly MovedEvent[]): Promise<StoredLog> => {
  const log = memoryEventLog()
  const [first, ...others] = history
  if (first !== undefined) expect(E.isRight(await log.appendStored([first, ...others]))).toBe(true)
  return log
}
const textsOf = async (log: StoredLog): Promise<readonly StoredEvent[]> => {
  const page = await log.readStored(0n, 10_000)
  if (E.isLeft(page)) throw new Error('unreadable')
  return page.right.events.map((event) => ({ ...event, recordedAt: 0 as Instant }))
}

/** What becomes of one append: so many of its events are written, and then nobody answers, or the copier dies. */
interface Trouble {
  readonly written: number
  readonly ends: 'silence' | 'death'
}
class Death extends Error {}
const troubled = (log: StoredLog, troubles: Trouble[]): StoredLog => ({
  ...log,
  appendStored: async (events) => {
    const trouble = troubles.shift()
    if (trouble === undefined) return log.appendStored(events)
    const some = events.slice(0, trouble.written) as unknown as ReadonlyNonEmptyArray<MovedEvent>
    if (some.length > 0) await log.appendStored(some)
    if (trouble.ends === 'death') throw new Death()
    return E.left({ _tag: 'StoreUnreachable', detail: 'no answer' })
  },
})
/** Started again whenever it was killed. */
const untilDone = async (copying: Copying) => {
  for (;;) {
    try {
      return await copyLog(copying)
    } catch (e) {
      if (!(e instanceof Death)) throw e
    }
  }
}

const anyTrouble = fc.record({
  written: fc.nat({ max: 8 }),
  ends: fc.constantFrom('silence' as const, 'death' as const),
})
const anyPageEvents = fc.integer({ min: 1, max: 9 })

prop(
  'killed at any points and started again, it makes the same log',
  fc.tuple(anyMovedHistory, fc.array(anyTrouble, { maxLength: 4 }), anyPageEvents),
  async ([history, troubles, pageEvents]) => {
    const [from, to] = [await filled(history), memoryEventLog()]
    // A silence is waited for; one in a hundred tries is enough of that.
    const few = troubles.map((trouble, n) =>
      n === 0 ? trouble : { ...trouble, ends: 'death' as const },
    )
    const end = await untilDone({ ...quiet, from, to: troubled(to, few), mode: 'copy', pageEvents })
    expect(end).toMatchObject({ _tag: 'Done', same: history.length })
    expect(await textsOf(to)).toStrictEqual(await textsOf(from))
    expect(await copyLog({ ...quiet, from, to, mode: 'verify', pageEvents })).toMatchObject({
      _tag: 'Done',
      same: history.length,
      added: 0,
    })
  },
  { numRuns: 60 },
)

prop(
  'the first event that differs is found, whatever it is, and nothing is written',
  fc.tuple(anyMovedHistory, fc.nat(), fc.boolean(), anyPageEvents),
  async ([history, pick, isLast, pageEvents]) => {
    fc.pre(history.length > 0)
    const at = isLast ? history.length - 1 : pick % history.length
    const changed = history.map((moved, index) => {
      if (index !== at) return moved
      const { event } = moved
      return { ...moved, event: { ...event, data: event.data.replace(/"/, '" ') } }
    })
    const [from, to] = [await filled(history), await filled(changed)]
    const before = await textsOf(to)
    const end = await copyLog({ ...quiet, from, to, mode: 'copy', pageEvents })
    expect(end).toMatchObject({ _tag: 'Differs', at: at + 1, difference: { field: 'data' } })
    expect(await textsOf(to)).toStrictEqual(before)
  },
  { numRuns: 60 },
)

prop(
  'of a target that holds a part it says how much is missing, and copies just that',
  fc.tuple(anyMovedHistory, fc.nat(), anyPageEvents),
  async ([history, pick, pageEvents]) => {
    const part = pick % (history.length + 1)
    const [from, to] = [await filled(history), await filled(history.slice(0, part))]
    const means = { ...quiet, from, to, pageEvents }
    const missing = history.length - part
    expect(await copyLog({ ...means, mode: 'tryOut' })).toMatchObject({
      _tag: 'Done',
      same: part,
      added: missing,
    })
    expect((await textsOf(to)).length).toBe(part)
    const verified = await copyLog({ ...means, mode: 'verify' })
    expect(verified._tag).toBe(missing === 0 ? 'Done' : 'Shorter')
    expect(await copyLog({ ...means, mode: 'copy' })).toMatchObject({
      _tag: 'Done',
      same: history.length,
      added: missing,
    })
    // The other way round the target has more than the source.
    const back = await copyLog({
      ...quiet,
      from: await filled(history.slice(0, part)),
      to,
      mode: 'copy',
    })
    expect(back._tag).toBe(missing === 0 ? 'Done' : 'Longer')
  },
  { numRuns: 60 },
)
