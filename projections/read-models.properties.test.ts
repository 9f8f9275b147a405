import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { applyFill, flat, type Position } from '#domain/books/position'
import { allReadModels } from '#projections/all'
import { foldAll } from '#projections/fold'
import { ledgers } from '#projections/ledgers'
import { orderOf, orders, orderView } from '#projections/orders'
import { positions } from '#projections/positions'
import { anyStory } from '#projections/testing/any-story'
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
      const at = (name: string, entry: readonly (string | null)[]) =>
        entry[names.indexOf(name)] ?? ''
      let last = ''
      for (const entry of entries) {
        if (at('logPosition', entry) !== last) expectBalanced(open)
        last = at('logPosition', entry)
        const currency = at('currency', entry)
        open.set(currency, (open.get(currency) ?? 0n) + units(at('amount', entry)))
      }
      expectBalanced(open)
      const shown = [...changed.values()].flatMap((row) =>
        Object.values(row.balances).flatMap((money) => Object.values(money)),
      )
      const posted = entries.map((entry) => units(at('amount', entry)))
      expect(sum(shown)).toBe(sum(posted))
    },
  )
  prop('a position never outlives its last fill, nor shares an id', anyStory, (story) => {
    const events = recorded(story)
    const rows = [...foldAll(positions(hash), events).changed.values()]
    for (const row of rows) {
      expect((row.quantity === 0n) === (row.closedAt !== undefined)).toBe(true)
      expect(fillsAt(events, row.openedPosition)).toBe(true)
      expect(fillsAt(events, row.logPosition)).toBe(true)
    }
  })
})

const sum = (values: readonly bigint[]): bigint =>
  values.reduce((total, value) => total + value, 0n)

const expectBalanced = (open: ReadonlyMap<string, bigint>): void => {
  for (const [currency, left] of open) expect(left, currency).toBe(0n)
}
const units = (decimal: string): bigint => {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(36, '0'))
}
const fillsAt = (events: readonly RecordedEvent[], position: bigint): boolean =>
  events.some((event) => event.position === position && 'tradeId' in event.event)
