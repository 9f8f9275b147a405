/** I10 and I1: while a kill switch stands, nothing that it forbids is approved or sent, and what was open is cancelled. */
import { units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import {
  grouped,
  type Json,
  list,
  type LogRow,
  named,
  orderOf,
  record,
  termsOf,
  text,
} from './log-row.ts'
import { filledOf, hasEnded, storiesOf, type Story } from './story.ts'

interface Switch {
  readonly id: string
  readonly row: LogRow
  /** Undefined: it stands still. */
  release: LogRow | undefined
}

export const killSwitchFindings = (rows: readonly LogRow[]): readonly Finding[] => {
  const switches = switchesIn(rows)
  return [
    noApprovalAgainst(rows, switches),
    nothingSentAgainst(rows, switches),
    everythingCancelled(rows, switches),
  ]
}

/** What is engaged again under a name that is known changes nothing. */
const switchesIn = (rows: readonly LogRow[]): readonly Switch[] => {
  const switches = new Map<string, Switch>()
  for (const row of named(rows, 'KillSwitchEngaged', 'KillSwitchReleased')) {
    if (row.type === 'KillSwitchEngaged') {
      const id = text(row.data['killSwitchId'])
      if (!switches.has(id)) switches.set(id, { id, row, release: undefined })
      continue
    }
    for (const id of list(row.data['killSwitchIds']).map(text)) {
      const released = switches.get(id)
      if (released !== undefined) released.release ??= row
    }
  }
  return [...switches.values()]
}

const covers = (scope: Json, terms: Json): boolean =>
  ['account', 'strategy', 'symbol'].every(
    (part) => scope[part] === undefined || scope[part] === terms[part],
  )
const forbids = ({ row }: Switch, terms: Json, reducing: boolean): boolean =>
  covers(record(row.data['scope']), terms) && (row.data['mode'] === 'halt' || !reducing)

/** In the order of the book's own stream. */
const stoodAt = ({ row, release }: Switch, stream: string, revision: bigint): boolean =>
  row.stream === stream &&
  row.revision <= revision &&
  (release === undefined || release.revision > revision)

const noApprovalAgainst = (rows: readonly LogRow[], switches: readonly Switch[]): Finding => {
  const approvals = named(rows, 'OrderApproved', 'AmendApproved')
  const wrong = approvals.flatMap((row) =>
    switches
      .filter(
        (each) =>
          stoodAt(each, row.stream, row.revision) &&
          forbids(each, termsOf(row), row.data['reducing'] === true),
      )
      .map(({ id }) => `order ${orderOf(row)} was approved against kill switch ${id}`),
  )
  const says = 'no approval against a kill switch that stood'
  return finding('I10', says, switches.length === 0 ? 0 : approvals.length, wrong)
}

const nothingSentAgainst = (rows: readonly LogRow[], switches: readonly Switch[]): Finding => {
  const approvals = new Map(named(rows, 'OrderApproved').map((row) => [orderOf(row), row]))
  const sent = named(rows, 'OrderSubmissionStarted')
  const wrong = sent.flatMap((row) => {
    const approval = approvals.get(orderOf(row))
    if (approval === undefined) return []
    const revision = BigInt(text(row.data['riskRevision']))
    return switches
      .filter(
        (each) =>
          stoodAt(each, approval.stream, revision) &&
          forbids(each, termsOf(row), approval.data['reducing'] === true),
      )
      .map(({ id }) => `order ${orderOf(row)} was sent against kill switch ${id}`)
  })
  const says = 'nothing was sent that a kill switch forbade as far as the gateway had read'
  return finding('I1', says, switches.length === 0 ? 0 : sent.length, wrong)
}

/** Those that it found open: approved before, forbidden by it, and not ended. */
const everythingCancelled = (rows: readonly LogRow[], switches: readonly Switch[]): Finding => {
  const asked = grouped(named(rows, 'OrderCancelRequested'), orderOf)
  const stories = storiesOf(rows)
  const wrong: string[] = []
  let examined = 0
  for (const each of switches) {
    for (const story of stories.filter((of) => wasOpenAt(of, each))) {
      examined += 1
      if (!asked.has(story.id) && !hasEnded(story))
        wrong.push(`order ${story.id} was left open by kill switch ${each.id}`)
    }
  }
  const says = 'every order that a kill switch found open was asked to be cancelled, or ended'
  return finding('I10', says, examined, wrong)
}
const wasOpenAt = ({ terms, approval, end, fills }: Story, each: Switch): boolean => {
  const { position } = each.row
  if (approval === undefined || approval.position > position) return false
  if (end !== undefined && end.position < position) return false
  const before = { fills: fills.filter((fill) => fill.position < position) }
  const isDone = filledOf(before) >= units(terms['quantity'])
  return !isDone && forbids(each, terms, approval.data['reducing'] === true)
}
