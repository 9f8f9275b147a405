/** The venue does what a naive one does, whatever happens; and goes on so after it was started again. */
import { expect } from 'vitest'
import { nothingYet } from '#domain/matching/engine'
import type { Outcome, PaperOrder } from '#domain/matching/order'
import { anyDay, type Happening, timed } from '#domain/testing/any-venue-day'
import { NaiveVenue } from '#domain/testing/naive-venue'
import {
  after,
  bitcoin,
  clientOrderId,
  matching,
  price,
  quantity,
  quote,
  request,
  trade,
  welcome,
} from '#domain/testing/paper'
import { linear } from '#domain/testing/pit'
import { signed } from '#domain/values/decimal'
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

type Real = ReturnType<typeof matching>['venue']

/** Both venues, told the same. */
const openBoth = () => {
  const naive = new NaiveVenue()
  const orders: PaperOrder[] = []
  const numberOf = new Map<bigint, number>()
  const happens = (real: Real, happening: Happening, at: Instant): Outcome => {
    naive.pass(at)
    switch (happening.is) {
      case 'place': {
        const n = orders.length
        const expireAt = (at + happening.endsIn * 1_000_000) as Instant
        const isGtd = happening.asked.timeInForce === 'gtd'
        const asked = request({ n, ...happening.asked, ...(isGtd ? { expireAt } : {}) })
        naive.place(asked, at)
        const outcome = real.place(asked, at)
        const own = outcome.changes.find(({ order }) => order.clientOrderId === clientOrderId(n))
        if (own === undefined) throw new Error('nothing became of it')
        numberOf.set(own.order.id, n)
        orders.push(own.order)
        return outcome
      }
      case 'cancel': {
        const order = naive.orders[happening.n]
        if (order === undefined) return real.pass(at)
        naive.cancel(order)
        return real.cancel(order.asked.account, clientOrderId(happening.n), at)
      }
      case 'amend': {
        const order = naive.orders[happening.n]
        if (order === undefined) return real.pass(at)
        const { limit, stop, fits } = happening
        const limitPrice =
          fits && order.limit !== undefined ? (limit ?? '100') : fits ? undefined : limit
        const stopPrice =
          fits && order.stop !== undefined ? (stop ?? '100') : fits ? undefined : stop
        const to = {
          quantity: quantity(happening.quantity),
          ...(limitPrice === undefined ? {} : { limitPrice: price(limitPrice) }),
          ...(stopPrice === undefined ? {} : { stopPrice: price(stopPrice) }),
          sendBy: at,
        }
        naive.amend(order, to, at)
        return real.amend(order.asked.account, clientOrderId(happening.n), to, at).outcome
      }
      case 'trade': {
        const { symbol, aggressor, size } = happening
        const tick = trade(happening.at, size, { symbol, aggressor, at, sequence: at })
        naive.trade(tick, at)
        return real.hear(tick, at)
      }
      case 'quote': {
        const { symbol, bid, spread } = happening
        const tick = quote(String(bid / 2), String((bid + spread) / 2), {
          symbol,
          at,
          size: '1000',
        })
        naive.quote(tick, at)
        return real.hear(tick, at)
      }
      case 'pass':
        return real.pass(at)
    }
  }
  return {
    naive,
    orders,
    numberOf,
    happens: (real: Real, happening: Happening, at: Instant): Outcome => {
      const outcome = happens(real, happening, at)
      for (const { order } of outcome.changes) {
        const n = numberOf.get(order.id)
        if (n !== undefined) orders[n] = order
      }
      return outcome
    },
  }
}

const opened = (state = nothingYet): Real => {
  const { venue } = matching(state)
  venue.hear(welcome(bitcoin, linear), after(0))
  return venue
}

