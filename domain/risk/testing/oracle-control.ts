/**
 * What becomes of requests on a book's control by plain recomputation over whole lists of events; a part of the
 * oracle, which shares no code with the guard.
 */
import { limitsInForce } from '#domain/risk/testing/oracle'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest } from '#schemas/events/control'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { RiskEvent } from '#schemas/events/risk'
import type { Limits } from '#schemas/values/trading'

export type NaiveRuling =
  | { readonly type: 'RiskLimitsSet'; readonly limits: Limits }
  | { readonly type: 'KillSwitchReleased'; readonly killSwitchIds: readonly string[] }
  | { readonly type: 'ControlChanged'; readonly control: string }
  | { readonly type: 'ControlRefused'; readonly code: string }
  | { readonly type: 'waits' }

const minute = 60_000_000
const day = 24 * 60 * minute

/** Kill switches that stand after these events. */
export const standingAfter = (risk: readonly RiskEvent[]) => {
  const engaged = risk.filter((event) => event.type === 'KillSwitchEngaged')
  const released = risk.flatMap((event) =>
    event.type === 'KillSwitchReleased' ? event.killSwitchIds : [],
  )
  return engaged.filter(
    ({ killSwitchId }, index) =>
      engaged.findIndex((first) => first.killSwitchId === killSwitchId) === index &&
      !released.includes(killSwitchId),
  )
}

/** Who engaged each kill switch first; nobody where it was the guard. */
export const engagersIn = (log: readonly RecordedEvent[]): ReadonlyMap<string, string> => {
  const first = new Map<string, string | undefined>()
  for (const { event, metadata } of log) {
    if (event.type === 'KillSwitchEngaged' && !first.has(event.killSwitchId))
      first.set(event.killSwitchId, metadata.actor.person)
  }
  return new Map([...first].flatMap(([id, who]) => (who === undefined ? [] : [[id, who]])))
}

/** Every request of the book in what was known, and what is to be made of it now; ruled ones not among them. */
export const openRequests = (
  book: string,
  risk: readonly RiskEvent[],
  known: readonly RecordedEvent[],
  clock: number,
  engagers: ReadonlyMap<string, string>,
): ReadonlyMap<string, NaiveRuling> => {
  const requests = known.filter(
    (recorded): recorded is RecordedEvent<ControlRequest> =>
      isAsked(recorded.event) && recorded.event.book === book,
  )
  const isRuled = (id: string): boolean =>
    risk.some((event) => 'proposalId' in event && event.proposalId === id)
  const control = controlInForce(risk)
  return new Map(
    requests.flatMap((request, index) => {
      const { event, metadata } = request
      if (isRuled(event.proposalId)) return []
      const persons = personsBehind(request, known)
      const when: When = {
        age: clock - metadata.occurredAt,
        isAgreed: (but) =>
          control === 'single'
            ? clock - metadata.occurredAt >= minute
            : isPairIn(persons, (person) => !but.some((id) => engagers.get(id) === person)),
      }
      const later = requests.slice(index + 1).map((next) => next.event)
      return [[event.proposalId, rulingOn(event, risk, when, later)] as const]
    }),
  )
}

/** How old it is, and whether those behind it may have it, where these kill switches are released. */
interface When {
  readonly age: number
  readonly isAgreed: (released: readonly string[]) => boolean
}
const rulingOn = (
  event: ControlRequest,
  risk: readonly RiskEvent[],
  when: When,
  later: readonly ControlRequest[],
): NaiveRuling => {
  if (event.type === 'RiskLimitsProposed')
    return ofLimits(event.limits, limitsInForce(risk), when, later)
  if (event.type === 'KillSwitchReleaseRequested') return ofRelease(event.killSwitchIds, risk, when)
  if (event.control === controlInForce(risk))
    return { type: 'ControlRefused', code: 'controlUnchanged' }
  const change: NaiveRuling = { type: 'ControlChanged', control: event.control }
  return event.control === 'dual' ? change : inTime(when, change)
}

