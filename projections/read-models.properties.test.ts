import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fundingShares } from '#domain/books/funding'
import { applyFill, flat, type Position } from '#domain/books/position'
import { allReadModels } from '#projections/all'
import { foldAll } from '#projections/fold'
import { ledgers } from '#projections/ledgers'
import { marks } from '#projections/marks'
import { orderOf, orders, orderView } from '#projections/orders'
import { positions } from '#projections/positions'
import { quarterHour } from '#domain/books/quarter-hours'
import { anyFundedStory, anyStory } from '#projections/testing/any-story'
import { orderId, recorded } from '#projections/testing/stories'
import { applyBatch, emptyTable, rowsIn } from '#projections/testing/table'
import type { RecordedEvent } from '#schemas/envelope'
import { fc, prop } from '#testing/prop'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('every read model', () => {
  for (const model of allReadModels(hash)) {
    prop(
      `${model.name}: one event at a time, in batches, all at once: the same rows`,
      fc.record({ story: anyStory, cuts: fc.infiniteStream(fc.integer({ min: 1, max: 9 })) }),
      ({ story, cuts }) => {
        const events = recorded(story)
        const [ones, batches] = [emptyTable(), emptyTable()]
        for (const event of events) applyBatch(model, ones, [event])
        let at = 0
        for (const length of cuts) {
          if (at >= events.length) break
          applyBatch(model, batches, events.slice(at, at + length))
          at += length
        }
        const once = foldAll(model, events)
        expect(rowsIn(model, ones)).toStrictEqual(once.changed)
        expect(batches).toStrictEqual(ones)
        expect(batches.entries).toStrictEqual(once.entries)
        const named = model.journal?.columns.map(({ name }) => name) ?? []
        const keys = once.entries.map((entry) =>
          model.journal?.key.map((name) => entry[named.indexOf(name)]).join(),
        )
        expect(new Set(keys).size).toBe(keys.length)
      },
    )
    test(`${model.name}: names its columns`, () => {
      const names = Object.keys(model.columns)
      const named = [...model.key, ...(model.foundBy ?? []), ...model.indexes.flat()]
      expect(names).toStrictEqual(expect.arrayContaining(named))
      for (const name of model.foundBy ?? model.key) expect(model.columns[name]?.sql).toBe('text')
    })
  }
})

describe('an order', () => {
  prop('is the same whichever of its two streams is read first', anyStory, (story) => {
    const events = recorded(story)
    for (let n = 0; n < 12; n += 1) {
      const mine = events.filter(({ event }) => 'orderId' in event && event.orderId === orderId(n))
      const intent = mine.findIndex(({ event }) => event.type === 'OrderIntentRecorded')
      if (intent === -1) continue
      const told = mine.slice(intent)
      const decisions = told.filter(({ stream }) => stream.startsWith('risk-'))
      const own = told.filter(({ stream }) => !stream.startsWith('risk-'))
      // Of several denials the first to be read gives the reason; the guard writes one.
      if (decisions.length > 1) continue
      expect(orderOf([...own, ...decisions])).toStrictEqual(orderOf(told))
    }
  })
  prop('shows the fills that it has, and no fee that it did not pay', anyStory, (story) => {
    const events = recorded(story)
    for (const row of foldAll(orders, events).changed.values()) {
      const view = orderView(row)
      expect(view.averagePrice === null).toBe(row.filledQuantity === 0n)
      expect(Object.values(view.fees)).not.toContain('0')
    }
  })
})

