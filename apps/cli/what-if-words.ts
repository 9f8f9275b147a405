/** What other limits would have made of past intents, on the screen and for programs. */
import type { Row as Difference, Sums, WhatIfResult } from '#domain/risk/what-if'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
} from '#schemas/values/decimal'
import { formatInstant } from '#schemas/values/instant'
import { type Format, isRow, type Row, showList, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface Subject {
  readonly book: string
  readonly currency: string
  readonly log: string
  /** The file or the proposal. */
  readonly limits: string
}

/** What nobody can know, said with every answer. */
export const notKnown = [
  'Holdings, open orders, rates and kill switches are as they really were: had an order been denied, what came after it might have been another.',
  'Amendments are not decided again, and no day, breach or kill switch is made anew by other limits.',
  'pnl is of each fill: what it would bring at the last recorded mark in the range, less what it cost and its fee, whether or not it was closed since.',
] as const

const money = (amount: Amount): string => formatDecimal(amount, placesOfAmount)
const sumsOf = (sums: Sums) => ({
  newlyDenied: sums.newlyDenied,
  newlyApproved: sums.newlyApproved,
  deniedNotional: money(sums.deniedNotional),
  approvedNotional: money(sums.approvedNotional),
  deniedPnl: money(sums.deniedPnl),
  unpriced: sums.unpriced,
})
/** As it is attached to a proposal. */
export const assessmentOf = ({ first, last, decisions, total }: WhatIfResult): Row | undefined => {
  if (first === undefined || last === undefined) return undefined
  const { unpriced: _, ...sums } = sumsOf(total)
  return { from: formatInstant(first.at), to: formatInstant(last.at), decisions, ...sums }
}

const rowOf = ({ terms, turn, reason, notional, pnl, ...where }: Difference): Row => ({
  at: formatInstant(where.at),
  turn,
  account: terms.account,
  strategy: terms.strategy,
  symbol: terms.symbol,
  side: terms.side,
  quantity: formatDecimal(terms.quantity, placesOfQuantity),
  notional: notional === undefined ? null : money(notional),
  pnl: pnl === undefined ? null : money(pnl),
  code: reason.code,
  message: reason.message,
  orderId: where.orderId,
  logPosition: where.logPosition.toString(),
})
const columns = [
  'at',
  'turn',
  'account',
  'strategy',
  'symbol',
  'side',
  'quantity',
  'notional',
  'pnl',
  'code',
  'orderId',
  'logPosition',
]

const whole = (subject: Subject, result: WhatIfResult): Row => {
  const { first, last, decisions, total, otherByRules, byFormerRules, byOtherWindows } = result
  return {
    ...subject,
    from: first === undefined ? null : formatInstant(first.at),
    to: last === undefined ? null : formatInstant(last.at),
    fromPosition: first?.logPosition.toString() ?? null,
    toPosition: last?.logPosition.toString() ?? null,
    decisions,
    ...sumsOf(total),
    otherByRules,
    byFormerRules,
    byOtherWindows,
    byReason: Object.fromEntries(result.byReason),
    byStrategy: [...result.byStrategy].map(([strategy, sums]) => ({ strategy, ...sumsOf(sums) })),
    rows: result.rows.map(rowOf),
    rowsLeftOut: result.rowsLeftOut,
    notKnown,
  }
}

export const showWhatIf = async (
  terminal: Terminal,
  format: Format,
  subject: Subject,
  result: WhatIfResult,
): Promise<void> => {
  const rows = result.rows.map(rowOf)
  const all = whole(subject, result)
  if (format === 'json') return showOne(terminal, format, all)
  if (format === 'csv') return showList(terminal, format, rows, columns)
  const { rows: _, rowsLeftOut: __, notKnown: ___, byStrategy, ...summary } = all
  await showOne(terminal, format, summary)
  if (result.byStrategy.size > 0) {
    terminal.out(`\n${terminal.bold('By strategy')}\n`)
    await showList(terminal, format, byStrategy as readonly Row[], [
      'strategy',
      'newlyDenied',
      'deniedNotional',
      'deniedPnl',
      'newlyApproved',
      'approvedNotional',
    ])
    terminal.out(`\n${terminal.bold('Decisions that would have been others')}\n`)
    await showList(terminal, format, rows, columns)
  }
  return undefined
}

const counted = (decisions: number): string =>
  decisions === 1 ? '1 decision' : `${String(decisions)} decisions`

/** Beside the figures, what they mean. */
export const remarksOn = (
  { currency }: Subject,
  { total, decisions, rowsLeftOut, otherByRules, byFormerRules, byOtherWindows }: WhatIfResult,
): readonly string[] => [
  total.newlyDenied + total.newlyApproved === 0
    ? `Of ${counted(decisions)} none would have been another.`
    : `Of ${counted(decisions)} ${String(total.newlyDenied)} would have been denied and ${String(total.newlyApproved)} approved that were not. Money is in ${currency}.`,
  ...(rowsLeftOut === 0
    ? []
    : [`${String(rowsLeftOut)} more are counted and not shown: --rows shows more.`]),
  ...(total.unpriced === 0
    ? []
    : [`${String(total.unpriced)} orders, holdings or fees had no price, and are in no sum.`]),
  ...(byFormerRules === 0
    ? []
    : [
        `${String(byFormerRules)} decisions are older than the book's trading days: they are decided by the rules of their time.`,
      ]),
  ...(byOtherWindows === 0
    ? []
    : [
        `Trading windows that were not in force judged ${counted(byOtherWindows)}, by the time-zone tables that this machine has today.`,
      ]),
  ...(otherByRules === 0
    ? []
    : [
        `${String(otherByRules)} decisions would be others by the rules of today alone, under the limits that were in force; what changes is told from there.`,
      ]),
  ...notKnown,
]

/** Whose word it is that stands with the proposal now. */
export const remarksOnAttached = (
  proposal: string,
  { assessments }: Row,
  { total }: WhatIfResult,
): readonly string[] => {
  const own: unknown = Array.isArray(assessments) ? assessments.at(-1) : undefined
  const without = total.unpriced === 0 ? '' : ' What has no price is not in it.'
  return [
    `It is attached to proposal ${proposal}. It is your word: the ledger does not compute it again.${without}`,
    ...(isRow(own) && own['byProposer'] === true
      ? [
          'You asked for these limits yourself, and whoever endorses them is told so: a second person does well to run what-if too.',
        ]
      : []),
  ]
}