prop('it does what a naive venue does', anyDay, (day) => {
  const real = opened()
  const both = openBoth()
  const { naive, orders, numberOf } = both
  const positions = new Map<string, bigint>()
  const ended = new Set<bigint>()
  for (const [happening, at] of timed(day)) {
    naive.trades = []
    const outcome = both.happens(real, happening, at)
    for (const { order } of outcome.changes) {
      expect(ended.has(order.id)).toBe(false)
      if (order.status !== 'open') ended.add(order.id)
    }
    for (const { account, symbol, quantity: held } of outcome.positions)
      positions.set(`${account} ${symbol}`, held)
    const trades = outcome.changes.flatMap((change) => change.trades)
    expect(
      trades.map((made) => [
        numberOf.get(made.orderId),
        made.quantity,
        made.price,
        made.liquidity === 'maker',
      ]),
    ).toStrictEqual(naive.trades)
    expect(
      orders.map((order) => [order.status, order.filledTotal, order.triggered ?? false]),
    ).toStrictEqual(naive.orders.map((order) => [order.status, order.filled, order.triggered]))
    expect(positions).toStrictEqual(naive.positions)
  }
})

prop('what only reduces never enlarges or turns a position', anyDay, (day) => {
  const real = opened()
  const { happens } = openBoth()
  const positions = new Map<string, bigint>()
  for (const [happening, at] of timed(day)) {
    const { changes } = happens(real, happening, at)
    for (const { order, trades } of changes) {
      for (const made of trades) {
        const key = `${made.account} ${made.symbol}`
        const before = positions.get(key) ?? 0n
        const now = before + signed(made.side, made.quantity)
        positions.set(key, now)
        if (!order.reduceOnly) continue
        expect(before > 0n ? now >= 0n && now < before : now <= 0n && now > before).toBe(true)
      }
    }
  }
})

prop(
  'started again from what was durable, it goes on as it would have',
  fc.tuple(anyDay, anyDay),
  ([morning, evening]) => {
    const real = opened()
    const both = openBoth()
    for (const [happening, at] of timed(morning)) both.happens(real, happening, at)
    const open = both.orders.filter(({ status }) => status === 'open')
    const state = {
      ...nothingYet,
      open,
      positions: [...both.naive.positions].map(([key, held]) => {
        const [account = '', symbol = ''] = key.split(' ')
        return { account, symbol, quantity: held, fundedUntil: after(0) } as never
      }),
      lastOrderId: BigInt(both.orders.length),
    }
    const again = opened(state)
    // A quote and a trade that nobody cares about, so that both know where the market is.
    const noon = plusMs(timed(morning).at(-1)?.[1] ?? after(0), 1_000)
    const settled = (venue: Real) => {
      for (const symbol of [bitcoin, linear]) {
        venue.hear(quote('1', '1000', { symbol, at: noon, size: '1000' }), noon)
      }
    }
    for (const venue of [real, again]) settled(venue)
    const afternoon = evening.filter(({ is }) => is !== 'place' && is !== 'amend')
    const seen = (venue: Real) =>
      timed(afternoon, noon).map(([happening, at]) => {
        const { changes } = openBothQuietly(venue, happening, at, both)
        return changes.map(({ order, trades }) => [
          order,
          trades.map((made) => [made.orderId, made.quantity, made.price]),
        ])
      })
    expect(seen(again)).toStrictEqual(seen(real))
  },
)

/** One venue alone hears it. */
const openBothQuietly = (
  venue: Real,
  happening: Happening,
  at: Instant,
  { naive }: ReturnType<typeof openBoth>,
): Outcome => {
  switch (happening.is) {
    case 'trade':
      return venue.hear(trade(happening.at, happening.size, { ...happening, at, sequence: at }), at)
    case 'quote': {
      const { symbol, bid, spread } = happening
      const ask = String((bid + spread) / 2)
      return venue.hear(quote(String(bid / 2), ask, { symbol, at, size: '1000' }), at)
    }
    case 'cancel': {
      const order = naive.orders[happening.n]
      return order === undefined
        ? venue.pass(at)
        : venue.cancel(order.asked.account, clientOrderId(happening.n), at)
    }
    case 'place':
    case 'amend':
    case 'pass':
      return venue.pass(at)
  }
}
