/** Figures of other ledgers' own tests and of venues' documents, where that collection is at hand. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as t from 'io-ts'
import { legsOf } from '#domain/books/legs'
import {
  applyFill,
  averagePrice,
  flat,
  notional,
  pnlCurrency,
  type Position,
  type PositionFill,
  unrealisedPnl,
} from '#domain/books/position'
import {
  type AccountCode,
  type Posting,
  postingsOfFill,
  postingsOfFunding,
  trialBalance,
} from '#domain/books/postings'
import { amount, price, quantity } from '#domain/testing/fills'
import { negateAmount } from '#domain/values/decimal'
import { type Amount, formatDecimal, parseDecimal } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'

const nullable = t.union([t.string, t.null])
const figure = t.union([t.string, t.null, t.undefined])
const Case = t.type({
  id: t.string,
  instrument: t.intersection([
    t.type({
      type: t.keyof({ linear: null, inverse: null }),
      kind: t.string,
      multiplier: t.string,
      settle: t.string,
    }),
    t.partial({ base: t.string, quote: t.string }),
  ]),
  fills: t.array(
    t.type({
      side: t.keyof({ BUY: null, SELL: null }),
      qty: t.string,
      price: t.string,
      commission: nullable,
      commission_ccy: nullable,
    }),
  ),
  funding: t.union([t.array(t.type({ amount: t.string })), t.undefined]),
  expected: t.intersection([
    t.type({ qty: t.string, avg_open: nullable, realized_pnl: nullable }),
    t.type({
      side: t.keyof({ LONG: null, SHORT: null, FLAT: null }),
      unrealized_at: t.union([t.type({ price: t.string, value: t.string }), t.null]),
      gross_realized: figure,
      closed_cycle_realized: figure,
      realized_cumulative: figure,
      notional_at_mark: figure,
    }),
  ]),
  method: t.string,
  realized_scope: t.keyof({ cycle: null, cumulative: null }),
  fee_policy: t.string,
})
type Case = t.TypeOf<typeof Case>

const folder = process.env['DAYBOOK_CONFORMANCE'] ?? '../shared/conformance'
const file = join(folder, 'pnl-cases.json')
const cases: readonly Case[] = existsSync(file) ? readCases() : []
// Lots by first in, first out, and an entry fee that waits for its exit, are other conventions than ours.
const ours = cases.filter(
  ({ method, fee_policy }) =>
    method === 'average_cost' && fee_policy !== 'entry_fee_amortised_on_exit',
)

describe.skipIf(cases.length === 0)('figures of peers and venues (DAYBOOK_CONFORMANCE)', () => {
  test('are all there', () => {
    expect(ours.length).toBeGreaterThanOrEqual(71)
  })
  test.each(ours.map((each) => [each.id, each] as const))('%s', (_, each) => {
    const { expected } = each
    const instrument = instrumentOf(each)
    const { position, cycle, earlier, averageOpen } = told(each, instrument)
    const held = position.quantity < 0n ? 0n - position.quantity : position.quantity
    expect(formatDecimal(held, 18)).toBe(formatDecimal(quantity(expected.qty), 18))
    expect(sideOf(position)).toBe(expected.side)
    if (expected.avg_open !== null) expectClose(averageOpen, 18, expected.avg_open)
    const funding = (each.funding ?? []).reduce((sum, each) => sum + amount(each.amount), 0n)
    const net = each.fee_policy === 'expensed_at_fill'
    const scope = each.realized_scope === 'cycle' ? cycle : cycle + earlier.total
    if (expected.realized_pnl !== null) {
      expectClose(net ? scope + funding : position.realisedPnl, 36, expected.realized_pnl)
    }
    if (net && each.realized_scope === 'cumulative' && expected.side === 'FLAT') {
      expectClose(netInBooks(each, instrument), 36, expected.realized_pnl)
    }
    expectClose(position.realisedPnl, 36, expected.gross_realized)
    expectClose(earlier.last, 36, expected.closed_cycle_realized)
    expectClose(cycle + earlier.total, 36, expected.realized_cumulative)
    if (expected.unrealized_at === null) return
    const mark = price(expected.unrealized_at.price)
    expectClose(unrealisedPnl(position, mark, instrument), 36, expected.unrealized_at.value)
    const worth = notional(mark, position.quantity, instrument)
    expectClose(worth < 0n ? 0n - worth : worth, 36, expected.notional_at_mark)
  })
})

function readCases(): readonly Case[] {
  const decoded = t.array(Case).decode(JSON.parse(readFileSync(file, 'utf8')))
  if (decoded._tag === 'Left') throw new Error(`${file} is not what this test reads`)
  return decoded.right
}

const instrumentOf = ({ instrument }: Case): InstrumentTerms => {
  const contract = instrument.kind === 'derivative'
  return {
    kind: instrument.type === 'inverse' ? 'inverse' : contract ? 'linear' : 'spot',
    base: (instrument.base ?? 'BASE') as Currency,
    quote: (instrument.quote ?? instrument.settle) as Currency,
    settle: instrument.settle as Currency,
    contractSize: quantity(instrument.multiplier),
  }
}

const fillOf = (fill: Case['fills'][number]): PositionFill => ({
  side: fill.side === 'BUY' ? 'buy' : 'sell',
  quantity: quantity(fill.qty),
  price: price(fill.price),
  fee: {
    currency: (fill.commission_ccy ?? 'NONE') as Currency,
    amount: amount(fill.commission ?? '0'),
  },
})

/** The last cycle from flat to flat net of its fees, those before it, and the price that the last one opened at. */
const told = (each: Case, instrument: InstrumentTerms) => {
  let position = flat
  let cycle = 0n
  let averageOpen = 0n
  const earlier = { total: 0n, last: 0n }
  for (const fill of each.fills.map(fillOf)) {
    for (const leg of legsOf(position, fill, instrument)) {
      if (position.quantity === 0n) {
        earlier.total += cycle
        earlier.last = cycle
        cycle = 0n
      }
      const paid = fill.fee.currency === pnlCurrency(instrument) ? leg.feeAmount : (0n as Amount)
      cycle += leg.position.realisedPnl - position.realisedPnl + negateAmount(paid)
      position = leg.position
      averageOpen = averagePrice(position, instrument) ?? averageOpen
    }
  }
  return { position, cycle, earlier, averageOpen }
}