/** What was set last, or what the book was opened with. */
export const controlInForce = (risk: readonly RiskEvent[]): string => {
  const opened = risk.find((event) => event.type === 'BookOpened')
  const changed = risk.findLast((event) => event.type === 'ControlChanged')
  return changed?.control ?? opened?.control ?? 'single'
}
/** Who asked for it, and then all who agreed to it afterwards; nobody where nobody asked. */
export const personsBehind = (
  { event, metadata }: RecordedEvent<ControlRequest>,
  known: readonly RecordedEvent[],
): readonly string[] => {
  const { person } = metadata.actor
  const from = known.findIndex((each) => each.metadata.id === metadata.id)
  const agreeing = known.slice(from + 1).flatMap((each) => {
    const isAboutIt =
      each.event.type.endsWith('Endorsed') &&
      'proposalId' in each.event &&
      each.event.proposalId === event.proposalId
    return isAboutIt && each.metadata.actor.person !== undefined ? [each.metadata.actor.person] : []
  })
  return person === undefined ? [] : [person, ...agreeing]
}
/** The first of them and another, each of whom may. */
const isPairIn = (
  [first, ...others]: readonly string[],
  may: (person: string) => boolean,
): boolean =>
  first !== undefined && may(first) && others.some((other) => other !== first && may(other))

const isAsked = (event: LedgerEvent): event is ControlRequest =>
  event.type === 'RiskLimitsProposed' ||
  event.type === 'KillSwitchReleaseRequested' ||
  event.type === 'ControlChangeRequested'
const ofLimits = (
  proposed: Limits,
  current: Limits,
  when: When,
  later: readonly ControlRequest[],
): NaiveRuling => {
  const isSuperseded = later.some(
    (next) =>
      next.type === 'RiskLimitsProposed' &&
      isValid(next.limits) &&
      Object.keys(next.limits).some((name) => Object.hasOwn(proposed, name)),
  )
  const set: NaiveRuling = { type: 'RiskLimitsSet', limits: { ...current, ...proposed } }
  const inForce = new Map<string, Value>(Object.entries(current))
  const loosens = Object.entries(proposed).some(([name, after]) =>
    isLooser(name, inForce.get(name), after, current),
  )
  if (isValid(proposed) && !loosens) return set
  if (isSuperseded) return { type: 'ControlRefused', code: 'superseded' }
  return isValid(proposed) ? inTime(when, set) : { type: 'ControlRefused', code: 'limitsInvalid' }
}
const isValid = (limits: Limits): boolean =>
  Object.values(limits).every((value) => typeof value === 'object' || value >= 0)
type Value = Limits[keyof Limits]
/** `watched`: the limits in force, among which there may be some of losses. */
export const isLooser = (name: string, before: Value, after: Value, watched: Limits): boolean => {
  const isWatched = watched.maxDailyLoss !== undefined || watched.maxDrawdown !== undefined
  if (isWatched && (name === 'maxMarkJump' || name === 'maxMarkAgeMs')) return before !== after
  if (before === undefined) return false
  if (after === undefined) return true
  if (name === 'priceCollar') return before !== after
  if (typeof before !== 'object' || typeof after !== 'object') return after > before
  const most = new Map<string, bigint | number>(Object.entries(after))
  return Object.entries(before as Readonly<Record<string, bigint | number>>).some(
    ([key, old]) => (most.get(key) ?? Infinity) > old,
  )
}
const ofRelease = (
  named: readonly string[],
  risk: readonly RiskEvent[],
  when: When,
): NaiveRuling => {
  const standing = standingAfter(risk).map(({ killSwitchId }) => killSwitchId as string)
  const killSwitchIds = named.filter((id) => standing.includes(id))
  const release: NaiveRuling = { type: 'KillSwitchReleased', killSwitchIds }
  if (killSwitchIds.length > 0) return inTime(when, release, killSwitchIds)
  const isKnown = (id: string): boolean =>
    risk.some((event) => event.type === 'KillSwitchEngaged' && event.killSwitchId === id)
  const code = named.every(isKnown) ? 'nothingToRelease' : 'unknownKillSwitch'
  return { type: 'ControlRefused', code }
}
const inTime = (
  { age, isAgreed }: When,
  ruling: NaiveRuling,
  released: readonly string[] = [],
): NaiveRuling => {
  if (age > day) return { type: 'ControlRefused', code: 'expired' }
  return isAgreed(released) ? ruling : { type: 'waits' }
}
