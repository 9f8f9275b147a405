/** What persons ask of a book's control; the guard decides it on risk-<book>. Stream: control-<book>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { Count } from '#schemas/values/count'
import { Amount } from '#schemas/values/decimal'
import { BookId, KillSwitchId, Line, ProposalId } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { BookControl, Limits } from '#schemas/values/trading'

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

/** From `dual` to `single` loosens, and needs two persons; the other way tightens. */
export const ControlChangeRequested = fact('ControlChangeRequested', {
  book: BookId,
  proposalId: ProposalId,
  control: BookControl,
  reason: Line,
})

/** A second person agrees; who that is stands in the envelope. */
const endorsement = { book: BookId, proposalId: ProposalId, reason: Line }
export const RiskLimitsEndorsed = fact('RiskLimitsEndorsed', endorsement)
export const KillSwitchReleaseEndorsed = fact('KillSwitchReleaseEndorsed', endorsement)
export const ControlChangeEndorsed = fact('ControlChangeEndorsed', endorsement)

/** What limits would have made of past intents. */
export const assessment = {
  /** Of the decisions that were looked at, the first and the last. */
  from: Instant,
  to: Instant,
  decisions: Count,
  /** Approved under the limits in force, and denied under the proposed; and the other way round. */
  newlyDenied: Count,
  newlyApproved: Count,
  /** In the book's currency: what those orders were worth when they were decided. */
  deniedNotional: Amount,
  approvedNotional: Amount,
  /** What the fills of the newly denied have made until `to`, fees taken off. */
  deniedPnl: Amount,
}
/** Of proposed limits, for whoever has to endorse them. */
export const ProposalAssessed = fact('ProposalAssessed', {
  book: BookId,
  proposalId: ProposalId,
  ...assessment,
})

export const controlFacts = [
  RiskLimitsProposed,
  KillSwitchReleaseRequested,
  ControlChangeRequested,
  RiskLimitsEndorsed,
  KillSwitchReleaseEndorsed,
  ControlChangeEndorsed,
  ProposalAssessed,
] as const
export type ControlEvent = EventOf<(typeof controlFacts)[number]>
export type RiskLimitsProposed = EventOf<typeof RiskLimitsProposed>
export type KillSwitchReleaseRequested = EventOf<typeof KillSwitchReleaseRequested>
export type ControlChangeRequested = EventOf<typeof ControlChangeRequested>
export type RiskLimitsEndorsed = EventOf<typeof RiskLimitsEndorsed>
export type KillSwitchReleaseEndorsed = EventOf<typeof KillSwitchReleaseEndorsed>
export type ControlChangeEndorsed = EventOf<typeof ControlChangeEndorsed>
export type ProposalAssessed = EventOf<typeof ProposalAssessed>
/** What asks for something, and is ruled on. */
export type ControlRequest =
  | RiskLimitsProposed
  | KillSwitchReleaseRequested
  | ControlChangeRequested
export type Endorsement = RiskLimitsEndorsed | KillSwitchReleaseEndorsed | ControlChangeEndorsed
