/** What a venue settles is never refused by its own store: that would be so again after every start. */
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { openDesk } from '#apps/paper-venue/desk'
import type { PaperBatch, PaperStore, StoreLost } from '#domain/matching/store'
import { after, matching, quote, request } from '#domain/testing/paper'
import { main } from '#domain/testing/pit'
import type { Ratio, SignedQuantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Side } from '#schemas/values/trading'
import { ownPaperStore } from './paper-store.ts'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await testPostgres()
})
afterAll(() => postgres.stop())

const right = <A>(result: E.Either<StoreLost, A> | undefined): A => {
  if (result === undefined || E.isLeft(result)) throw new Error(result?.left.detail ?? 'stopped')
  return result.right
}
const own = async (): Promise<PaperStore> =>
  right(
    await ownPaperStore(postgres.url('paper-venue'), new AbortController().signal, () => undefined),
  )

/** Ends of intervals with and without a fraction of a second. */
const rule = { rate: (10n ** 14n) as Ratio, intervalMs: 1_500 }
const symbol = 'ETH/USDT:USDT' as MarketSymbol
let placed = 0

/** One venue after the other, each on what is stored; answers what this one settled while it traded at these times. */
const term = async (
  ...trades: readonly (readonly [Side, number])[]
): Promise<readonly string[]> => {
  const store = await own()
  const { venue } = matching(right(await store.state()), rule)
  const settled: string[] = []
  for (const [side, ms] of trades) {
    const at = after(ms)
    placed += 1
    const desk = openDesk(venue, [])
    desk.record(venue.hear(quote('3000', '3001', { symbol, size: '9', at }), at))
    desk.record(venue.place(request({ n: placed, symbol, side, sendBy: at }), at))
    const { batch } = desk.close()
    expect(batch.trades).toHaveLength(1)
    expect(right(await store.commit(batch))).toBe(true)
    settled.push(...batch.fundings.map(({ fundingId }) => fundingId))
  }
  await store.close()
  return settled
}

test('a clock that was set back settles nothing twice, and what it settles is durable', async () => {
  const ends = ['2026-01-05T09:00:01.5Z', '2026-01-05T09:00:03Z', '2026-01-05T09:00:04.5Z']
  expect(await term(['buy', 100], ['sell', 3_200])).toStrictEqual(ends.slice(0, 2))
  expect(await term(['buy', 1_400], ['sell', 4_600])).toStrictEqual(ends.slice(2))
})

test('a position that forgot what was settled on it goes on behind that', async () => {
  const store = await own()
  const quantity = (10n ** 18n) as SignedQuantity
  const forgetful = { account: main, symbol, quantity, fundedUntil: after(0) }
  const nothing = { placed: [], changed: [], trades: [], fundings: [], notAfter: undefined }
  const batch: PaperBatch = { ...nothing, positions: [forgetful] }
  expect(right(await store.commit(batch))).toBe(true)
  expect(right(await store.state()).positions).toStrictEqual([
    { ...forgetful, fundedUntil: after(4_500) },
  ])
  await store.close()
  expect(await term(['sell', 6_100])).toStrictEqual(['2026-01-05T09:00:06Z'])
})
