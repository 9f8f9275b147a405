/** GET /v1/pnl held against the log: by day, account and strategy each figure is worked out anew, to the last digit. */
import {
  afterFill,
  currencyOf,
  type Holding,
  holdingsOf,
  placeOf,
  unrealisedOf,
} from './average-cost.ts'
import { cashOf } from './books.ts'
import { product, shown, units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { fillTypes, type Json, list, type LogRow, record, text } from './log-row.ts'

/** What the ledger answers, and the marks of the very moment that it answered by. */
export interface PnlShown {
  /** As GET /v1/pnl shows them, of every account. */
  readonly rows: readonly Json[]
  readonly marks: ReadonlyMap<string, bigint>
}

const flows = ['realised', 'fees', 'funding', 'transfers'] as const
type Flow = (typeof flows)[number]
/** By "account day strategy currency figure"; of the account as a whole the strategy is empty. */
type Sums = Map<string, bigint>

export const pnlFinding = (rows: readonly LogRow[], { rows: said, marks }: PnlShown): Finding => {
  const sums = flowsIn(rows)
  const holdings = [...holdingsOf(rows).values()]
  const cash = cashOf(rows)
  const wrong: string[] = []
  let examined = 0
  const compare = (name: string, expected: bigint, value: unknown): void => {
    examined += 1
    if (typeof value !== 'string') wrong.push(`${name}: ${shown(expected)}, and nothing is shown`)
    else if (units(value) !== expected)
      wrong.push(`${name}: the log says ${shown(expected)}, shown is ${value}`)
  }
  const seen = new Set<string>()
  for (const row of said) {
    const own = `${text(row['account'])} ${text(row['period'])} ${text(row['strategy'])}`
    const ofRow = holdings.filter((holding) => isOf(row, holding))
    for (const [currency, figures] of Object.entries(record(row['byCurrency']))) {
      const prefix = `${own} ${currency}`
      for (const flow of flows) {
        seen.add(`${prefix} ${flow}`)
        compare(`${prefix} ${flow}`, sums.get(`${prefix} ${flow}`) ?? 0n, record(figures)[flow])
      }
      if (row['complete'] === true) continue
      const unrealised = unrealisedIn(ofRow, currency, marks)
      compare(`${prefix} unrealised`, unrealised, record(figures)['unrealised'])
      if (row['strategy'] === null) {
        const balance = cash.get(`${text(row['account'])} ${currency}`) ?? 0n
        compare(`${prefix} balance`, balance, record(figures)['balance'])
      }
    }
    if (row['strategy'] === null && row['complete'] !== true)
      compare(`${own} equity`, equityOf(row, cash, ofRow, marks), row['equity'])
  }
  const missing = [...sums].filter(([key, value]) => value !== 0n && !seen.has(key))
  for (const [key] of missing) wrong.push(`${key} is not shown`)
  return finding(
    'I15',
    'PnL by day and strategy, balance and equity are those of the log',
    examined,
    wrong,
  )
}

const isOf = (row: Json, { account, strategy }: Holding): boolean =>
  row['account'] === account && (row['strategy'] === null || row['strategy'] === strategy)

const dayOf = ({ metadata }: LogRow): string => text(metadata['occurredAt']).slice(0, 10)

const flowsIn = (rows: readonly LogRow[]): Sums => {
  const sums: Sums = new Map()
  const add = (row: LogRow, strategy: string, currency: string, flow: Flow, by: bigint): void => {
    for (const of of new Set(['', strategy])) {
      const key = `${text(row.data['account'])} ${dayOf(row)} ${of} ${currency} ${flow}`
      sums.set(key, (sums.get(key) ?? 0n) + by)
    }
  }
  const holdings = new Map<string, Holding>()
  for (const row of rows) {
    const { type, data } = row
    const [currency, strategy] = [text(data['currency']), text(data['strategy'])]
    if (type === 'FundsDeposited') add(row, '', currency, 'transfers', units(data['amount']))
    if (type === 'FundsWithdrawn') add(row, '', currency, 'transfers', -units(data['amount']))
    if (type === 'FundingPaid') {
      for (const each of list(data['shares']).map(record))
        add(row, text(each['strategy']), currency, 'funding', units(each['amount']))
    }
    if (!fillTypes.includes(type)) continue
    const before = holdings.get(placeOf(data))
    const after = afterFill(before, data)
    holdings.set(placeOf(data), after)
    const realised = after.realised - (before?.realised ?? 0n)
    add(row, strategy, currencyOf(after.instrument), 'realised', realised)
    const fee = record(data['fee'])
    add(row, strategy, text(fee['currency']), 'fees', units(fee['amount']))
  }
  return sums
}

const unrealisedIn = (
  holdings: readonly Holding[],
  currency: string,
  marks: ReadonlyMap<string, bigint>,
): bigint =>
  holdings
    .filter(({ instrument, quantity }) => quantity !== 0n && currencyOf(instrument) === currency)
    .reduce((all, each) => all + unrealisedOf(each, marks.get(each.symbol) ?? 0n), 0n)

/** What there is of each currency, and what contracts would pay, by the marks of the moment. */
const equityOf = (
  row: Json,
  cash: ReadonlyMap<string, bigint>,
  holdings: readonly Holding[],
  marks: ReadonlyMap<string, bigint>,
): bigint => {
  const into = text(row['currency'])
  const contracts = holdings.filter(({ instrument }) => instrument['kind'] !== 'spot')
  return Object.keys(record(row['byCurrency'])).reduce((all, currency) => {
    const balance = cash.get(`${text(row['account'])} ${currency}`) ?? 0n
    const unpaid = unrealisedIn(contracts, currency, marks)
    if (currency === into) return all + balance + unpaid
    const rate = marks.get(`${currency}/${into}`) ?? 0n
    return all + product(balance, rate) + product(unpaid, rate)
  }, 0n)
}
