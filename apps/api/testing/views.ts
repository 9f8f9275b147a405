/** The read models in memory: folded anew from the log at every question, by the folds of the real ones. */
import * as E from 'fp-ts/lib/Either.js'
import { sha256 } from '#adapters/system/hash'
import type { Viewed, Views } from '#apps/api/views'
import type { EventLog } from '#domain/kernel/event-log'
import { accounts } from '#projections/accounts'
import type { Balance } from '#projections/balances'
import { decisions } from '#projections/decisions'
import { fills } from '#projections/fills'
import { foldAll } from '#projections/fold'
import type { LedgerBefore, Moment } from '#projections/ledger-history'
import { type LedgerRow, ledgers } from '#projections/ledgers'
import { type MarkBefore, marks } from '#projections/marks'
import { orders } from '#projections/orders'
import { positions } from '#projections/positions'
import { type Page, type PageOf, pageOf, type TimeRange } from '#projections/query'
import type { Spell } from '#projections/quarter-hours'
import type { ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { Instant } from '#schemas/values/instant'

export const memoryViews = (log: Pick<EventLog, 'readAll' | 'head'>): Views => {
  const events = async (): Promise<readonly RecordedEvent[]> => {
    const page = await log.readAll(0n, {}, 1_000_000)
    if (E.isLeft(page)) throw new Error(page.left.detail)
    return page.right.events
  }
  const rows = async <Row extends object>(model: ReadModel<Row>): Promise<readonly Row[]> => [
    ...foldAll(model, await events()).changed.values(),
  ]
  const list = async <Row extends { readonly id: string }>(
    model: ReadModel<Row>,
    query: Page & TimeRange,
    order: (row: Row) => bigint,
    timeOf: (row: Row) => Instant | undefined,
    keep: (row: Row) => boolean = () => true,
  ): Viewed<PageOf<Row>> => {
    const found = (await rows(model))
      .filter((row) => keep(row) && matches(row, query) && isWithin(timeOf(row), query))
      .toSorted((a, b) => (order(a) < order(b) ? 1 : -1))
    return E.right(stretch(found, query))
  }
  const ledgersOf = async (account: string): Promise<readonly LedgerRow[]> =>
    (await rows(ledgers)).filter((row) => row.account === account)
  return {
    orders: (query) =>
      list(
        orders,
        query,
        (row) => row.logPosition,
        (row) => row.createdAt,
      ),
    order: async (id) => E.right((await rows(orders)).find((row) => row.id === id)),
    fills: (query) =>
      list(
        fills,
        query,
        (row) => row.logPosition,
        (row) => row.at,
      ),
    positions: ({ state = 'open', ...query }) =>
      list(
        positions(sha256),
        query,
        (row) => row.openedPosition,
        (row) => (state === 'open' ? row.openedAt : row.closedAt),
        (row) => (row.closedAt === undefined) === (state === 'open'),
      ),
    decisions: (query) =>
      list(
        decisions,
        query,
        (row) => row.logPosition,
        (row) => row.at,
      ),
    decisionOn: async (id) => E.right((await rows(decisions)).find((row) => row.orderId === id)),
    has: async (name, id) => {
      const ids = {
        orders: async () => (await rows(orders)).map((row): string => row.id),
        fills: async () => (await rows(fills)).map((row): string => row.id),
        positions: async () => (await rows(positions(sha256))).map((row): string => row.id),
        decisions: async () => (await rows(decisions)).map((row): string => row.id),
      }
      return E.right((await ids[name]()).includes(id))
    },
    accounts: async () => E.right(await rows(accounts)),
    cash: async () =>
      E.right(cashOf((await rows(ledgers)).filter(({ until }) => until === undefined))),
    ledgerSpans: async (account) => {
      const all = await ledgersOf(account)
      const same = (a: LedgerRow, b: LedgerRow): boolean =>
        a.strategy === b.strategy && a.venue === b.venue && a.symbol === b.symbol
      return E.right(
        all
          .filter(({ until }) => until === undefined)
          .map((row) => ({
            strategy: row.strategy,
            first: all.find((each) => same(each, row))?.since ?? row.since,
            last: row.since,
          })),
      )
    },
    ledgersBefore: async (account, moments) => {
      const all = await ledgersOf(account)
      return E.right(
        moments.flatMap((at, moment) =>
          all.filter((row) => stoodAt(row, at)).map((ledger): LedgerBefore => ({ moment, ledger })),
        ),
      )
    },
    marksBefore: async (symbols, moments) => {
      const all = (await rows(marks)).filter(({ symbol }) => symbols.includes(symbol))
      return E.right(
        moments.flatMap((at, moment) =>
          all.filter((row) => stoodAt(row, at)).map((mark): MarkBefore => ({ moment, mark })),
        ),
      )
    },
    reach: async () => log.head() as Viewed<bigint>,
  }
}

const stoodAt = ({ since, until }: Spell, moment: Moment): boolean =>
  moment === 'now'
    ? until === undefined
    : since < moment && (until === undefined || until >= moment)

const paging = ['limit', 'startingAfter', 'endingBefore', 'after', 'from', 'to']
const isWithin = (at: Instant | undefined, { from, to }: TimeRange): boolean =>
  (from === undefined || (at !== undefined && at >= from)) &&
  (to === undefined || (at !== undefined && at < to))
const matches = (row: object, query: object): boolean =>
  Object.entries(query).every(
    ([name, value]) =>
      paging.includes(name) || (row as Readonly<Record<string, unknown>>)[name] === value,
  )

const stretch = <Row extends { readonly id: string }>(
  newestFirst: readonly Row[],
  page: Page,
): PageOf<Row> => {
  const place = (id: string): number => newestFirst.findIndex((row) => row.id === id)
  if (page.startingAfter !== undefined) {
    const at = place(page.startingAfter)
    return pageOf(at < 0 ? [] : newestFirst.slice(at + 1), page)
  }
  if (page.endingBefore !== undefined) {
    return pageOf(newestFirst.slice(0, Math.max(0, place(page.endingBefore))).toReversed(), page)
  }
  return pageOf(newestFirst, page)
}

const cashOf = (
  rows: readonly {
    readonly account: string
    readonly balances: Readonly<Record<string, Readonly<Record<string, bigint>>>>
  }[],
): readonly Balance[] => {
  const sums = new Map<string, bigint>()
  for (const { account, balances } of rows) {
    for (const [currency, amount] of Object.entries(balances['cash'] ?? {})) {
      const key = `${account} ${currency}`
      sums.set(key, (sums.get(key) ?? 0n) + amount)
    }
  }
  return [...sums].map(([key, amount]) => {
    const [account, currency] = key.split(' ')
    return { account, code: 'cash', currency, amount } as Balance
  })
}
