import { expect } from 'vitest'
import { nothingYet } from '#domain/matching/engine'
import { paperInstrument } from '#domain/matching/instruments'
import type { Change, PaperOrder } from '#domain/matching/order'
import {
  type Asked,
  after,
  bitcoin,
  clientOrderId,
  matching,
  quote,
  request,
  trade,
} from '#domain/testing/paper'
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { AccountId } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

/** What happens at the venue, one after the other, a second apart. */
type Happening =
  | { readonly is: 'place'; readonly asked: Asked }
  | { readonly is: 'cancel'; readonly n: number }
  | { readonly is: 'trade'; readonly tick: TradeTick }
  | { readonly is: 'quote'; readonly tick: QuoteTick }

const main = 'main' as AccountId
const { lotSize, tickSize } = paperInstrument(bitcoin).rules
const cents = (n: number): string => (n / 100).toFixed(2)
/** Few enough prices that orders often share one. */
const anyCents = fc.integer({ min: 990, max: 1_010 }).map((tens) => tens * 10)
const anySize = fc.integer({ min: 6_000, max: 500_000 }).map((lots) => (lots / 100_000).toFixed(5))
const anySide = fc.constantFrom('buy' as const, 'sell' as const)

const anyPlacing = fc.record({
  side: anySide,
  quantity: anySize,
  limit: fc.option(anyCents.map(cents), { nil: undefined }),
  timeInForce: fc.constantFrom('gtc' as const, 'ioc' as const),
})
const anyHappening = fc.oneof(
  {
    weight: 3,
    arbitrary: anyPlacing.map(({ limit, ...asked }) => ({
      is: 'place' as const,
      asked: limit === undefined ? asked : { ...asked, limit },
    })),
  },
  { weight: 1, arbitrary: fc.nat(30).map((n) => ({ is: 'cancel' as const, n })) },
  {
    weight: 4,
    arbitrary: fc
      .record({ at: anyCents, size: fc.integer({ min: 1, max: 900_000 }), aggressor: anySide })
      .map(({ at, size, aggressor }) => ({
        is: 'trade' as const,
        // Not always whole lots.
        tick: trade(cents(at), (size / 3_000_000).toFixed(18), { aggressor }),
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ bid: anyCents, spread: fc.integer({ min: 0, max: 30 }), size: anySize })
      .map(({ bid, spread, size }) => ({
        is: 'quote' as const,
        tick: quote(cents(bid), cents(bid + spread), { size }),
      })),
  },
)
const anyDay = fc.array(anyHappening, { maxLength: 80 })

interface Step {
  readonly happening: Happening
  readonly changes: readonly Change[]
  /** The open orders before it. */
  readonly openBefore: readonly PaperOrder[]
  readonly quoteBefore: QuoteTick | undefined
}

/** A day at the venue; its orders are numbered as they come. */
const dayAt = (
  venue: ReturnType<typeof matching>,
  day: readonly Happening[],
  from = 0,
  openAtFirst: readonly PaperOrder[] = [],
): readonly Step[] => {
  let open = new Map(openAtFirst.map((order) => [order.clientOrderId, order]))
  let lastQuote: QuoteTick | undefined
  return day.map((happening, index) => {
    const n = from + index
    const at = after(n * 1_000)
    const changes = changesOf(venue, happening, n, at)
    const step = { happening, changes, openBefore: [...open.values()], quoteBefore: lastQuote }
    open = new Map(open)
    for (const { order } of changes) {
      if (order.status === 'open') open.set(order.clientOrderId, order)
      else open.delete(order.clientOrderId)
    }
    if (happening.is === 'quote') lastQuote = happening.tick
    return step
  })
}
const changesOf = (
  venue: ReturnType<typeof matching>,
  happening: Happening,
  n: number,
  at: ReturnType<typeof after>,
): readonly Change[] => {
  switch (happening.is) {
    case 'place':
      return [venue.place(request({ n, ...happening.asked }), at)]
    case 'cancel': {
      const change = venue.cancel(main, clientOrderId(happening.n), at)
      return change === undefined ? [] : [change]
    }
    case 'trade':
      return venue.hear({ ...happening.tick, sequence: n, receivedAt: at }, at)
    case 'quote':
      return venue.hear({ ...happening.tick, receivedAt: at }, at)
  }
}
const tradesOf = (steps: readonly Step[]) =>
  steps.flatMap(({ changes }) => changes.flatMap(({ trades }) => trades))

prop(
  'an order is filled by exactly its trades, and never by more than was ordered',
  anyDay,
  (day) => {
    const steps = dayAt(matching(), day)
    const orders = new Map(
      steps.flatMap(({ changes }) => changes.map(({ order }) => [order.id, order] as const)),
    )
    const sums = new Map<bigint, bigint>()
    for (const { orderId, quantity } of tradesOf(steps))
      sums.set(orderId, (sums.get(orderId) ?? 0n) + quantity)
    for (const order of orders.values()) {
      expect(sums.get(order.id) ?? 0n).toBe(order.filledTotal)
      expect(order.filledTotal).toBeLessThanOrEqual(order.quantity)
      expect(order.status === 'filled').toBe(order.filledTotal === order.quantity)
      if (order.status === 'expired') expect(order.timeInForce).toBe('ioc')
      if (order.status === 'refused')
        expect([order.filledTotal, order.reason !== undefined]).toStrictEqual([0n, true])
      if (order.status === 'open') expect(order.timeInForce).toBe('gtc')
    }
  },
)

prop(
  'no price is worse than the limit, nor better for a taker than the touch, nor off the grid',
  anyDay,
  (day) => {
    for (const { changes, quoteBefore } of dayAt(matching(), day)) {
      for (const { order, trades } of changes) {
        for (const made of trades) {
          expect(made.price % tickSize).toBe(0n)
          expect(made.quantity % lotSize).toBe(0n)
          expect(made.quantity).toBeGreaterThan(0n)
          const isBuy = made.side === 'buy'
          if (order.limitPrice !== undefined) {
            if (isBuy) expect(made.price).toBeLessThanOrEqual(order.limitPrice)
            else expect(made.price).toBeGreaterThanOrEqual(order.limitPrice)
          }
          if (made.liquidity === 'maker') expect(made.price).toBe(order.limitPrice)
          else if (isBuy)
            expect(made.price).toBeGreaterThanOrEqual(quoteBefore?.ask ?? made.price + 1n)
          else expect(made.price).toBeLessThanOrEqual(quoteBefore?.bid ?? -1n)
        }
      }
    }
  },
)

/** Who should be filled by a print, worked out the slow way: sort all, pour the print over them. */
const poured = (
  open: readonly PaperOrder[],
  tick: TradeTick,
): readonly (readonly [bigint, bigint])[] => {
  const through = open.filter(({ side, limitPrice = 0n }) =>
    side === 'buy' ? tick.price < limitPrice : tick.price > limitPrice,
  )
  const rank = (order: PaperOrder): bigint =>
    order.side === 'buy' ? 0n - (order.limitPrice ?? 0n) : (order.limitPrice ?? 0n)
  const sorted = through.toSorted((a, b) => {
    if (a.side !== b.side) return a.side === tick.aggressor ? 1 : -1
    if (rank(a) !== rank(b)) return rank(a) < rank(b) ? -1 : 1
    return a.id < b.id ? -1 : 1
  })
  let left: bigint = tick.quantity / lotSize
  return sorted.flatMap((order) => {
    const wanted = (order.quantity - order.filledTotal) / lotSize
    const given = wanted < left ? wanted : left
    left -= given
    return given === 0n ? [] : [[order.id, given * lotSize] as const]
  })
}

prop(
  'a print fills who is through, in price-time order, by no more than was traded',
  anyDay,
  (day) => {
    for (const { happening, changes, openBefore } of dayAt(matching(), day)) {
      const trades = changes.flatMap((change) => change.trades)
      if (happening.is !== 'trade') {
        expect(trades.every(({ liquidity }) => liquidity === 'taker')).toBe(true)
        continue
      }
      expect(trades.map(({ orderId, quantity }) => [orderId, quantity])).toStrictEqual(
        poured(openBefore, happening.tick),
      )
      const total = trades.reduce((sum, { quantity }) => sum + quantity, 0n)
      expect(total).toBeLessThanOrEqual(happening.tick.quantity)
    }
  },
)

prop('fees are exact: two or six parts in ten thousand of price × quantity', anyDay, (day) => {
  for (const { fee, price, quantity, liquidity } of tradesOf(dayAt(matching(), day))) {
    expect(fee.currency).toBe('USDT')
    expect(fee.amount * 10_000n).toBe(price * quantity * (liquidity === 'maker' ? 2n : 6n))
  }
})

prop('ids count up without a gap', anyDay, (day) => {
  const steps = dayAt(matching(), day)
  const counted = (ids: readonly bigint[]) =>
    expect(ids).toStrictEqual(ids.map((_, index) => BigInt(index + 1)))
  counted(tradesOf(steps).map(({ id }) => id))
  counted(
    steps.flatMap(({ happening, changes }) =>
      happening.is === 'place' ? changes.map(({ order }) => order.id) : [],
    ),
  )
})

prop('the same day is the same again', anyDay, (day) => {
  expect(dayAt(matching(), day)).toStrictEqual(dayAt(matching(), day))
})

prop(
  'a venue that is started again from what was durable fills and cancels what it would have',
  fc.tuple(anyDay, anyDay),
  ([morning, evening]) => {
    // Without quotes nothing crosses; what rests needs nothing but what was durable.
    const afternoon = evening.filter(({ is }) => is === 'trade' || is === 'cancel')
    const venue = matching()
    const before = dayAt(venue, morning)
    const orders = new Map(
      before.flatMap(({ changes }) => changes.map(({ order }) => [order.id, order] as const)),
    )
    const open = [...orders.values()].filter(({ status }) => status === 'open')
    const trades = tradesOf(before)
    const again = matching({
      ...nothingYet,
      open,
      lastOrderId: BigInt(orders.size),
      lastTradeId: BigInt(trades.length),
      prints: new Map(
        trades.flatMap(({ symbol, print }) =>
          print === undefined ? [] : [[symbol, print] as const],
        ),
      ),
    })
    const changes = (steps: readonly Step[]) => steps.map((step) => step.changes)
    expect(changes(dayAt(again, afternoon, morning.length, open))).toStrictEqual(
      changes(dayAt(venue, afternoon, morning.length, open)),
    )
  },
)
