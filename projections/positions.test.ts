import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { plusMs } from '#domain/values/instant'
import { foldAll } from '#projections/fold'
import { positions } from '#projections/positions'
import { funded } from '#projections/testing/money-stories'
import { fillOf, fixed, orderId, recorded, started, type Told } from '#projections/testing/stories'
import { orderStream } from '#schemas/streams'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { Side } from '#schemas/values/trading'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const minute = (n: number) => plusMs(started, n * 60_000)
/** A contract of the second account, for one strategy. */
const filled = (side: Side, size: string, at: number): Told => {
  const asked = { n: 11, side, quantity: fixed(size) as Quantity }
  const price = fixed('64000') as Price
  const fill = fillOf(asked, { quantity: asked.quantity, price, trade: at })
  const times = { venueAt: minute(at), receivedAt: minute(at) }
  return { stream: orderStream(orderId(11)), event: { ...fill, ...times } }
}
const paid = (amount: string, at: number): Told => {
  const money = fixed(amount, 36) as Amount
  return funded(1, money, [[11, money]], { venueAt: minute(at), receivedAt: minute(60) })
}
/** What each of its positions has received, the first one first; and whether it is open. */
const received = (...story: readonly Told[]) =>
  [...foldAll(positions(hash), recorded(story)).changed.values()]
    .toSorted((a, b) => Number(a.openedVenueAt - b.openedVenueAt))
    .map(({ funding, closedAt }) => [
      (funding['BTC'] ?? 0n) / 10n ** 36n,
      closedAt === undefined ? 'open' : 'closed',
    ])

test('funding that is told after the next position was opened is of the one it was paid on', () => {
  const [buy, sell, again] = [
    filled('buy', '1', 1),
    filled('sell', '1', 10),
    filled('buy', '2', 20),
  ]
  expect(received(buy, sell, again, paid('7', 5))).toStrictEqual([
    [7n, 'closed'],
    [0n, 'open'],
  ])
  expect(received(buy, sell, again, paid('7', 5), paid('3', 6), paid('2', 30))).toStrictEqual([
    [10n, 'closed'],
    [2n, 'open'],
  ])
  const rest = filled('sell', '1', 40)
  expect(received(buy, sell, again, rest, paid('7', 5))).toStrictEqual([
    [7n, 'closed'],
    [0n, 'open'],
  ])
})
test('a venue that pays and trades at one instant has paid before', () => {
  expect(received(filled('buy', '1', 1), filled('sell', '3', 10), paid('7', 10))).toStrictEqual([
    [7n, 'closed'],
    [0n, 'open'],
  ])
  expect(received(filled('buy', '1', 1), paid('7', 1))).toStrictEqual([[7n, 'open']])
})