describe('the books', () => {
  prop('I13: open positions are what the fills add up to, by holding', anyStory, (story) => {
    const events = recorded(story)
    const held = new Map<string, Position>()
    for (const { event } of events) {
      if (event.type !== 'OrderFilled' && event.type !== 'ForeignFillObserved') continue
      const key = [event.account, event.strategy, event.venue, event.symbol].join()
      held.set(key, applyFill(held.get(key) ?? flat, event, event.instrument))
    }
    const rows = [...foldAll(positions(hash), events).changed.values()]
    for (const [key, { quantity, costBasis, realisedPnl }] of held) {
      const mine = rows.filter(
        (row) => [row.account, row.strategy, row.venue, row.symbol].join() === key,
      )
      const open = mine.filter(({ closedAt }) => closedAt === undefined)
      expect(open.length).toBe(quantity === 0n ? 0 : 1)
      expect(sum(mine.map((row) => row.quantity))).toBe(quantity)
      expect(sum(mine.map((row) => row.costBasis))).toBe(costBasis)
      expect(sum(mine.map((row) => row.realisedPnl))).toBe(realisedPnl)
    }
  })
  prop(
    'I16: postings cancel after every event, and the ledgers are their sums',
    anyStory,
    (story) => {
      const { changed, entries } = foldAll(ledgers, recorded(story))
      const open = new Map<string, bigint>()
      const names = ledgers.journal?.columns.map(({ name }) => name) ?? []
      const cell = (name: string, entry: readonly (string | null)[]) =>
        entry[names.indexOf(name)] ?? ''
      let last = ''
      for (const entry of entries) {
        if (cell('logPosition', entry) !== last) expectBalanced(open)
        last = cell('logPosition', entry)
        const currency = cell('currency', entry)
        open.set(currency, (open.get(currency) ?? 0n) + units(cell('amount', entry)))
      }
      expectBalanced(open)
      const standing = [...changed.values()].filter(({ until }) => until === undefined)
      const shown = standing.flatMap((row) =>
        Object.values(row.balances).flatMap((money) => Object.values(money)),
      )
      const posted = entries.map((entry) => units(cell('amount', entry)))
      expect(sum(shown)).toBe(sum(posted))
    },
  )
  prop(
    'funding: what the venue booked is in the ledgers, and in the positions',
    anyStory,
    (story) => {
      const events = recorded(story)
      const ledgersNow = [...foldAll(ledgers, events).changed.values()].filter(
        ({ until }) => until === undefined,
      )
      const rows = [...foldAll(positions(hash), events).changed.values()]
      const traded = new Set<string>()
      const booked = new Map<string, bigint>()
      const found = new Map<string, bigint>()
      const add = (sums: Map<string, bigint>, key: string, amount: bigint) =>
        sums.set(key, (sums.get(key) ?? 0n) + amount)
      for (const { event } of events) {
        if ('tradeId' in event && event.type !== 'OrderAnomalyObserved') traded.add(placeOf(event))
        if (event.type !== 'FundingPaid') continue
        add(booked, `${event.account} ${event.currency}`, event.amount)
        for (const { strategy, amount } of fundingShares(event)) {
          const place = placeOf({ ...event, strategy })
          if (traded.has(place)) add(found, `${place} ${event.currency}`, amount)
        }
      }
      for (const [key, amount] of booked) {
        const [account, currency = ''] = key.split(' ')
        const mine = ledgersNow.filter((row) => row.account === account)
        expect(sum(mine.map(({ balances }) => 0n - (balances['funding']?.[currency] ?? 0n)))).toBe(
          amount,
        )
      }
      for (const [key, amount] of found) {
        const mine = rows.filter((row) => key.startsWith(`${placeOf(row)} `))
        const currency = key.split(' ').at(-1) ?? ''
        expect(sum(mine.map(({ funding }) => funding[currency] ?? 0n))).toBe(amount)
      }
    },
  )
  prop(
    'funding: told late it is of the position before, and otherwise of the last',
    anyFundedStory,
    (story) => {
      const events = recorded(story)
      for (const [n, { event }] of events.entries()) {
        if (event.type !== 'FundingPaid') continue
        const before = foldAll(positions(hash), events.slice(0, n)).changed
        const after = foldAll(positions(hash), events.slice(0, n + 1)).changed
        const expected = fundingShares(event).flatMap(({ strategy }) => {
          const place = placeOf({ ...event, strategy })
          const mine = [...before.values()].filter((row) => placeOf(row) === place)
          const last = mine.find(({ succeededBy }) => succeededBy === undefined)
          const former = mine.find(({ succeededBy }) => succeededBy === last?.id)
          if (last === undefined) return []
          return [event.venueAt <= last.openedVenueAt ? (former ?? last).id : last.id]
        })
        const touched = [...after.values()].filter(
          ({ id, logPosition }) => logPosition !== before.get(id)?.logPosition,
        )
        expect(touched.map(({ id }) => id).toSorted()).toStrictEqual(expected.toSorted())
      }
    },
  )
  prop(
    'of each place one position is the last, and each other names its successor',
    anyStory,
    (s) => {
      const rows = [...foldAll(positions(hash), recorded(s)).changed.values()]
      const byId = new Map(rows.map((row) => [row.id, row]))
      const places = new Set(rows.map(placeOf))
      expect(rows.filter(({ succeededBy }) => succeededBy === undefined).length).toBe(places.size)
      for (const row of rows) {
        if (row.succeededBy === undefined) continue
        expect(row.closedAt).toBeDefined()
        const next = byId.get(row.succeededBy)
        expect(next && placeOf(next)).toBe(placeOf(row))
        expect(next?.openedPosition).toBeGreaterThanOrEqual(row.openedPosition)
      }
    },
  )
  prop('the ledgers of a quarter hour are what was posted until it ended', anyStory, (story) => {
    const events = recorded(story)
    const { changed } = foldAll(ledgers, events)
    const rows = [...changed.values()].toSorted((a, b) => a.since - b.since)
    for (const place of new Set(rows.map(placeOf))) {
      const mine = rows.filter((row) => placeOf(row) === place)
      for (const [n, row] of mine.entries()) {
        expect(row.since % quarterHour).toBe(0)
        expect(row.until).toBe(mine[n + 1]?.since)
        // The fold of the same story, ended with the last event of that row.
        const upTo = events.filter(({ position }) => position <= row.logPosition)
        const then = [...foldAll(ledgers, upTo).changed.values()].find(
          (each) => placeOf(each) === place && each.until === undefined,
        )
        expect({ ...row, until: undefined }).toStrictEqual(then)
      }
    }
  })
  prop('a position never outlives its last event, nor shares an id', anyStory, (story) => {
    const events = recorded(story)
    const rows = [...foldAll(positions(hash), events).changed.values()]
    for (const row of rows) {
      expect((row.quantity === 0n) === (row.closedAt !== undefined)).toBe(true)
      expect(at(events, row.openedPosition)?.type).toMatch(/Fill/)
      expect(at(events, row.logPosition)?.type).toMatch(/Fill|FundingPaid/)
    }
  })
})

