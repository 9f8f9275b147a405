/** What was sent, and by whose word: approvals, submissions, decisions, fills, keys, and the order of the log itself. */
import { type Finding, finding } from './finding.ts'
import {
  fillsIn,
  keyOf,
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

export const sendingFindings = (rows: readonly LogRow[]): readonly Finding[] => [
  everySubmissionWasApproved(rows),
  oneAttemptEach(rows),
  oneDecisionEach(rows),
  oneCountPerTrade(rows),
  oneOrder(rows),
  oneEffectPerKey(rows),
]

const sameTerms = (a: unknown, b: unknown): boolean => {
  const keys = new Set([...Object.keys(record(a)), ...Object.keys(record(b))])
  return [...keys].every((key) => record(a)[key] === record(b)[key])
}

/** P2 and I1: every submission names one earlier approval of its order that no other names, with the same terms, in time. */
const everySubmissionWasApproved = (rows: readonly LogRow[]): Finding => {
  const approvals = new Map(
    named(rows, 'OrderApproved').map((row) => [text(row.metadata['id']), row]),
  )
  const intents = new Map(named(rows, 'OrderIntentRecorded').map((row) => [orderOf(row), row]))
  const submissions = named(rows, 'OrderSubmissionStarted')
  const wrong = submissions.flatMap((row) => {
    const approval = approvals.get(text(row.data['approvalId']))
    const name = `order ${orderOf(row)} at ${String(row.position)}`
    if (approval === undefined) return [`${name}: no such approval`]
    if (approval.position > row.position) return [`${name}: approved afterwards`]
    if (orderOf(approval) !== orderOf(row)) return [`${name}: approval of another order`]
    if (!sameTerms(approval.data['terms'], row.data['terms'])) return [`${name}: other terms`]
    if (!sameTerms(intents.get(orderOf(row))?.data['terms'], row.data['terms']))
      return [`${name}: other terms than were asked for`]
    if (writtenAt(row) > when(approval.data['expiresAt']))
      return [`${name}: the approval had expired`]
    return []
  })
  const twice = repeated(submissions.map((row) => text(row.data['approvalId'])))
  return finding(
    'P2',
    'no order was sent without its own recorded, unexpired approval for exactly those terms',
    submissions.length,
    [...wrong, ...twice.map((id) => `approval ${id} was used twice`)],
  )
}

/** P3: one wire attempt per order. */
const oneAttemptEach = (rows: readonly LogRow[]): Finding => {
  const submissions = named(rows, 'OrderSubmissionStarted')
  return finding(
    'P3',
    'no order was sent twice',
    submissions.length,
    repeated(submissions.map(orderOf)).map((id) => `order ${id} was submitted twice`),
  )
}

const undecidedFor = 10 * second
/** I12: one decision per intent; a decision or a lapse for each, but for those too young. */
const oneDecisionEach = (rows: readonly LogRow[]): Finding => {
  const decisions = named(rows, 'OrderApproved', 'OrderDenied').map(orderOf)
  const settled = new Set([...decisions, ...named(rows, 'OrderLapsed').map(orderOf)])
  const intents = named(rows, 'OrderIntentRecorded')
  const known = new Set(intents.map(orderOf))
  const newest = rows.reduce((at, row) => Math.max(at, writtenAt(row)), 0)
  const open = intents.filter((row) => !settled.has(orderOf(row)))
  const isYoung = (row: LogRow): boolean => newest - writtenAt(row) <= undecidedFor
  return finding(
    'I12',
    'every intent has exactly one decision, or lapsed',
    intents.length,
    [
      ...repeated(decisions).map((id) => `order ${id} was decided twice`),
      ...decisions.filter((id) => !known.has(id)).map((id) => `no intent for decided order ${id}`),
      ...open.filter((row) => !isYoung(row)).map((row) => `order ${orderOf(row)} is undecided`),
    ],
    open.filter(isYoung).map((row) => `order ${orderOf(row)} is undecided, and young`),
  )
}

/** I23: revisions are dense, positions rise, and what caused an event stands before it. */
const oneOrder = (rows: readonly LogRow[]): Finding => {
  const next = new Map<string, bigint>()
  const seen = new Set<string>()
  let last = 0n
  const wrong: string[] = []
  for (const row of rows) {
    const expected = next.get(row.stream) ?? 0n
    if (row.revision !== expected) wrong.push(`${row.stream} misses revision ${String(expected)}`)
    if (row.position <= last) wrong.push(`position ${String(row.position)} does not rise`)
    const cause = text(row.metadata['causationId'])
    if (cause !== '' && !seen.has(cause))
      wrong.push(`${row.type} at ${String(row.position)} has a later cause`)
    next.set(row.stream, row.revision + 1n)
    seen.add(text(row.metadata['id']))
    last = row.position
  }
  return finding('I23', 'one dense order, causes first', rows.length, wrong)
}

/** What one request writes: of these, one event each. A first key is issued together with the person. */
const requested = [
  'OrderIntentRecorded',
  'AccountOpened',
  'FundsDeposited',
  'FundsWithdrawn',
  'ApiKeyIssued',
  'RiskLimitsProposed',
  'KillSwitchReleaseRequested',
]
/** I24: one effect per key: nothing that one person asked for under one key stands there twice. */
const oneEffectPerKey = (rows: readonly LogRow[]): Finding => {
  const keyed = named(rows, ...requested).filter(({ metadata }) => 'idempotencyKey' in metadata)
  const keys = keyed.map(({ type, metadata, data }) =>
    JSON.stringify([
      record(metadata['actor'])['person'],
      metadata['idempotencyKey'],
      type,
      // The account is part of the route.
      type.startsWith('Funds') ? data['account'] : '',
    ]),
  )
  return finding(
    'I24',
    'one idempotency key, one effect',
    keyed.length,
    repeated(keys).map((key) => `key ${key} had two effects`),
  )
}

/** A trade counts once, by account, symbol, order and trade id (I14). */
const oneCountPerTrade = (rows: readonly LogRow[]): Finding => {
  const fills = fillsIn(rows)
  const keys = fills.map(({ data }) =>
    keyOf(data, 'venue', 'account', 'symbol', 'orderId', 'venueOrderId', 'tradeId'),
  )
  return finding(
    'I14',
    'no fill counts twice',
    fills.length,
    repeated(keys).map((key) => `fill ${key} stands twice`),
  )
}
