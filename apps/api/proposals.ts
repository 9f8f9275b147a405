/** What was asked of each book's control, and what its guard has made of it: the fold of control-<book> and the rulings. */
import type { RecordedEvent } from '#schemas/envelope'
import type { KillSwitchReleaseRequested, RiskLimitsProposed } from '#schemas/events/control'
import type { ControlRefused, KillSwitchReleased, RiskLimitsSet } from '#schemas/events/risk'
import type { BookId, ProposalId } from '#schemas/values/ids'

export type ProposalEvent = RiskLimitsProposed | KillSwitchReleaseRequested
export type RulingEvent = RiskLimitsSet | KillSwitchReleased | ControlRefused

export interface ProposalEntry {
  readonly asked: RecordedEvent<ProposalEvent>
  /** Undefined: the guard has not decided yet. */
  readonly ruling: RecordedEvent<RulingEvent> | undefined
}

export interface Proposals {
  readonly proposal: (id: ProposalId) => ProposalEntry | undefined
  /** Of one book, oldest first. */
  readonly proposals: (book: BookId) => readonly ProposalEntry[]
}
export interface ProposalsFold extends Proposals {
  readonly apply: (recorded: RecordedEvent) => void
}

export const proposalsFold = (): ProposalsFold => {
  const entries = new Map<ProposalId, ProposalEntry>()
  return {
    proposal: (id) => entries.get(id),
    proposals: (book) => [...entries.values()].filter(({ asked }) => asked.event.book === book),
    apply: (recorded) => {
      const { event } = recorded
      switch (event.type) {
        case 'RiskLimitsProposed':
        case 'KillSwitchReleaseRequested':
          if (!entries.has(event.proposalId)) {
            entries.set(event.proposalId, { asked: { ...recorded, event }, ruling: undefined })
          }
          return
        case 'RiskLimitsSet':
        case 'KillSwitchReleased':
        case 'ControlRefused': {
          const entry = entries.get(event.proposalId)
          if (entry !== undefined && entry.ruling === undefined) {
            entries.set(event.proposalId, { ...entry, ruling: { ...recorded, event } })
          }
          return
        }
        default:
          return
      }
    },
  }
}
