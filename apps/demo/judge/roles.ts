/** Who wrote: every event that a person asked for carries a role that its key had, and a key that was still good. */
import { type Finding, finding } from './finding.ts'
import { list, type LogRow, named, orderOf, record, text } from './log-row.ts'

/** DEFAULTS, line 14: whoever asks for this has one of these roles. */
const roleFor: Readonly<Record<string, readonly string[]>> = {
  OrderIntentRecorded: ['trader'],
  OrderCancelRequested: ['trader', 'risk', 'operator'],
  RiskLimitsProposed: ['risk'],
  RiskLimitsEndorsed: ['risk'],
  KillSwitchReleaseRequested: ['risk'],
  KillSwitchReleaseEndorsed: ['risk'],
  ControlChangeRequested: ['risk'],
  ControlChangeEndorsed: ['risk'],
  AccountOpened: ['operator'],
  FundsDeposited: ['operator'],
  FundsWithdrawn: ['operator'],
  ApiKeyIssued: ['admin'],
  BookOpened: ['admin'],
}
/** The ledger signs with this name what no person asked for. */
const ledgerItself = 'daybook'

export const rolesFinding = (rows: readonly LogRow[]): Finding => {
  const keys = new Map<string, LogRow>()
  const revoked = new Set<string>()
  const owners = new Map(
    named(rows, 'OrderIntentRecorded').map((row) => [orderOf(row), actorOf(row)['person']]),
  )
  const wrong: string[] = []
  let examined = 0
  for (const row of rows) {
    const { person, key, role } = actorOf(row)
    if (person !== undefined && person !== ledgerItself && key !== undefined) {
      examined += 1
      const name = `${row.type} at ${String(row.position)}, by ${text(person)}`
      const issued = keys.get(text(key))
      const allowed = roleFor[row.type]
      if (issued?.data['person'] !== person) wrong.push(`${name}: the key is not that person's`)
      else if (revoked.has(text(key))) wrong.push(`${name}: the key had been revoked`)
      else if (role !== undefined && !list(issued.data['roles']).includes(role))
        wrong.push(`${name}: the key is not one of ${text(role)}`)
      if (allowed !== undefined && !allowed.includes(text(role)))
        wrong.push(`${name}: as ${text(role)}, and it takes ${allowed.join(' or ')}`)
      if (
        row.type === 'OrderCancelRequested' &&
        role === 'trader' &&
        owners.get(orderOf(row)) !== person
      )
        wrong.push(`${name}: the order is another's`)
    }
    if (row.type === 'ApiKeyIssued') keys.set(text(row.data['keyId']), row)
    if (row.type === 'ApiKeyRevoked') revoked.add(text(row.data['keyId']))
  }
  return finding(
    'roles',
    'whoever asked had the role for it, and a key that was good',
    examined,
    wrong,
  )
}
const actorOf = (row: LogRow): Readonly<Record<string, unknown>> => record(row.metadata['actor'])
