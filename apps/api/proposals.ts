/** What was asked of each book's control, who agreed, and what its guard has made of it: the fold of control-<book> and the rulings. */
import { type LimitName, loosens, overlap } from '#domain/risk/control'
import { secondPersonIn } from '#domain/risk/endorsements'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest, Endorsement, ProposalAssessed } from '#schemas/events/control'
import type {
  ControlChanged,
  ControlRefused,
  KillSwitchReleased,
  RiskLimitsSet,
} from '#schemas/events/risk'
import type { BookId, ProposalId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

export type RulingEvent = RiskLimitsSet | KillSwitchReleased | ControlChanged | ControlRefused

export interface ProposalEntry {
  readonly asked: RecordedEvent<ControlRequest>
  /** Of the limits in force when it was asked for, those that it would loosen. */
  readonly loosens: readonly LimitName[]
  /** Those limits. */
  readonly inForce: Limits
  /** Proposals that waited when it was asked for and name some of its limits: it takes their place. */
  readonly displaces: readonly Displaced[]
  /** The first of each person who agreed before it was decided, but of whoever asked for it. */
  readonly endorsements: readonly RecordedEvent<Endorsement>[]
  /** The newest of each person: nobody displaces what another has found. */
  readonly assessments: readonly RecordedEvent<ProposalAssessed>[]
  /** Undefined: the guard has not decided yet. */
  readonly ruling: RecordedEvent<RulingEvent> | undefined
}

export interface Displaced {
  readonly proposalId: ProposalId
  /** Those that both name, and those that are dropped with them. */
  readonly limits: readonly LimitName[]
  readonly rest: readonly LimitName[]
}

export interface Proposals {
  readonly proposal: (id: ProposalId) => ProposalEntry | undefined
  /** Of all books, oldest first. */
  readonly proposals: () => readonly ProposalEntry[]
  /** Those of a book that its guard has not decided yet, oldest first. */
  readonly pending: (book: BookId) => readonly ProposalEntry[]
}
export interface ProposalsFold extends Proposals {
  readonly apply: (recorded: RecordedEvent) => void
}

/** Of more persons nobody reads. */
const assessmentsMax = 5

/** `inForce` answers the limits of a book as they are at that place of the log. */
export const proposalsFold = (inForce: (book: BookId) => Limits): ProposalsFold => {
  const entries = new Map<ProposalId, ProposalEntry>()
  const open = new Set<ProposalId>()
  const change = (id: ProposalId, become: (entry: ProposalEntry) => ProposalEntry): void => {
    const entry = entries.get(id)
    if (entry !== undefined && entry.ruling === undefined) entries.set(id, become(entry))
  }
  return {
    proposal: (id) => entries.get(id),
    proposals: () => [...entries.values()],
    pending: (book) =>
      [...open].flatMap((id) => {
        const entry = entries.get(id)
        return entry?.asked.event.book === book ? [entry] : []
      }),
    apply: (recorded) => {
      const { event } = recorded
      switch (event.type) {
        case 'RiskLimitsProposed':
        case 'KillSwitchReleaseRequested':
        case 'ControlChangeRequested':
          if (entries.has(event.proposalId)) return
          entries.set(
            event.proposalId,
            entryOf(
              { ...recorded, event },
              inForce(event.book),
              [...open].flatMap((id) => displacedBy(event, entries.get(id))),
            ),
          )
          open.add(event.proposalId)
          return
        case 'RiskLimitsEndorsed':
        case 'KillSwitchReleaseEndorsed':
        case 'ControlChangeEndorsed':
          change(event.proposalId, (entry) => endorsedBy(entry, { ...recorded, event }))
          return
        case 'ProposalAssessed':
          change(event.proposalId, (entry) => assessedBy(entry, { ...recorded, event }))
          return
        case 'RiskLimitsSet':
        case 'KillSwitchReleased':
        case 'ControlChanged':
        case 'ControlRefused':
          change(event.proposalId, (entry) => ({ ...entry, ruling: { ...recorded, event } }))
          open.delete(event.proposalId)
          return
        default:
          return
      }
    },
  }
}

/** As it is when it was just asked for, of a book with these limits. */
export const entryOf = (
  asked: RecordedEvent<ControlRequest>,
  limits: Limits,
  displaces: readonly Displaced[] = [],
): ProposalEntry => ({
  asked,
  inForce: limits,
  displaces,
  loosens: asked.event.type === 'RiskLimitsProposed' ? loosens(limits, asked.event.limits) : [],
  endorsements: [],
  assessments: [],
  ruling: undefined,
})

/** What only tightens is set all the same. */
const displacedBy = (
  younger: ControlRequest,
  older: ProposalEntry | undefined,
): readonly Displaced[] => {
  const event = older?.asked.event
  if (younger.type !== 'RiskLimitsProposed' || event?.type !== 'RiskLimitsProposed') return []
  if (event.book !== younger.book || older?.loosens.length === 0) return []
  const limits = overlap(event.limits, younger.limits)
  const rest = overlap(event.limits, event.limits).filter((name) => !limits.includes(name))
  return limits.length === 0 ? [] : [{ proposalId: event.proposalId, limits, rest }]
}

const endorsedBy = (entry: ProposalEntry, endorsed: RecordedEvent<Endorsement>): ProposalEntry => {
  const person = secondPersonIn(endorsed, entry.asked)
  const isNew = entry.endorsements.every(({ metadata }) => metadata.actor.person !== person)
  return person !== undefined && isNew
    ? { ...entry, endorsements: [...entry.endorsements, endorsed] }
    : entry
}
const assessedBy = (
  entry: ProposalEntry,
  assessed: RecordedEvent<ProposalAssessed>,
): ProposalEntry => {
  const { person } = assessed.metadata.actor
  const others = entry.assessments.filter(({ metadata }) => metadata.actor.person !== person)
  return { ...entry, assessments: [...others, assessed].slice(-assessmentsMax) }
}
