/** What was asked of a book's control as REST shows it. */
import { effectiveAtOf, expiresAtOf, loosens } from '#domain/risk/control'
import { isWantedByTwo } from '#domain/risk/endorsements'
import type { ProposalReply, ProposalState } from '#schemas/api/control'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest, Endorsement, ProposalAssessed } from '#schemas/events/control'
import { type Amount, formatDecimal, placesOfAmount } from '#schemas/values/decimal'
import type { KillSwitchId, PersonId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { Limits } from '#schemas/values/trading'
import type { BookEntry, Directory } from './directory.ts'
import { changesIn, notesOn } from './limit-changes.ts'
import type { ProposalEntry } from './proposals.ts'

export const stateOf = ({ ruling }: ProposalEntry): ProposalState => {
  if (ruling === undefined) return 'pending'
  return ruling.event.type === 'ControlRefused' ? 'refused' : 'effective'
}

/** Whoever engaged one of them that still stands; a kill switch of the guard's own has nobody. */
export const engagersOf = (
  book: BookEntry | undefined,
  killSwitches: readonly KillSwitchId[],
): ReadonlySet<PersonId> => {
  const named = new Set(killSwitches)
  const standing = (book?.killSwitches ?? []).filter(({ event }) => named.has(event.killSwitchId))
  return new Set(standing.flatMap(({ metadata }) => metadata.actor.person ?? []))
}

/** Whether it could take effect only in time, or by a second person: what tightens now is set at once. */
export const hasToWait = (event: ControlRequest, book: BookEntry | undefined): boolean => {
  switch (event.type) {
    case 'RiskLimitsProposed':
      return loosens(book?.limits ?? {}, event.limits).length > 0
    case 'KillSwitchReleaseRequested':
      return true
    case 'ControlChangeRequested':
      return event.control === 'single' && book?.control === 'dual'
  }
}

/** Whether a second person has to agree before it can take effect. */
export const needsSecond = (entry: ProposalEntry, book: BookEntry | undefined): boolean => {
  const { asked, endorsements, ruling } = entry
  if (book?.control !== 'dual' || ruling !== undefined || !hasToWait(asked.event, book))
    return false
  const { event } = asked
  const engagers = engagersOf(
    book,
    event.type === 'KillSwitchReleaseRequested' ? event.killSwitchIds : [],
  )
  const endorsers = endorsements.flatMap(({ metadata }) => metadata.actor.person ?? [])
  return !isWantedByTwo({ asked, endorsers }, (who) => engagers.has(who))
}

/** The first moment at which its guard may decide it by itself; undefined: at once, or never. */
export const waitsUntil = (
  entry: ProposalEntry,
  book: BookEntry | undefined,
): Instant | undefined =>
  hasToWait(entry.asked.event, book) && book?.control !== 'dual'
    ? effectiveAtOf(entry.asked.metadata.occurredAt)
    : undefined

export const proposalView = (
  entry: ProposalEntry,
  { book: bookOf }: Pick<Directory, 'book'>,
): ProposalReply => {
  const { asked, endorsements, assessments, ruling } = entry
  const { event, metadata, position } = asked
  const book = bookOf(event.book)
  const isWaiting = ruling === undefined && hasToWait(event, book)
  return {
    id: event.proposalId,
    book: event.book,
    ...subjectOf(event),
    state: stateOf(entry),
    loosens: entry.loosens,
    changes: event.type === 'RiskLimitsProposed' ? changesIn(entry.inForce, event.limits) : [],
    notes: ruling === undefined ? notesIn(entry) : [],
    reason: event.reason,
    person: metadata.actor.person ?? null,
    requestedAt: formatInstant(metadata.occurredAt),
    effectiveAt: shown(effectiveAt(entry, book)),
    needs: needsSecond(entry, book) ? 'secondPerson' : null,
    expiresAt: shown(isWaiting ? expiresAtOf(metadata.occurredAt) : undefined),
    endorsements: endorsements.map(endorsementView),
    assessments: assessments.map(assessmentView(asked)),
    decidedAt: shown(ruling?.metadata.occurredAt),
    refusal: ruling?.event.type === 'ControlRefused' ? ruling.event.reason : null,
    logPosition: position.toString(),
  }
}

const notesIn = ({ asked: { event }, inForce, displaces }: ProposalEntry): readonly string[] =>
  event.type !== 'RiskLimitsProposed'
    ? []
    : [
        ...notesOn(inForce, event.limits),
        ...displaces.map(({ proposalId, limits, rest }) => {
          const again =
            rest.length === 0 ? '' : `: propose ${rest.join(', ')} again if still wanted`
          return `It takes the place of proposal ${proposalId}, which names ${limits.join(', ')} too${again}.`
        }),
      ]

const subjectOf = (
  event: ControlRequest,
): Pick<ProposalReply, 'type' | 'limits' | 'killSwitches' | 'control'> => {
  const nothing = { limits: null, killSwitches: null, control: null }
  switch (event.type) {
    case 'RiskLimitsProposed':
      return { ...nothing, type: 'limits', limits: Limits.encode(event.limits) }
    case 'KillSwitchReleaseRequested':
      return { ...nothing, type: 'release', killSwitches: event.killSwitchIds }
    case 'ControlChangeRequested':
      return { ...nothing, type: 'control', control: event.control }
  }
}
const endorsementView = ({ event, metadata }: RecordedEvent<Endorsement>) => ({
  person: metadata.actor.person ?? '',
  reason: event.reason,
  endorsedAt: formatInstant(metadata.occurredAt),
})
type Assessment = ProposalReply['assessments'][number]
const assessmentView =
  ({ metadata: asked }: RecordedEvent<ControlRequest>) =>
  ({ event, metadata }: RecordedEvent<ProposalAssessed>): Assessment => ({
    from: formatInstant(event.from),
    to: formatInstant(event.to),
    decisions: event.decisions,
    newlyDenied: event.newlyDenied,
    newlyApproved: event.newlyApproved,
    deniedNotional: money(event.deniedNotional),
    approvedNotional: money(event.approvedNotional),
    deniedPnl: money(event.deniedPnl),
    person: metadata.actor.person ?? null,
    byProposer: metadata.actor.person === asked.actor.person,
    assessedAt: formatInstant(metadata.occurredAt),
  })

const effectiveAt = (entry: ProposalEntry, book: BookEntry | undefined): Instant | undefined => {
  const { ruling } = entry
  if (ruling === undefined) return waitsUntil(entry, book)
  return ruling.event.type === 'ControlRefused' ? undefined : ruling.event.at
}
const money = (amount: Amount): string => formatDecimal(amount, placesOfAmount)
const shown = (at: Instant | undefined): string | null =>
  at === undefined ? null : formatInstant(at)
