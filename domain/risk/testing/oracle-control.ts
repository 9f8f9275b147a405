/**
 * What becomes of requests on a book's control by plain recomputation over whole lists of events; a part of the
 * oracle, which shares no code with the guard.
 */
import { limitsInForce } from '#domain/risk/testing/oracle'
import type { RecordedEvent } from '#schemas/envelope'
import type { KillSwitchReleaseRequested, RiskLimitsProposed } from '#schemas/events/control'
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

/** Every request of the book in what was known, and what is to be made of it now; ruled ones not among them. */
export const openRequests = (
  book: string,
  risk: readonly RiskEvent[],
  known: readonly RecordedEvent[],
  clock: number,
): ReadonlyMap<string, NaiveRuling> => {
  const requests = known.filter(
    (recorded): recorded is RecordedEvent<Asked> =>
      isAsked(recorded.event) && recorded.event.book === book,
  )
  const isRuled = (id: string): boolean =>
    risk.some((event) => 'proposalId' in event && event.proposalId === id)
  return new Map(
    requests.flatMap((request, index) => {
      const { event, metadata } = request
      if (isRuled(event.proposalId)) return []
      const age = clock - metadata.occurredAt
      const later = requests.slice(index + 1).map((next) => next.event)
      const ruling: NaiveRuling =
        event.type === 'RiskLimitsProposed'
          ? ofLimits(event.limits, limitsInForce(risk), age, later)
          : ofRelease(event.killSwitchIds, risk, age)
      return [[event.proposalId, ruling] as const]
    }),
  )
}

type Asked = RiskLimitsProposed | KillSwitchReleaseRequested
const isAsked = (event: LedgerEvent): event is Asked =>
  event.type === 'RiskLimitsProposed' || event.type === 'KillSwitchReleaseRequested'
const ofLimits = (
  proposed: Limits,
  current: Limits,
  age: number,
  later: readonly Asked[],
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
    isLooser(name, inForce.get(name), after),
  )
  if (isValid(proposed) && !loosens) return set
  if (isSuperseded) return { type: 'ControlRefused', code: 'superseded' }
  return isValid(proposed) ? inTime(age, set) : { type: 'ControlRefused', code: 'limitsInvalid' }
}
const isValid = (limits: Limits): boolean =>
  Object.values(limits).every((value) => typeof value === 'object' || value >= 0)
type Value = Limits[keyof Limits]
const isLooser = (name: string, before: Value, after: Value): boolean => {
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
  age: number,
): NaiveRuling => {
  const standing = standingAfter(risk).map(({ killSwitchId }) => killSwitchId as string)
  const killSwitchIds = named.filter((id) => standing.includes(id))
  if (killSwitchIds.length > 0) return inTime(age, { type: 'KillSwitchReleased', killSwitchIds })
  const isKnown = (id: string): boolean =>
    risk.some((event) => event.type === 'KillSwitchEngaged' && event.killSwitchId === id)
  const code = named.every(isKnown) ? 'nothingToRelease' : 'unknownKillSwitch'
  return { type: 'ControlRefused', code }
}
const inTime = (age: number, ruling: NaiveRuling): NaiveRuling => {
  if (age > day) return { type: 'ControlRefused', code: 'expired' }
  return age >= minute ? ruling : { type: 'waits' }
}
