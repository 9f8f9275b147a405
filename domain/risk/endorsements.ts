/** Whose agreement makes what one person asked for the will of two. Persons are compared, never their keys. */
import type { HeldProposal } from '#domain/risk/proposals'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest, Endorsement } from '#schemas/events/control'
import type { PersonId } from '#schemas/values/ids'

/** By what each kind of request is agreed to. */
export const endorsementOf = {
  RiskLimitsProposed: 'RiskLimitsEndorsed',
  KillSwitchReleaseRequested: 'KillSwitchReleaseEndorsed',
  ControlChangeRequested: 'ControlChangeEndorsed',
} as const satisfies Readonly<Record<ControlRequest['type'], Endorsement['type']>>

/** The person who agrees to it; undefined where nobody does, or only whoever asked for it. */
export const secondPersonIn = (
  { event, metadata }: RecordedEvent<Endorsement>,
  asked: RecordedEvent<ControlRequest>,
): PersonId | undefined => {
  const { person } = metadata.actor
  const isAboutIt =
    endorsementOf[asked.event.type] === event.type &&
    event.proposalId === asked.event.proposalId &&
    event.book === asked.event.book
  return isAboutIt && person !== asked.metadata.actor.person ? person : undefined
}

/** Whether two persons want it, neither of them one of those who may not be. */
export const isWantedByTwo = (
  { asked, endorsers }: Pick<HeldProposal, 'asked' | 'endorsers'>,
  mayNot: (person: PersonId) => boolean,
): boolean => {
  const { person } = asked.metadata.actor
  return person !== undefined && endorsers.some((second) => !mayNot(second)) && !mayNot(person)
}
