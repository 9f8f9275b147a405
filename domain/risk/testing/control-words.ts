/** The words of the tests of control: what persons ask for, with everything that does not matter filled in. */
import { main } from '#domain/risk/testing/words'
import { uuidOf } from '#domain/testing/fixed'
import type { ControlRequest } from '#schemas/events/control'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { KillSwitchId, Line, ProposalId } from '#schemas/values/ids'
import type { BookControl, Limits } from '#schemas/values/trading'

export const killSwitchId = (n: number): KillSwitchId => uuidOf<KillSwitchId>(n)
export const proposalId = (n: number): ProposalId => uuidOf<ProposalId>(0xb000 + n)
export const proposed = (n: number, of: Limits, book = main): LedgerEvent => ({
  type: 'RiskLimitsProposed',
  book,
  proposalId: proposalId(n),
  limits: of,
  reason: 'because' as Line,
})
/** The kill switches of these numbers. */
export const releaseAsked = (n: number, ...killSwitches: readonly number[]): LedgerEvent => ({
  type: 'KillSwitchReleaseRequested',
  book: main,
  proposalId: proposalId(n),
  killSwitchIds: killSwitches.map(killSwitchId),
  reason: 'it is over' as Line,
})
export const controlAsked = (n: number, control: BookControl): LedgerEvent => ({
  type: 'ControlChangeRequested',
  book: main,
  proposalId: proposalId(n),
  control,
  reason: 'so it is safer' as Line,
})

const agreed = (n: number, book = main) => ({
  book,
  proposalId: proposalId(n),
  reason: 'I agree' as Line,
})
export const limitsEndorsed = (n: number, book = main): LedgerEvent => ({
  type: 'RiskLimitsEndorsed',
  ...agreed(n, book),
})
export const releaseEndorsed = (n: number): LedgerEvent => ({
  type: 'KillSwitchReleaseEndorsed',
  ...agreed(n),
})
export const controlEndorsed = (n: number): LedgerEvent => ({
  type: 'ControlChangeEndorsed',
  ...agreed(n),
})

export const isRequest = (event: LedgerEvent): event is ControlRequest =>
  event.type === 'RiskLimitsProposed' ||
  event.type === 'KillSwitchReleaseRequested' ||
  event.type === 'ControlChangeRequested'
/** Of the kind that the request is. */
export const endorsing = ({ type, book, proposalId: of }: ControlRequest): LedgerEvent => {
  const said = { book, proposalId: of, reason: 'I agree' as Line }
  switch (type) {
    case 'RiskLimitsProposed':
      return { type: 'RiskLimitsEndorsed', ...said }
    case 'KillSwitchReleaseRequested':
      return { type: 'KillSwitchReleaseEndorsed', ...said }
    case 'ControlChangeRequested':
      return { type: 'ControlChangeEndorsed', ...said }
  }
}
