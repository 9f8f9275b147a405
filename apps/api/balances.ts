/** GET /v1/balances: what each account has of each currency, and what of it is spoken for, by the guard's own folds. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Standing } from '#domain/risk/standing'
import type { AccountRow } from '#projections/accounts'
import { BalanceList, BalanceQuery, type BalanceReply } from '#schemas/api/pnl'
import { type Amount, formatDecimal, placesOfAmount } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { Directory } from './directory.ts'
import { foldedUpTo, type LevelMeans } from './levelling.ts'
import { filterFaults, patienceMs } from './reading.ts'
import type { RiskView } from './risk-view.ts'

export interface BalanceMeans extends LevelMeans {
  readonly directory: Directory
  readonly risk: RiskView
}

const listing = {
  method: 'GET',
  path: '/v1/balances',
  summary: 'What each account has of each currency, and what of it open orders and margin tie up.',
  tag: 'accounts',
  query: BalanceQuery,
  replies: { 200: BalanceList },
  problems: ['unknownAccount', 'notReady', 'projectionBehind'],
} as const satisfies KeyedDescription

export const listBalances = (means: BalanceMeans): KeyedRoute =>
  keyed(listing, async ({ query: { account, after } }) => {
    const { directory, risk } = means
    const faults = filterFaults(directory, account === undefined ? {} : { account })
    if (faults.length > 0) return wrong(faults)
    const level = await foldedUpTo(means, after, patienceMs)
    if (E.isLeft(level)) return level
    const accounts = directory
      .accounts()
      .filter(({ id }) => account === undefined || id === account)
    const data: BalanceReply[] = []
    for (const row of accounts) {
      const standing = risk.of(row.book)
      if (standing === undefined) {
        return E.left({ _tag: 'NotReady', detail: 'The log is still being read. Ask again.' })
      }
      data.push(...balancesOf(row, standing))
    }
    return E.right({ status: 200, body: { data, hasMore: false } })
  })

/** Of every currency of which there is some, or of which some is needed. */
const balancesOf = ({ id, currency }: AccountRow, { holdings, exposure }: Standing) => {
  const currencies = new Set<Currency>([currency, ...holdings.currencies(id)])
  return [...currencies].toSorted().map((each): BalanceReply => {
    const total = holdings.cash(id, each)
    const { spokenFor, unpriced } = exposure.funds(id, each)
    const used = unpriced === 0 ? spokenFor : undefined
    const free = used === undefined ? undefined : ((total - used) as Amount)
    return {
      account: id,
      currency: each,
      free: shown(free),
      used: shown(used),
      total: exact(total),
    }
  })
}

const exact = (amount: Amount): string => formatDecimal(amount, placesOfAmount)
const shown = (amount: Amount | undefined): string | null =>
  amount === undefined ? null : exact(amount)
