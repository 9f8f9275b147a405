/** Every promise that a log and its books can be held to, each with what breaks it. */
import { amendmentFindings } from './amendments.ts'
import { cashFinding, positionsFinding, trialBalanceFinding } from './books.ts'
import { controlFindings } from './control.ts'
import { derivedFinding } from './derived.ts'
import type { Evidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import { fundingFinding } from './funding.ts'
import { killSwitchFindings } from './kill-switches.ts'
import { limitFindings } from './limits.ts'
import { orderKindFindings } from './order-kinds.ts'
import { reduceOnlyFinding } from './reducing.ts'
import { rolesFinding } from './roles.ts'
import { sendingFindings } from './sending.ts'
import { stopFinding } from './stops.ts'

/** What every ledger that has traded can be held to. */
export const commonFindings = (evidence: Evidence): readonly Finding[] => {
  const { rows, stored, holdings, cash, postings } = evidence
  return [
    ...sendingFindings(rows),
    ...amendmentFindings(rows),
    ...limitFindings(rows),
    derivedFinding(stored),
    rolesFinding(rows),
    positionsFinding(rows, holdings),
    cashFinding(rows, cash),
    trialBalanceFinding(postings),
  ]
}

/** What one can be held to besides in which orders of every kind were placed, and which was controlled and funded. */
export const furtherFindings = (
  { rows, tape }: Evidence,
  fundingIntervalMs: number,
): readonly Finding[] => [
  ...orderKindFindings(rows),
  stopFinding(rows, tape),
  reduceOnlyFinding(rows),
  ...killSwitchFindings(rows),
  ...controlFindings(rows),
  fundingFinding(rows, fundingIntervalMs),
]
