/** What the demonstration ends with: figures for people, and the proofs. */
import Table from 'cli-table3'
import type { Asked as Requested, Proposal } from './control.ts'
import type { Order } from './client.ts'
import {
  busiestSecond,
  byFill,
  byKind,
  counted,
  type Fill,
  kindHead,
  latencies,
  latencyHead,
  type Line,
  rounded,
} from './figures.ts'
import type { Evidence } from './judge/evidence.ts'
import type { Finding } from './judge/finding.ts'
import { record, text } from './judge/log-row.ts'
import type { Provocation } from './provoke.ts'
import type { Refusal } from './refusals.ts'
import type { TradingDay } from './scenes.ts'
import type { Showing } from './showing.ts'
import type { Tally } from './tally.ts'

export interface Played {
  readonly orders: readonly Order[]
  readonly fills: readonly Fill[]
  readonly tally: Tally
  readonly provocations: readonly Provocation[]
  readonly refusals: readonly Refusal[]
  readonly requested: readonly Requested[]
  readonly proposals: readonly Proposal[]
  readonly showing: Showing
  readonly evidence: Evidence
  readonly findings: readonly Finding[]
  readonly unsettled: readonly Order[]
  readonly trading: Pick<TradingDay, 'orders' | 'ms' | 'tradedAgain'>
  /** Undefined: there was none. */
  readonly sprint: { readonly orders: number; readonly ms: number } | undefined
}

export const reportOf = (played: Played): string =>
  [
    ['Orders by kind, and what became of them', table(kindHead, byKind(played.orders))],
    ['Why orders were denied or refused', table(['reason', 'orders'], reasonsOf(played.orders))],
    ['One order for each check', provocationTable(played.provocations)],
    ['What was not theirs to do', refusalTable(played.refusals)],
    ['What the risk officer asked for', controlTable(played)],
    [
      'Fills and fees',
      table(['symbol', 'liquidity', 'fills', 'quantity', 'fees'], byFill(played.fills)),
    ],
    ['PnL and equity by day, account and strategy (GET /v1/pnl)', pnlTable(played.showing)],
    ['Balances', balanceTable(played.showing)],
    ['Open positions', positionTable(played.showing)],
    ['Speed', speed(played)],
    [
      'Recomputed from the log, by code that shares nothing with the folds (I8: by them)',
      proofs(played.findings),
    ],
  ]
    .map(([title = '', body = '']) => `${title}\n${body}`)
    .join('\n\n')

const table = (head: Line, rows: readonly Line[]): string => {
  const made = new Table({ head: [...head], style: { head: [], border: [] } })
  made.push(...rows.map((row) => [...row]))
  return made.toString()
}
const wrapped = (words: string): string => words.replace(/(.{1,70})(?:\s|$)/g, '$1\n').trim()

const reasonsOf = (orders: readonly Order[]): readonly Line[] =>
  counted(
    orders.flatMap(({ status, reason }) =>
      reason === null || reason === undefined ? [] : [`${status}: ${reason.code}`],
    ),
  )

const provocationTable = (outcomes: readonly Provocation[]): string =>
  table(
    ['meant to fail', 'order', 'reason', 'what was said'],
    outcomes.map(({ check, order }) => [
      check,
      order?.status ?? 'none',
      order?.reason?.code ?? '–',
      wrapped(order?.reason?.message ?? '–'),
    ]),
  )

const refusalTable = (refusals: readonly Refusal[]): string =>
  table(
    ['who', 'what', 'answer'],
    refusals.map(({ who, does, answered }) => [who, does, answered]),
  )

const controlTable = ({ requested, proposals, trading }: Played): string =>
  [
    proposalTable(requested, proposals),
    ...(trading.tradedAgain === undefined
      ? []
      : [`Since its release, the strategy had ${String(trading.tradedAgain)} orders approved.`]),
  ].join('\n')
const proposalTable = (requested: readonly Requested[], proposals: readonly Proposal[]): string =>
  table(
    ['what', 'answer', 'state now', 'takes effect', 'reason'],
    requested.map(({ what, status, proposal }) => {
      const now = proposals.find(({ id }) => id === proposal.id) ?? proposal
      return [what, String(status), now.state, now.effectiveAt ?? 'at once', proposal.reason]
    }),
  )

