/**
 * What becomes of a request on a book's control, and when. What tightens is set at once. What loosens a limit,
 * releases a kill switch or asks for `single` control waits: under `single` control its time, by the clock, so
 * that a time of decisions that had run ahead does not shorten it; under `dual` control for a second person. Each
 * is judged by the control, limits and kill switches of the moment. Pure.
 */
import { accept, type Decision, reject } from '#domain/kernel/decider'
import {
  effectiveAtOf,
  expiresAtOf,
  faultsInLimits,
  loosens,
  mergedWith,
} from '#domain/risk/control'
import type { BasisWentBack } from '#domain/risk/decide'
import type { OpenedBook } from '#domain/risk/desk-state'
import { isWantedByTwo } from '#domain/risk/endorsements'
import { oversizeOf, releasedMax } from '#domain/risk/limits-size'
import type { HeldProposal } from '#domain/risk/proposals'
import { type Rules, rulesInForce } from '#domain/risk/rules'
import type { Standing } from '#domain/risk/standing'
import { laterOf } from '#domain/values/instant'
import type { ControlCode } from '#schemas/codes'
import type {
  ControlChangeRequested,
  KillSwitchReleaseRequested,
  RiskLimitsProposed,
} from '#schemas/events/control'
import type {
  ControlChanged,
  ControlRefused,
  KillSwitchReleased,
  RiskLimitsSet,
} from '#schemas/events/risk'
import type { Code, KillSwitchId, Line, PersonId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { BookControl } from '#schemas/values/trading'

export type Ruling = RiskLimitsSet | KillSwitchReleased | ControlChanged | ControlRefused
export type RuleRejection = BasisWentBack

export interface Plea {
  readonly held: HeldProposal
  /** What the clock says, which may have been set back since the last decision. */
  readonly clock: Instant
}

/** One ruling; none where it has to wait, or was ruled on already. */
export const ruleOn = (
  standing: Standing,
  { held, clock }: Plea,
  rules: Rules = rulesInForce,
): Decision<Ruling, RuleRejection> => {
  const { desk, holdings } = standing
  const { asked } = held
  const { book, proposalId } = asked.event
  const basis = holdings.basis()
  const floor = desk.basisCount()
  if (basis.count < floor) return reject({ _tag: 'BasisWentBack', count: basis.count, floor })
  const opened = desk.opened()
  if (opened === undefined || !rules.decidesControl || desk.isRuled(proposalId)) return accept()
  const outcome = outcomeOf(standing, opened, { held, clock }, rules)
  if (outcome === 'waits') return accept()
  const at = laterOf(clock, desk.at())
  const said = { book, proposalId, rules: rules.version, basis, at, clock }
  return accept({ ...said, ...outcome })
}

/** Whether anything waits that is to be ruled on now, before any order is decided. */
export const isRulingDue = (standing: Standing, clock: Instant, rules: Rules): boolean => {
  const opened = standing.desk.opened()
  const waiting = standing.holdings.proposals(standing.desk.book)
  if (opened === undefined || waiting.size === 0) return false
  return [...waiting.values()].some(
    (held) =>
      !standing.desk.isRuled(held.asked.event.proposalId) &&
      outcomeOf(standing, opened, { held, clock }, rules) !== 'waits',
  )
}

type Outcome =
  | Pick<RiskLimitsSet, 'type' | 'limits'>
  | Pick<KillSwitchReleased, 'type' | 'killSwitchIds'>
  | Pick<ControlChanged, 'type' | 'control'>
  | Pick<ControlRefused, 'type' | 'reason'>
  | 'waits'

const outcomeOf = (standing: Standing, opened: OpenedBook, plea: Plea, rules: Rules): Outcome => {
  const { event } = plea.held.asked
  switch (event.type) {
    case 'RiskLimitsProposed':
      return outcomeOfLimits(opened, plea, event, rules)
    case 'KillSwitchReleaseRequested':
      return outcomeOfRelease(standing, opened, plea, event, rules)
    case 'ControlChangeRequested':
      return outcomeOfControl(opened, plea, event, rules)
  }
}

const outcomeOfLimits = (
  { limits: current, control }: OpenedBook,
  plea: Plea,
  { limits: proposed }: RiskLimitsProposed,
  rules: Rules,
): Outcome => {
  const { setsTighterFirst, boundsRulings } = rules
  const { supersededBy } = plea.held
  // What comes later may itself wait, or never be set: what tightens is not kept waiting for it.
  const [fault] = faultsInLimits(proposed)
  const loosened = loosens(current, proposed)
  const isTighter = setsTighterFirst && fault === undefined && loosened.length === 0
  if (supersededBy !== undefined && !isTighter) {
    const { proposalId, limits } = supersededBy
    return refused(
      'superseded',
      `Proposal ${proposalId} came later and names ${limits.join(', ')} too: propose again what is still wanted of the rest.`,
    )
  }
  if (fault !== undefined)
    return refused(
      'limitsInvalid',
      `${fault.path[0] ?? 'A proposal'} ${fault.detail}: propose it again.`,
    )
  const limits = mergedWith(current, proposed)
  const oversize = boundsRulings ? oversizeOf(limits) : undefined
  if (oversize !== undefined) return refused('limitsInvalid', oversize)
  const set: Outcome = { type: 'RiskLimitsSet', limits }
  if (loosened.length === 0) return set
  return inTime(plea, () => set, control, { says: `It loosens ${loosened.join(', ')}`, rules })
}
const outcomeOfRelease = (
  { desk }: Standing,
  { control }: OpenedBook,
  plea: Plea,
  { killSwitchIds: named }: KillSwitchReleaseRequested,
  rules: Rules,
): Outcome => {
  if (!named.some((id) => desk.standsKillSwitch(id))) {
    const unknown = named.find((id) => !desk.knowsKillSwitch(id))
    return unknown === undefined
      ? refused('nothingToRelease', 'None of the kill switches that it names stands any more.')
      : refused('unknownKillSwitch', `There has been no kill switch ${unknown} in this book.`)
  }
  const released = (): readonly KillSwitchId[] => {
    const still = named.filter((id) => desk.standsKillSwitch(id))
    // What does not fit goes on standing, and can be asked for again.
    return rules.boundsRulings ? still.slice(0, releasedMax) : still
  }
  return inTime(plea, () => ({ type: 'KillSwitchReleased', killSwitchIds: released() }), control, {
    says: 'It releases a kill switch',
    rules,
    mayNot: (person) => released().some((id) => desk.engagerOf(id) === person),
  })
}

const outcomeOfControl = (
  { control }: OpenedBook,
  plea: Plea,
  { control: proposed }: ControlChangeRequested,
  rules: Rules,
): Outcome => {
  if (control === proposed)
    return refused('controlUnchanged', `The book is under ${control} control already.`)
  const change: Outcome = { type: 'ControlChanged', control: proposed }
  if (proposed === 'dual') return change
  return inTime(plea, () => change, control, { says: 'It asks for single control', rules })
}

interface Loosening {
  readonly says: string
  readonly rules: Rules
  /** Who can be neither of the two persons that it needs under dual control. */
  readonly mayNot?: (person: PersonId) => boolean
}
/** What loosens takes effect when its time has come or a second person agrees, and not after a day. */
const inTime = (
  { held, clock }: Plea,
  outcome: () => Outcome,
  control: BookControl,
  { says, rules, mayNot = () => false }: Loosening,
): Outcome => {
  const { occurredAt } = held.asked.metadata
  if (control === 'dual' && !rules.waitsForSecond)
    return refused(
      'secondPersonNeeded',
      `${says}, and the book is under dual control: a second person has to agree.`,
    )
  if (clock > expiresAtOf(occurredAt)) {
    const last = formatInstant(expiresAtOf(occurredAt))
    return refused(
      'expired',
      `It could take effect until ${last}, and it was ${formatInstant(clock)}: ask for it again.`,
    )
  }
  const isDue =
    control === 'dual' ? isWantedByTwo(held, mayNot) : clock >= effectiveAtOf(occurredAt)
  return isDue ? outcome() : 'waits'
}
const refused = (code: ControlCode, message: string): Outcome => ({
  type: 'ControlRefused',
  reason: { code: code as string as Code, message: message as Line },
})
