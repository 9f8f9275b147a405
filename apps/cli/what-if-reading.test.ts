import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { EventLog } from '#domain/kernel/event-log'
import { mergedWith } from '#domain/risk/control'
import { openDesk } from '#domain/risk/testing/desk-of'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import {
  amount,
  type Asked,
  filled,
  main,
  markAt,
  marksTaken,
  noon,
} from '#domain/risk/testing/words'
import type { RecordedEvent } from '#schemas/envelope'
import type { BookId } from '#schemas/values/ids'
import { rangeOf } from './what-if-range.ts'
import { readWhatIf } from './what-if-reading.ts'

const one: Asked = { quantity: '0.01' }
/** Three orders, each filled, and the price in the end. */
const written = (): readonly RecordedEvent[] => {
  const desk = openDesk()
  for (const n of [1, 2, 3]) desk.inFlight(n, one).given(filled(n, { ...one, at: '65000' }))
  return desk.given(marksTaken(noon, markAt('66000'))).log.events
}
const logOf = (
  events: readonly RecordedEvent[],
  failures = 0,
): Pick<EventLog, 'readAll'> & { readonly asked: number[] } => {
  const asked: number[] = []
  return {
    asked,
    readAll: async (after, _, limit) => {
      asked.push(Number(after))
      if (asked.length <= failures) return E.left({ _tag: 'StoreUnreachable', detail: 'away' })
      const page = events.filter(({ position }) => position > after).slice(0, limit)
      const upTo = page.at(-1)?.position ?? after
      return E.right({ events: page, upTo, atHead: page.length < limit })
    },
  }
}
const read = (
  log: Pick<EventLog, 'readAll'>,
  some: { readonly from?: string; readonly to?: string; readonly book?: string } = {},
) =>
  readWhatIf({
    log,
    book: (some.book ?? main) as BookId,
    limits: (inForce) => mergedWith(inForce, { maxOrderNotional: amount('100') }),
    range: rangeOf(some.from, some.to),
    rowsMax: 9,
    sessionAt: sessionsInUtc,
    stopping: new AbortController().signal,
    tell: () => undefined,
    pageEvents: 4,
  })
const decisionsIn = (events: readonly RecordedEvent[]) =>
  events.flatMap(({ event, position }) =>
    event.type === 'OrderApproved' ? [Number(position)] : [],
  )

describe('a log', () => {
  test('is read to its end, in pages, and every decision in it is decided again', async () => {
    const { result, currency, books } = await read(logOf(written()))
    expect(result).toMatchObject({
      decisions: 3,
      total: { newlyDenied: 3, deniedPnl: amount('30') },
    })
    expect([currency, [...books]]).toStrictEqual(['USDT', [main]])
  })
  test('is folded from its beginning, wherever the range begins', async () => {
    const events = written()
    const [, second = 0] = decisionsIn(events)
    const { result } = await read(logOf(events), { from: String(second) })
    expect(result).toMatchObject({ decisions: 2, total: { newlyDenied: 2 } })
  })
  test('is read no further than the range goes, and what comes after it makes nothing', async () => {
    const events = written()
    const [first = 0] = decisionsIn(events)
    const log = logOf(events)
    const { result } = await read(log, { to: String(first) })
    expect(result).toMatchObject({ decisions: 1, total: { newlyDenied: 1, deniedPnl: 0n } })
    expect(Math.max(...log.asked)).toBeLessThanOrEqual(first)
  })
  test('that has nothing of the book says what it has', async () => {
    const { result, books } = await read(logOf(written()), { book: 'side' })
    expect([result.decisions, [...books]]).toStrictEqual([0, [main]])
  })
  test('that is away for a moment is asked again', async () => {
    expect((await read(logOf(written(), 2))).result.decisions).toBe(3)
  })
})
