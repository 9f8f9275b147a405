/** What the demonstration ends with: figures for people, and the proofs. */
import Table from 'cli-table3'
import type { Client, Order, Position } from './client.ts'
import type { Rows } from './log-rows.ts'
import type { Provocation } from './provoke.ts'
import {
  cashFinding,
  type Finding,
  findingsOf,
  type LogRow,
  positionsFinding,
  trialBalanceFinding,
} from './recompute.ts'

type Row = Readonly<Record<string, string>>

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const made = new Table({ head: [...head], style: { head: [], border: [] } })
  made.push(...rows.map((row) => [...row]))
  return made.toString()
}
const counted = (values: readonly string[]): readonly (readonly string[])[] => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value, count]) => [value, String(count)])
}
const money = (amounts: Readonly<Record<string, string>>): string =>
  Object.entries(amounts)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(', ')

/** Everything that stands in the log and the books, held against each other. */
export const findings = async (rows: Rows, log: readonly LogRow[]): Promise<readonly Finding[]> => {
  const ledgers = await rows.query(
    `select account || ' ' || strategy || ' ' || venue || ' ' || symbol as key, quantity as value
     from read.ledgers where symbol <> '' and until is null`,
  )
  const cash = await rows.query(
    `select account || ' ' || currency as key, sum(amount) as value from read.postings
     where code = 'cash' group by 1`,
  )
  const postings = await rows.query(
    `select log_position as position, currency, amount from read.postings order by 1`,
  )
  const shownOf = ({ key = '', value = '' }: Row) => ({ key, value })
  return [
    ...findingsOf(log),
    positionsFinding(log, ledgers.map(shownOf)),
    cashFinding(log, cash.map(shownOf)),
    trialBalanceFinding(
      postings.map(({ position = '', currency = '', amount = '' }) => ({
        position: BigInt(position),
        currency,
        amount,
      })),
    ),
  ]
}

const provocations = (outcomes: readonly Provocation[]): string =>
  table(
    ['check', 'order', 'reason', 'what the guard said'],
    outcomes.map(({ check, order }) => [
      check,
      order.status,
      order.reason?.code ?? '–',
      (order.reason?.message ?? '–').replace(/(.{1,70})(?:\s|$)/g, '$1\n').trim(),
    ]),
  )

const proofs = (found: readonly Finding[]): string =>
  table(
    ['invariant', 'says', 'verdict', 'examined', 'offences'],
    found.map((finding) => [
      finding.invariant,
      finding.says,
      finding.verdict,
      String(finding.examined),
      finding.offences.join('\n'),
    ]),
  )

export interface Report {
  readonly text: string
  /** Every proof holds, and every check that should have denied its order did. */
  readonly isClean: boolean
}

export const report = async (
  client: Client,
  rows: Rows,
  outcomes: readonly Provocation[],
): Promise<Report> => {
  const log = await rows.log()
  const found = await findings(rows, log)
  const orders = await client.all<Order>('/v1/orders')
  const open = await client.all<Position & { readonly id: string }>('/v1/positions')
  const closed = await client.all<Position & { readonly id: string }>('/v1/positions?state=closed')
  const fills = await client.all<{ readonly id: string; readonly liquidity: string }>('/v1/fills')
  const reasons = orders.flatMap(({ status, reason }) =>
    reason === null || reason === undefined ? [] : [`${status}: ${reason.code}`],
  )
  const sections = [
    ['Orders by outcome', table(['status', 'orders'], counted(orders.map((o) => o.status)))],
    ['Why orders ended without a fill', table(['reason', 'orders'], counted(reasons))],
    ['One order for each check', provocations(outcomes)],
    ['Fills', table(['liquidity', 'fills'], counted(fills.map((fill) => fill.liquidity)))],
    ['Positions', positionTable([...open, ...closed])],
    ['Recomputed from the log, by code that shares nothing with the folds', proofs(found)],
  ] as const
  return {
    text: sections.map(([title, body]) => `${title}\n${body}`).join('\n\n'),
    isClean:
      found.every(({ verdict, examined }) => verdict === 'holds' && examined > 0) &&
      outcomes.every(({ check, order }) => order.reason?.code === check),
  }
}

const positionTable = (positions: readonly Position[]): string =>
  table(
    ['strategy', 'symbol', 'side', 'quantity', 'average price', 'realised', 'unrealised', 'fees'],
    positions.map((position) => [
      position.strategy,
      position.symbol,
      position.side,
      position.quantity,
      position.averagePrice ?? '–',
      position.realisedPnl,
      position.unrealisedPnl ?? '–',
      money(position.fees),
    ]),
  )
