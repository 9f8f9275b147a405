/** Funding held against the fills: each payment is on what was held, at its rate, shared by it, and none is missing. */
import { placeOf, worthAt } from './average-cost.ts'
import { product, quotient, shown, size, sum, units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import {
  fillsIn,
  grouped,
  type Json,
  keyOf,
  list,
  type LogRow,
  named,
  record,
  repeated,
  second,
  text,
  venueAt,
  when,
  writtenAt,
} from './log-row.ts'

export const fundingFinding = (rows: readonly LogRow[], intervalMs: number): Finding => {
  const payments = named(rows, 'FundingPaid')
  const contracts = grouped(
    fillsIn(rows).filter(({ data }) => record(data['instrument'])['kind'] !== 'spot'),
    ({ data }) => keyOf(data, 'account', 'symbol'),
  )
  const keys = payments.map(({ data }) => keyOf(data, 'account', 'symbol', 'fundingId'))
  const newest = rows.reduce((at, row) => Math.max(at, writtenAt(row)), 0)
  const missing = [...contracts].flatMap(([place, fills]) =>
    endsDue(fills, intervalMs, newest - settled)
      .filter((end) => !keys.includes(`${place} ${nameOf(end)}`))
      .map((end) => `${place} was not funded at ${nameOf(end)}`),
  )
  const wrong = payments.flatMap((row) => {
    const name = keyOf(row.data, 'account', 'symbol', 'fundingId')
    const fills = contracts.get(keyOf(row.data, 'account', 'symbol')) ?? []
    return faultsOf(row, fills).map((fault) => `${name}: ${fault}`)
  })
  const twice = repeated(keys).map((key) => `${key} was paid twice`)
  const says = 'each payment is what was held × mark × rate, shared by strategy; none is missing'
  return finding('funding', says, payments.length, [...wrong, ...twice, ...missing])
}

/** So long a payment may take into the log. */
const settled = 5 * second
const nameOf = (end: number): string => {
  const iso = new Date(end / 1000).toISOString()
  return iso.replace(/\.?0*Z$/, 'Z')
}

/** The ends of intervals at which something was held. */
const endsDue = (
  fills: readonly LogRow[],
  intervalMs: number,
  until: number,
): readonly number[] => {
  const interval = intervalMs * 1000
  const first = Math.min(...fills.map(venueAt))
  const ends: number[] = []
  for (let end = Math.ceil(first / interval) * interval; end <= until; end += interval)
    if (heldBefore(fills, end, false) !== 0n && heldBefore(fills, end, true) !== 0n) ends.push(end)
  return ends
}
const heldBefore = (fills: readonly LogRow[], at: number, including: boolean): bigint =>
  sum(
    fills
      .filter((fill) => (including ? venueAt(fill) <= at : venueAt(fill) < at))
      .map(({ data }) =>
        data['side'] === 'buy' ? units(data['quantity']) : -units(data['quantity']),
      ),
  )

const faultsOf = (row: LogRow, fills: readonly LogRow[]): readonly string[] => {
  const { data } = row
  const [quantity, amount] = [units(data['quantity']), units(data['amount'])]
  const [instrument] = fills.map((fill) => record(fill.data['instrument']))
  if (instrument === undefined) return ['there never was a position']
  const at = venueAt(row)
  const due = -product(worthAt(instrument, units(data['markPrice']), quantity), units(data['rate']))
  const shares = list(data['shares']).map(record)
  // At the same instant the venue may have traded before it paid, or after.
  const isHeld = [false, true].some((including) => heldBefore(fills, at, including) === quantity)
  return [
    ...(isHeld ? [] : [`paid on ${shown(quantity)}, which was not held`]),
    ...(due === amount ? [] : [`${shown(amount)} was booked, and ${shown(due)} was due`]),
    ...(data['currency'] === instrument['settle']
      ? []
      : ['in another currency than it settles in']),
    ...(sum(shares.map((each) => units(each['amount']))) === amount
      ? []
      : ['the shares do not add up to the amount']),
    ...shares
      .filter((each) => !isFair(each, row, fills))
      .map((each) => unfair(text(each['strategy']))),
    ...(when(data['fundingId']) > at ? ['it was paid before its time'] : []),
  ]
}
const unfair = (strategy: string): string => `the share of ${strategy} is not that of its position`

/** In proportion to what the strategy held; the largest takes the last digits. */
const isFair = (shareOf: Json, row: LogRow, fills: readonly LogRow[]): boolean => {
  const { data } = row
  const own = fills.filter((fill) => fill.data['strategy'] === shareOf['strategy'])
  const at = venueAt(row)
  const [amount, quantity] = [units(data['amount']), units(data['quantity'])]
  const strategies = new Set(fills.map((fill) => placeOf(fill.data))).size
  return [false, true].some((including) => {
    const fair = quotient(amount * heldBefore(own, at, including), quantity)
    return size(units(shareOf['amount']) - fair) <= BigInt(strategies)
  })
}
