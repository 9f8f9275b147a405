/** What persons ask of a book's control; the guard decides it on risk-<book>. Stream: control-<book>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { BookId, KillSwitchId, Line, ProposalId } from '#schemas/values/ids'
import { Limits } from '#schemas/values/trading'

/** The limits that it names, as they are to be from then on; those that it does not name stay as they are. */
export const RiskLimitsProposed = fact('RiskLimitsProposed', {
  book: BookId,
  proposalId: ProposalId,
  limits: Limits,
  reason: Line,
})
/** These kill switches, and no other that is engaged later. */
export const KillSwitchReleaseRequested = fact('KillSwitchReleaseRequested', {
  book: BookId,
  proposalId: ProposalId,
  killSwitchIds: t.readonlyArray(KillSwitchId),
  reason: Line,
})

export const controlFacts = [RiskLimitsProposed, KillSwitchReleaseRequested] as const
export type ControlEvent = EventOf<(typeof controlFacts)[number]>
export type RiskLimitsProposed = EventOf<typeof RiskLimitsProposed>
export type KillSwitchReleaseRequested = EventOf<typeof KillSwitchReleaseRequested>