const pnlTable = ({ rows }: Showing): string =>
  table(
    [
      'account',
      'day',
      'strategy',
      'realised',
      'unrealised',
      'fees',
      'funding',
      'net',
      'equity',
      '',
    ],
    rows.map((row) => [
      text(row['account']),
      text(row['period']),
      row['strategy'] === null ? '(all)' : text(row['strategy']),
      ...['realised', 'unrealised', 'fees', 'funding', 'net', 'equity'].map((name) =>
        rounded(row[name], 4),
      ),
      text(row['currency']),
    ]),
  )

const balanceTable = ({ balances }: Showing): string =>
  table(
    ['account', 'currency', 'total', 'used', 'free'],
    balances.map((row) =>
      ['account', 'currency', 'total', 'used', 'free'].map((name) =>
        name === 'account' || name === 'currency' ? text(row[name]) : rounded(row[name], 8),
      ),
    ),
  )

const positionTable = ({ positions }: Showing): string =>
  table(
    [
      'account',
      'strategy',
      'symbol',
      'side',
      'quantity',
      'average price',
      'mark',
      'unrealised',
      'realised',
      'funding',
    ],
    positions.map((row) => [
      ...['account', 'strategy', 'symbol', 'side', 'quantity'].map((name) => text(row[name])),
      ...['averagePrice', 'mark', 'unrealisedPnl', 'realisedPnl'].map((name) =>
        rounded(row[name], 8),
      ),
      Object.entries(record(row['funding']))
        .map(([currency, amount]) => `${rounded(amount, 8)} ${currency}`)
        .join(', '),
    ]),
  )

const speed = ({ tally, evidence, trading, sprint }: Played): string => {
  const perSecond = ({ orders, ms }: { readonly orders: number; readonly ms: number }): string =>
    `${(orders / (ms / 1000)).toFixed(0)} orders/s: ${String(orders)} in ${(ms / 1000).toFixed(1)} s`
  return [
    `The strategies at their own pace ${perSecond(trading)}; at most ${String(busiestSecond(tally.asked))} in one second.`,
    sprint === undefined
      ? 'No sprint: the limits had not been loosened.'
      : `The sprint, 24 at once: ${perSecond(sprint)}.`,
    table(latencyHead, latencies(tally.asked, evidence.stored)),
  ].join('\n')
}

const proofs = (found: readonly Finding[]): string =>
  table(
    ['promise', 'says', 'verdict', 'examined', 'offences'],
    found.map((finding) => [
      finding.invariant,
      wrapped(finding.says),
      finding.verdict,
      String(finding.examined),
      finding.offences.join('\n'),
    ]),
  )

/** Everything that is not as it should be; empty: it is clean. */
export const complaintsOf = (
  played: Played,
  wanted: number,
  isShort: boolean,
): readonly string[] => [
  ...played.findings.flatMap(({ invariant, says, verdict, examined }) => {
    if (verdict !== 'holds') return [`${invariant} is ${verdict}: ${says}`]
    return examined === 0 && !isShort ? [`${invariant} proves nothing: ${says}`] : []
  }),
  ...played.provocations.flatMap(({ check, order }) =>
    order?.reason?.code === check
      ? []
      : [
          `${check} was to stop an order, and it was ${order?.reason?.code ?? order?.status ?? 'none'}`,
        ],
  ),
  ...played.refusals.flatMap(({ who, does, expected, answered }) =>
    expected === answered ? [] : [`${who} ${does}: ${answered}, not ${expected}`],
  ),
  ...played.proposals.flatMap(({ id, state }) =>
    state === 'effective' || isShort ? [] : [`what was asked for as ${id} is ${state}`],
  ),
  ...played.tally.surprises.slice(0, 5).map((surprise) => `an order was answered by ${surprise}`),
  ...played.unsettled.slice(0, 5).map(({ id, status }) => `order ${id} is still ${status}`),
  ...(played.trading.tradedAgain === 0
    ? ['the strategy that was released has not traded again']
    : []),
  ...(played.orders.length < wanted
    ? [`there were ${String(played.orders.length)} orders, not ${String(wanted)}`]
    : []),
]