describe('the marks', () => {
  prop('of all prices that were told the one that was a price last stands', anyStory, (story) => {
    const events = recorded(story)
    const told = new Map<string, { readonly price: bigint; readonly at: number }>()
    const tell = (symbol: string, price: bigint, at: number): void => {
      if (at >= (told.get(symbol)?.at ?? at)) told.set(symbol, { price, at })
    }
    for (const { event } of events) {
      if (event.type === 'MarksTaken')
        for (const { symbol, price, at: taken } of event.marks) tell(symbol, price, taken)
      if (event.type === 'OrderApproved' && event.mark !== undefined)
        tell(event.mark.symbol, event.mark.price, event.mark.at)
      // Traded when the venue says so, and in no case later than it was heard of.
      if (event.type === 'OrderFilled' || event.type === 'ForeignFillObserved')
        tell(event.symbol, event.price, Math.min(event.venueAt, event.receivedAt))
    }
    const standing = [...foldAll(marks, events).changed.values()].filter(
      ({ until }) => until === undefined,
    )
    expect(
      new Map(standing.map(({ symbol, price, at: then }) => [symbol, { price, at: then }])),
    ).toStrictEqual(told)
  })
})

interface Place {
  readonly account: string
  readonly strategy: string
  readonly venue: string
  readonly symbol: string
}
const placeOf = ({ account, strategy, venue, symbol }: Place): string =>
  [account, strategy, venue, symbol].join()

const sum = (values: readonly bigint[]): bigint =>
  values.reduce((total, value) => total + value, 0n)

const expectBalanced = (open: ReadonlyMap<string, bigint>): void => {
  for (const [currency, left] of open) expect(left, currency).toBe(0n)
}
const units = (decimal: string): bigint => {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(36, '0'))
}
const at = (events: readonly RecordedEvent[], position: bigint) =>
  events.find((event) => event.position === position)?.event
