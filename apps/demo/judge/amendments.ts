/** Amendments, as orders: each was approved for what was sent, was sent once, and was decided once. */
import { type Finding, finding } from './finding.ts'
import {
  type LogRow,
  named,
  orderOf,
  record,
  repeated,
  second,
  text,
  when,
  writtenAt,
} from './log-row.ts'

export const amendmentFindings = (rows: readonly LogRow[]): readonly Finding[] => [
  everyAmendmentWasApproved(rows),
  oneDecisionEach(rows),
]

const amendmentOf = ({ data }: LogRow): string => text(data['amendmentId'])
const byAmendment = (rows: readonly LogRow[], type: string): ReadonlyMap<string, LogRow> =>
  new Map(named(rows, type).map((row) => [amendmentOf(row), row]))

/** P2, P3 and I1. */
const everyAmendmentWasApproved = (rows: readonly LogRow[]): Finding => {
  const approvals = new Map(
    named(rows, 'AmendApproved').map((row) => [text(row.metadata['id']), row]),
  )
  const requests = byAmendment(rows, 'OrderAmendRequested')
  const sent = named(rows, 'OrderAmendStarted')
  const done = named(rows, 'OrderAmended')
  const started = byAmendment(rows, 'OrderAmendStarted')
  const wrong = sent.flatMap((row) => {
    const name = nameOf(row)
    const approval = approvals.get(text(row.data['approvalId']))
    if (approval === undefined) return [`${name}: no such approval`]
    if (approval.position > row.position) return [`${name}: approved afterwards`]
    if (orderOf(approval) !== orderOf(row) || amendmentOf(approval) !== amendmentOf(row))
      return [`${name}: approval of another amendment`]
    if (!sameTerms(approval, row)) return [`${name}: other terms than were approved`]
    if (!sameTerms(requests.get(amendmentOf(row)), row))
      return [`${name}: other terms than were asked for`]
    return writtenAt(row) > when(approval.data['expiresAt'])
      ? [`${name}: the approval had expired`]
      : []
  })
  const unsent = done.filter((row) => !sameTerms(started.get(amendmentOf(row)), row))
  return finding(
    'P2 amend',
    'no amendment was sent without its own recorded, unexpired approval for exactly those terms, nor twice',
    sent.length,
    [
      ...wrong,
      ...repeated(sent.map(amendmentOf)).map((id) => `amendment ${id} was sent twice`),
      ...unsent.map((row) => `${nameOf(row)} was done otherwise than it was sent`),
    ],
  )
}
const nameOf = (row: LogRow): string => `amendment ${amendmentOf(row)} at ${String(row.position)}`
const sameTerms = (a: LogRow | undefined, b: LogRow): boolean => {
  const [one, other] = [record(a?.data['terms']), record(b.data['terms'])]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => one[key] === other[key])
}

const undecidedFor = 10 * second
/** I12: one decision each; a decision, a refusal or the end of its order for each, but for those too young. */
const oneDecisionEach = (rows: readonly LogRow[]): Finding => {
  const decisions = named(rows, 'AmendApproved', 'AmendDenied').map(amendmentOf)
  const settled = new Set([...decisions, ...named(rows, 'OrderAmendRefused').map(amendmentOf)])
  const ended = new Set(named(rows, ...ends).map(orderOf))
  const requests = named(rows, 'OrderAmendRequested')
  const known = new Set(requests.map(amendmentOf))
  const newest = rows.reduce((at, row) => Math.max(at, writtenAt(row)), 0)
  const open = requests.filter(
    (row) =>
      !settled.has(amendmentOf(row)) &&
      !ended.has(orderOf(row)) &&
      newest - writtenAt(row) > undecidedFor,
  )
  return finding(
    'I12 amend',
    'every amendment has exactly one decision, or came to nothing',
    requests.length,
    [
      ...repeated(decisions).map((id) => `amendment ${id} was decided twice`),
      ...decisions.filter((id) => !known.has(id)).map((id) => `nobody asked for amendment ${id}`),
      ...open.map((row) => `amendment ${amendmentOf(row)} is undecided`),
    ],
  )
}
const ends = ['OrderFilled', 'OrderCancelled', 'OrderExpired', 'OrderRefused', 'OrderLapsed']