/** By the double entry of every fill and funding payment. */
const netInBooks = (each: Case, instrument: InstrumentTerms): Amount => {
  let position = flat
  const postings: Posting[] = []
  for (const fill of each.fills.map(fillOf)) {
    const after = applyFill(position, fill, instrument)
    postings.push(...postingsOfFill(position, after, fill, instrument))
    position = after
  }
  const settle = pnlCurrency(instrument)
  for (const paid of each.funding ?? []) {
    postings.push(...postingsOfFunding({ currency: settle, amount: amount(paid.amount) }))
  }
  for (const [currency, sum] of trialBalance(postings)) expect(sum, currency).toBe(0n)
  const gains = new Set<AccountCode>(['realisedPnl', 'fees', 'feesInKind', 'funding'])
  return postings.reduce(
    (sum, { code, currency, amount: posted }) =>
      gains.has(code) && currency === settle ? ((sum - posted) as Amount) : sum,
    0n as Amount,
  )
}

const sideOf = ({ quantity: held }: Position) =>
  held === 0n ? 'FLAT' : held > 0n ? 'LONG' : 'SHORT'

/** Exactly; or where the figure was printed with eight places or more, within two of the last: peers count in doubles. */
const expectClose = (value: bigint, places: number, said: string | null | undefined): void => {
  if (said === undefined || said === null) return
  const printed = said.split('.')[1]?.length ?? 0
  const exact = parseDecimal(said, places)
  if (exact._tag === 'Left') throw new Error(`not a figure: ${said}`)
  const allowed = printed < 8 ? 0n : 2n * 10n ** BigInt(places - printed)
  const error = value - exact.right
  expect(
    error <= allowed && error >= 0n - allowed,
    `${formatDecimal(value, places)} for ${said}`,
  ).toBe(true)
}
