/** What an operator can see of the ledger itself: how each book may trade, what is open, how old the prices are. */
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '#domain/kernel/clock'
import type { Marks } from '#domain/market/marks'
import { msBetween } from '#domain/values/instant'
import type { Directory } from './directory.ts'
import { severest } from './risk.ts'
import type { RiskView } from './risk-view.ts'

const states = ['active', 'reduce', 'halt'] as const

export interface MeasuredLedger {
  readonly directory: Pick<Directory, 'book' | 'books'>
  readonly risk: RiskView
  readonly marks: Marks
}

export const measureLedger = (
  { directory, risk, marks }: MeasuredLedger,
  clock: Pick<Clock, 'now'>,
  registry: Registry,
): void => {
  const registers = [registry]
  new Gauge({
    name: 'daybook_trading_state',
    help: '1 for the state that a book is in by its kill switches (active, reduce or halt), 0 for the others.',
    labelNames: ['book', 'state'],
    registers,
    collect() {
      this.reset()
      for (const id of directory.books()) {
        const book = directory.book(id)
        for (const state of states) {
          const isSo = book !== undefined && severest(book) === state
          this.set({ book: id, state }, isSo ? 1 : 0)
        }
      }
    },
  })
  new Gauge({
    name: 'daybook_open_orders',
    help: 'Orders of a book that were approved and have not ended, those in flight and unknown included.',
    labelNames: ['book'],
    registers,
    collect() {
      this.reset()
      for (const book of directory.books()) {
        const standing = risk.of(book)
        if (standing !== undefined) this.set({ book }, standing.exposure.openOrders())
      }
    },
  })
  new Gauge({
    name: 'daybook_tick_age_seconds',
    help: 'How long ago the newest tick of a symbol was received.',
    labelNames: ['symbol'],
    registers,
    collect() {
      this.reset()
      for (const symbol of marks.symbols()) {
        const mark = marks.markOf(symbol)
        if (mark === undefined) continue
        this.set({ symbol }, Math.max(0, msBetween(mark.at, clock.now()) / 1000))
      }
    },
  })
}
