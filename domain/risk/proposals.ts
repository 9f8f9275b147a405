/** What persons ask of the control of books and its guard has not decided yet: the fold of control-<book>. */
import { faultsInLimits, type LimitName, overlap } from '#domain/risk/control'
import { secondPersonIn } from '#domain/risk/endorsements'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest, Endorsement } from '#schemas/events/control'
import type { BookId, PersonId, ProposalId } from '#schemas/values/ids'

export interface HeldProposal {
  readonly asked: RecordedEvent<ControlRequest>
  /** The next one in the log that names some of the same limits: of what loosens, the last word counts. */
  readonly supersededBy: Superseding | undefined
  /** Who agrees to it, each once, and never whoever asked for it. */
  readonly endorsers: readonly PersonId[]
}
export interface Superseding {
  readonly proposalId: ProposalId
  readonly limits: readonly LimitName[]
}
export interface Proposals {
  /** Of one book, in log order. */
  readonly of: (book: BookId) => ReadonlyMap<ProposalId, HeldProposal>
}
export interface ProposalsFold extends Proposals {
  readonly apply: (asked: RecordedEvent<ControlRequest>) => void
  /** Of what was never asked for, or was ruled on already, it changes nothing. */
  readonly endorse: (endorsed: RecordedEvent<Endorsement>) => void
  /** The ruling on it stands in the log. */
  readonly ruled: (book: BookId, proposal: ProposalId) => void
}

type Known = { -readonly [Key in keyof HeldProposal]: HeldProposal[Key] }
const nobody: ReadonlyMap<ProposalId, HeldProposal> = new Map()

/** All that the fold knows, as data. */
export interface ProposalsState {
  readonly waiting: Map<BookId, Map<ProposalId, Known>>
  /** Persons make them, so that there will never be many. */
  readonly known: Set<ProposalId>
}
export const noProposals = (): ProposalsState => ({ waiting: new Map(), known: new Set() })

export const proposalsFold = (state: ProposalsState = noProposals()): ProposalsFold => {
  const { waiting, known } = state
  return {
    of: (book) => waiting.get(book) ?? nobody,
    apply: (asked) => {
      const { book, proposalId } = asked.event
      if (known.has(proposalId)) return
      known.add(proposalId)
      const held = waiting.get(book) ?? new Map<ProposalId, Known>()
      waiting.set(book, held)
      for (const older of held.values()) older.supersededBy ??= supersedes(asked.event, older)
      held.set(proposalId, { asked, supersededBy: undefined, endorsers: [] })
    },
    endorse: (endorsed) => {
      const { book, proposalId } = endorsed.event
      const held = waiting.get(book)?.get(proposalId)
      const person = held && secondPersonIn(endorsed, held.asked)
      if (held === undefined || person === undefined || held.endorsers.includes(person)) return
      held.endorsers = [...held.endorsers, person]
    },
    ruled: (book, proposal) => {
      waiting.get(book)?.delete(proposal)
    },
  }
}

/** What will never be set takes no other's place. */
const supersedes = (younger: ControlRequest, { asked }: HeldProposal): Superseding | undefined => {
  const older = asked.event
  if (younger.type !== 'RiskLimitsProposed' || older.type !== 'RiskLimitsProposed') return undefined
  if (faultsInLimits(younger.limits).length > 0) return undefined
  const limits = overlap(older.limits, younger.limits)
  return limits.length === 0 ? undefined : { proposalId: younger.proposalId, limits }
}
