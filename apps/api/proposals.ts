/** What was asked of each book's control, and what its guard has made of it: the fold of control-<book> and the rulings. */
import { type LimitName, loosens } from '#domain/risk/control'
import type { RecordedEvent } from '#schemas/envelope'
import type { KillSwitchReleaseRequested, RiskLimitsProposed } from '#schemas/events/control'
import type { ControlRefused, KillSwitchReleased, RiskLimitsSet } from '#schemas/events/risk'
import type { BookId, ProposalId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

export type ProposalEvent = RiskLimitsProposed | KillSwitchReleaseRequested
export type RulingEvent = RiskLimitsSet | KillSwitchReleased | ControlRefused

export interface ProposalEntry {
  readonly asked: RecordedEvent<ProposalEvent>
  /** Of the limits in force when it was asked for, those that it would loosen. */
  readonly loosens: readonly LimitName[]
  /** Undefined: the guard has not decided yet. */
  readonly ruling: RecordedEvent<RulingEvent> | undefined
}

export interface Proposals {
  readonly proposal: (id: ProposalId) => ProposalEntry | undefined
  /** Of all books, oldest first. */
  readonly proposals: () => readonly ProposalEntry[]
}
export interface ProposalsFold extends Proposals {
  readonly apply: (recorded: RecordedEvent) => void
}

/** `inForce` answers the limits of a book as they are at that place of the log. */
export const proposalsFold = (inForce: (book: BookId) => Limits): ProposalsFold => {
  const entries = new Map<ProposalId, ProposalEntry>()
  return {
    proposal: (id) => entries.get(id),
    proposals: () => [...entries.values()],
    apply: (recorded) => {
      const { event } = recorded
      switch (event.type) {
        case 'RiskLimitsProposed':
        case 'KillSwitchReleaseRequested':
          if (!entries.has(event.proposalId)) {
            entries.set(event.proposalId, {
              asked: { ...recorded, event },
              loosens:
                event.type === 'RiskLimitsProposed'
                  ? loosens(inForce(event.book), event.limits)
                  : [],
              ruling: undefined,
            })
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
