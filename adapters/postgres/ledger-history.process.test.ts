/** The past of ledgers and marks, asked of a real server, against a fold of the same log up to each moment. */
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { quarterHourOf } from '#domain/books/quarter-hours'
import { allReadModels } from '#projections/all'
import { foldAll } from '#projections/fold'
import { ledgerSpans, ledgersBefore, type Moment } from '#projections/ledger-history'
import { type LedgerRow, ledgers } from '#projections/ledgers'
import { type MarkRow, marks, marksBefore } from '#projections/marks'
import { recordedDay } from '#projections/testing/day'
import { account } from '#projections/testing/stories'
import type { RecordedEvent } from '#schemas/envelope'
import { openReadModelStore } from './read-model-store.ts'
import { openReadModels, type ReadModels } from './read-models.ts'

const events = recordedDay(600)
const mine = account(0)
const quarters = [
  ...new Set(events.map(({ metadata }) => quarterHourOf(metadata.occurredAt))),
].toSorted((a, b) => a - b)
const moments: readonly Moment[] = ['now', ...quarters]

let server: TestPostgres
let readModels: ReadModels
beforeAll(async () => {
  server = await testPostgres()
  const url = server.url('projector')
  const store = openReadModelStore({ url, app: 'projector' }, allReadModels(sha256))
  await right(store.open())
  await right(store.apply({ events, upTo: BigInt(events.length), atHead: true }))
  await store.close()
  readModels = openReadModels(server.url('api'))
})
afterAll(async () => {
  await readModels.close()
  await server.stop()
})

/** Everything that was said to have happened before a moment. */
const until = (moment: Moment): readonly RecordedEvent[] =>
  events.filter(({ metadata }) => moment === 'now' || metadata.occurredAt < moment)
const standing = <Row extends { readonly until: unknown }>(rows: Iterable<Row>): readonly Row[] =>
  [...rows].filter((row) => row.until === undefined)

describe('the ledgers of an account', () => {
  test('are found as they stood at every quarter hour', async () => {
    expect(quarters.length).toBeGreaterThan(8)
    const found = await right(readModels.all(ledgersBefore(mine, moments)))
    for (const [n, moment] of moments.entries()) {
      const then = standing(foldAll(ledgers, until(moment)).changed.values())
      expect(
        sorted(found.flatMap((each) => (each.moment === n ? [said(each.ledger)] : []))),
      ).toStrictEqual(sorted(then.filter((row) => row.account === mine).map(said)))
    }
  })
  test('are known since their first posting, up to their last', async () => {
    const rows = [...foldAll(ledgers, events).changed.values()].filter(
      (row) => row.account === mine,
    )
    const spans = await right(readModels.all(ledgerSpans(mine)))
    expect(spans.length).toBe(standing(rows).length)
    expect(Math.min(...spans.map(({ first }) => first))).toBe(quarters[0])
    expect(Math.max(...spans.map(({ last }) => last))).toBe(
      Math.max(...rows.map(({ since }) => since)),
    )
    expect(await right(readModels.all(ledgerSpans('nobody' as typeof mine)))).toStrictEqual([])
  })
})

test('the marks of a symbol are found as they were last recorded', async () => {
  const rows = standing(foldAll(marks, events).changed.values())
  const symbols = rows.map(({ symbol }) => symbol)
  expect(symbols.length).toBeGreaterThan(2)
  const found = await right(readModels.all(marksBefore(symbols, quarters)))
  for (const [n, moment] of quarters.entries()) {
    // By when each was heard, and not by when its event was written.
    const then = [...foldAll(marks, events).changed.values()].filter(
      (row) => row.since < moment && (row.until === undefined || row.until >= moment),
    )
    expect(
      sorted(found.flatMap(({ moment: at, mark }) => (at === n ? [priced(mark)] : []))),
    ).toStrictEqual(sorted(then.map(priced)))
  }
})

/** All but until when it stood, which nobody knew then. */
const said = ({ strategy, symbol, quantity, costBasis, balances, logPosition }: LedgerRow) =>
  [
    strategy,
    symbol,
    quantity,
    costBasis,
    logPosition,
    ...Object.entries(balances)
      .flatMap(([code, money]) => Object.entries(money).map((entry) => [code, ...entry].join()))
      .toSorted(),
  ].join(' ')
const priced = ({ symbol, price, at }: Pick<MarkRow, 'symbol' | 'price' | 'at'>) =>
  [symbol, price, at].join(' ')
const sorted = (lines: readonly string[]): readonly string[] => lines.toSorted()

const right = async <A>(asked: Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await asked
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
