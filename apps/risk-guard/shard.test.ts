/** Guards that share the books: each book is decided by one of them, and by no other. */
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { readSettings } from '#apps/process/settings'
import { config } from '#apps/risk-guard/config'
import { openStage, type Stage, type TestGuard } from '#apps/risk-guard/testing/stage'
import { isOf, type Shard } from '#domain/risk/shard'
import { bookOpened, intent } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { BookId } from '#schemas/values/ids'

const books = Array.from({ length: 24 }, (_, n) => `book${String(n)}` as BookId)
const shardsOf = (of: number): readonly Shard[] =>
  Array.from({ length: of }, (_, index) => ({ part: index + 1, of }))

describe('every book', () => {
  test.each([1, 2, 3, 4, 7])(
    'belongs to one of %d shards, and none has much more than its share',
    (of) => {
      const many = Array.from({ length: 400 }, (_, n) => `b${String(n)}` as BookId)
      const owned = shardsOf(of).map((shard) => many.filter((book) => isOf(shard, book, sha256)))
      expect(owned.flat().toSorted()).toStrictEqual(many.toSorted())
      for (const each of owned) expect(each.length).toBeLessThan((400 / of) * 1.4 + 1)
    },
  )
  test('stays in its shard for ever', () => {
    const first: Shard = { part: 1, of: 4 }
    expect(books.filter((book) => isOf(first, book, sha256))).toStrictEqual(ofTheFirst)
  })
})
/** Never to be changed: a guard of another build would decide what is not its own. */
const ofTheFirst: readonly string[] = ['book5', 'book7', 'book9', 'book16', 'book18', 'book21']

const running = new Set<TestGuard>()
afterEach(() => {
  for (const guard of running) guard.stop()
  running.clear()
})
const guardOf = (stage: Stage, shard: Shard): TestGuard => {
  const guard = stage.guard(undefined, (book) => isOf(shard, book, sha256))
  running.add(guard)
  return guard
}
const furnished = async (): Promise<Stage> => {
  const stage = await openStage()
  for (const book of books) await stage.write(bookOpened({}, book))
  for (const [n, book] of books.entries()) await stage.write({ ...intent(n), book } as LedgerEvent)
  return stage
}
const decidedBooks = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.events()).flatMap(({ event }) =>
    event.type === 'OrderApproved' || event.type === 'OrderDenied' ? [event.book] : [],
  )

describe('guards', () => {
  test.each([2, 3])('of %d shards decide every book once, and only their own', async (of) => {
    const stage = await furnished()
    for (const shard of shardsOf(of)) {
      const before = await decidedBooks(stage)
      await guardOf(stage, shard).read()
      const mine = (await decidedBooks(stage)).slice(before.length)
      expect(mine.filter((book) => !isOf(shard, book as BookId, sha256))).toStrictEqual([])
    }
    expect((await decidedBooks(stage)).toSorted()).toStrictEqual(books.toSorted())
  })
  test('that count the shards differently decide what they share once', async () => {
    const stage = await furnished()
    const guards = [...shardsOf(2), ...shardsOf(3)].map((shard) => guardOf(stage, shard))
    await Promise.all(guards.map((guard) => guard.read()))
    for (const guard of guards) await guard.read()
    expect((await decidedBooks(stage)).toSorted()).toStrictEqual(books.toSorted())
    expect(guards.some(({ told }) => told.conflicts > 0)).toBe(true)
  })
})

describe('DAYBOOK_SHARD', () => {
  const read = (shard: string) =>
    readSettings(config, {
      DAYBOOK_LOG: 'postgres://h/d',
      DAYBOOK_HUB: 'ws://h:1',
      DAYBOOK_SHARD: shard,
    })
  test.each([
    ['', { part: 1, of: 1 }],
    ['1/1', { part: 1, of: 1 }],
    ['2/3', { part: 2, of: 3 }],
    ['1024/1024', { part: 1024, of: 1024 }],
  ])('%s', (text, shard) => {
    expect(read(text)).toMatchObject(E.right({ shard }))
  })
  test.each(['0/1', '2/1', '1', '1/0', '1/2/3', '01/2', '-1/2', '1 / 2', '1/2000', 'a/b', '1/2 '])(
    '%s is refused with what to set instead',
    (text) => {
      expect(read(text)).toStrictEqual(
        E.left([
          'DAYBOOK_SHARD is not usable: set it to this guard and how many share the books, from 1/1 (all of them) to 1024/1024.',
        ]),
      )
    },
  )
})
