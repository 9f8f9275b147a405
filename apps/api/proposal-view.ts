/** What was asked of a book's control as REST shows it. */
import { effectiveAtOf } from '#domain/risk/control'
import type { ProposalReply, ProposalState } from '#schemas/api/control'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { Limits } from '#schemas/values/trading'
import type { ProposalEntry } from './proposals.ts'

export const stateOf = ({ ruling }: ProposalEntry): ProposalState => {
  if (ruling === undefined) return 'pending'
  return ruling.event.type === 'ControlRefused' ? 'refused' : 'effective'
}

/** The first moment at which its guard may decide it; undefined: at once. */
export const waitsUntil = ({ asked, loosens }: ProposalEntry): Instant | undefined =>
  asked.event.type === 'KillSwitchReleaseRequested' || loosens.length > 0
    ? effectiveAtOf(asked.metadata.occurredAt)
    : undefined

export const proposalView = (entry: ProposalEntry): ProposalReply => {
  const { asked, loosens, ruling } = entry
  const { event, metadata, position } = asked
  const isRelease = event.type === 'KillSwitchReleaseRequested'
  return {
    id: event.proposalId,
    book: event.book,
    type: isRelease ? 'release' : 'limits',
    state: stateOf(entry),
    limits: isRelease ? null : Limits.encode(event.limits),
    loosens,
    killSwitches: isRelease ? event.killSwitchIds : null,
    reason: event.reason,
    person: metadata.actor.person ?? null,
    requestedAt: formatInstant(metadata.occurredAt),
    effectiveAt: shown(effectiveAt(entry)),
    decidedAt: shown(ruling?.metadata.occurredAt),
    refusal: ruling?.event.type === 'ControlRefused' ? ruling.event.reason : null,
    logPosition: position.toString(),
  }
}

const effectiveAt = (entry: ProposalEntry): Instant | undefined => {
  const { ruling } = entry
  if (ruling === undefined) return waitsUntil(entry)
  return ruling.event.type === 'ControlRefused' ? undefined : ruling.event.at
}
const shown = (at: Instant | undefined): string | null =>
  at === undefined ? null : formatInstant(at)
