/** A long and sensible log for tests and benches: orders that are asked for, decided, sent, filled, cancelled. */
import { deposited, funded, marked, opened, withdrawn } from '#projections/testing/money-stories'
import {
  type Asked,
  fillOf,
  fixed,
  orderId,
  recorded,
  said,
  started,
  type Told,
} from '#projections/testing/stories'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import { orderStream } from '#schemas/streams'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'

const unit = 10n ** 18n

/** Chance for tests: the same on every run (mulberry32). */
const chance = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One order's life in five events or so; one in ten is denied, one in ten cancelled. */
const life = (n: number, draw: () => number): readonly Told[] => {
  const quantity = (BigInt(1 + Math.floor(draw() * 900)) * unit) / 1000n
  const asked: Asked = { n, side: draw() < 0.5 ? 'buy' : 'sell', quantity: quantity as Quantity }
  const price = ((60_000n + BigInt(Math.floor(draw() * 10_000))) * unit) as Price
  const filled = (part: bigint, trade: number): Told => ({
    stream: orderStream(orderId(n)),
    event: fillOf(asked, { quantity: part as Quantity, price, trade: n * 4 + trade }),
  })
  const kind = draw()
  if (kind < 0.1) return [said('intent', asked), said('denied', asked)]
  const sent = (['intent', 'approved', 'submitted', 'accepted'] as const).map((s) => said(s, asked))
  if (kind < 0.2) return [...sent, said('cancelAsked', asked), said('cancelled', asked)]
  if (kind < 0.5) return [...sent, filled(quantity / 3n, 1), filled(quantity - quantity / 3n, 2)]
  return [...sent, filled(quantity, 1)]
}

/** Lives that overlap: each event of one stands among those of its neighbours. */
export const dayOf = (orders: number, seed = 1): readonly Told[] => {
  const draw = chance(seed)
  const story: Told[] = [opened(0), opened(1), deposited(0, '1000000'), deposited(1, '250000.5')]
  let waiting: (readonly Told[])[] = []
  for (let n = 0; n < orders || waiting.length > 0; n += 1) {
    if (n < orders) waiting.push(life(n, draw))
    const enough = n < orders ? 20 : 0
    while (waiting.length > enough) {
      const at = Math.floor(draw() * waiting.length)
      const [first, ...rest] = waiting[at] ?? []
      if (first !== undefined) story.push(first)
      waiting = rest.length === 0 ? waiting.toSpliced(at, 1) : waiting.with(at, rest)
    }
  }
  return paced(story)
}

/** A few seconds from one event to the next, so that hours go by; and now and then something that is no order. */
const paced = (story: readonly Told[]): readonly Told[] =>
  story
    .flatMap((told, n) => [told, ...(n % 50 === 49 ? aside(n) : [])])
    .map((told, n) => ({ ...told, at: plusMs(started, n * 3_001) }))
const aside = (n: number): readonly Told[] => [
  marked(n, ((60_000n + BigInt(n % 900)) * unit) as Price, plusMs(started, n * 3_000)),
  funded(n, fixed('1.5', 36) as Amount, [
    [n, fixed('1', 36) as Amount],
    [n + 1, fixed('0.25', 36) as Amount],
  ]),
  withdrawn(n % 2, '0.000000000000000001'),
]

export const recordedDay = (orders: number, seed = 1): readonly RecordedEvent[] =>
  recorded(dayOf(orders, seed))
