/** The books held against the log: holdings, cash, postings. */
import { holdingsOf } from './average-cost.ts'
import { product, shown, units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { fillsIn, keyOf, type LogRow, record } from './log-row.ts'

/** A figure that the ledger shows, by the same key as what it is held against. */
export interface Shown {
  readonly key: string
  readonly value: string
}
export const agreement = (
  invariant: string,
  says: string,
  expected: ReadonlyMap<string, bigint>,
  rows: readonly Shown[],
): Finding => {
  const found = new Map<string, bigint>()
  for (const { key, value } of rows) found.set(key, (found.get(key) ?? 0n) + units(value))
  const keys = [...new Set([...expected.keys(), ...found.keys()])]
  const differing = keys.filter((key) => (expected.get(key) ?? 0n) !== (found.get(key) ?? 0n))
  const difference = (key: string): string =>
    `${key}: the log says ${shown(expected.get(key) ?? 0n)}, shown is ${shown(found.get(key) ?? 0n)}`
  return finding(invariant, says, keys.length, differing.map(difference))
}

/** I13: quantity, cost and realised PnL of every holding, by "account strategy venue symbol figure". */
export const positionsFinding = (rows: readonly LogRow[], positions: readonly Shown[]): Finding =>
  agreement(
    'I13',
    'positions, their cost and what they realised are exactly what the fills add up to',
    new Map(
      [...holdingsOf(rows)].flatMap(([key, { quantity, cost, realised }]) => [
        [`${key} quantity`, quantity],
        [`${key} cost`, cost],
        [`${key} realised`, realised],
      ]),
    ),
    positions,
  )

/** What deposits, withdrawals, fills, fees and funding moved, coins too, per "account currency". */
export const cashOf = (rows: readonly LogRow[]): ReadonlyMap<string, bigint> => {
  const cash = new Map<string, bigint>()
  const move = (account: unknown, currency: unknown, amount: bigint): void => {
    const key = keyOf({ account, currency }, 'account', 'currency')
    cash.set(key, (cash.get(key) ?? 0n) + amount)
  }
  const signs: Readonly<Record<string, bigint>> = {
    FundsDeposited: 1n,
    FundsWithdrawn: -1n,
    FundingPaid: 1n,
  }
  for (const { data } of fillsIn(rows)) {
    const [terms, fee, account] = [record(data['instrument']), record(data['fee']), data['account']]
    move(account, fee['currency'], -units(fee['amount']))
    if (terms['kind'] !== 'spot') continue
    const bought = data['side'] === 'buy' ? units(data['quantity']) : -units(data['quantity'])
    move(account, terms['quote'], -product(bought, units(data['price'])))
    move(account, terms['base'], bought)
  }
  for (const { type, data } of rows) {
    const sign = signs[type]
    if (sign !== undefined) move(data['account'], data['currency'], sign * units(data['amount']))
  }
  for (const { account, instrument, realised } of holdingsOf(rows).values())
    if (instrument['kind'] !== 'spot') move(account, instrument['settle'], realised)
  return cash
}
/** I15: the cash that the books show is what came in and went out. */
export const cashFinding = (rows: readonly LogRow[], cash: readonly Shown[]): Finding =>
  agreement(
    'I15',
    'cash is exactly what transfers, fills, fees and funding moved',
    cashOf(rows),
    cash,
  )

export interface PostingRow {
  readonly position: bigint
  readonly currency: string
  /** A debit above 0, a credit below. */
  readonly amount: string
}
/** I16: debits and credits cancel in every currency after every event. */
export const trialBalanceFinding = (postings: readonly PostingRow[]): Finding => {
  const balance = new Map<string, bigint>()
  const wrong: string[] = []
  const sorted = [...postings].sort((a, b) => (a.position < b.position ? -1 : 1))
  sorted.forEach((posting, index) => {
    balance.set(posting.currency, (balance.get(posting.currency) ?? 0n) + units(posting.amount))
    const isLastOfEvent = sorted[index + 1]?.position !== posting.position
    for (const [currency, off] of isLastOfEvent ? balance : [])
      if (off !== 0n)
        wrong.push(`${currency} is off by ${shown(off)} at ${String(posting.position)}`)
  })
  return finding('I16', 'the trial balance is zero in every currency', postings.length, wrong)
}
