/**
 * I10 and I11 over a finished log, event by event and by plain recomputation: what a kill switch stops, who may
 * release it, who may loosen and when. A part of the oracle, which shares no code with the guard.
 */
import { naive } from '#domain/risk/testing/oracle'
import {
  controlInForce,
  engagersIn,
  isLooser,
  openRequests,
  personsBehind,
  standingAfter,
} from '#domain/risk/testing/oracle-control'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest } from '#schemas/events/control'
import type {
  ControlChanged,
  KillSwitchEngaged,
  KillSwitchReleased,
  OrderApproved,
  OrderDenied,
  RiskEvent,
  RiskLimitsSet,
} from '#schemas/events/risk'
import type { Limits, Terms } from '#schemas/values/trading'

type Ruled = RiskLimitsSet | KillSwitchReleased | ControlChanged

const minute = 60_000_000
const own = new Set(['risk', 'seal', 'access'])
const categoryOf = ({ stream }: RecordedEvent): string => stream.slice(0, stream.indexOf('-'))

/** What is wrong, each in a sentence, of one book. */
export const controlFaults = (book: string, log: readonly RecordedEvent[]): readonly string[] => {
  const risk = log.filter(({ stream }) => stream === `risk-${book}`)
  const held = log.filter((recorded) => !own.has(categoryOf(recorded)))
  const engagers = engagersIn(log)
  return risk.flatMap(({ event, position }, index) => {
    const before = risk.slice(0, index).map((recorded) => recorded.event as RiskEvent)
    const at = (fault: string): string => `${event.type} at ${String(position)} ${fault}`
    const seen = { before, log, held, engagers }
    switch (event.type) {
      case 'OrderApproved':
        return [...pastKillSwitch(book, event, seen), ...tooEarly(book, event, seen)].map(at)
      case 'OrderDenied':
        return tooEarly(book, event, seen).map(at)
      case 'RiskLimitsSet':
      case 'KillSwitchReleased':
      case 'ControlChanged':
        return faultsOfRuling(event, { ...seen, position }).map(at)
      default:
        return []
    }
  })
}

interface Seen {
  readonly before: readonly RiskEvent[]
  readonly log: readonly RecordedEvent[]
  readonly held: readonly RecordedEvent[]
  readonly engagers: ReadonlyMap<string, string>
}

/** I10: no approval that increases while one stands that covers it, under `halt` none at all. */
const pastKillSwitch = (book: string, event: OrderApproved, { before, held }: Seen) => {
  const covering = standingAfter(before).filter((each) => isCovered(each, event.terms))
  if (covering.length === 0) return []
  const known = held.slice(0, event.basis.count).map((recorded) => recorded.event)
  const isReducing = naive(book, before, known).isReducing(event.terms)
  const forbidding = covering.filter(({ mode }) => mode === 'halt' || !isReducing)
  return forbidding.map(({ killSwitchId }) => `passes over the kill switch ${killSwitchId}`)
}
const isCovered = ({ scope }: KillSwitchEngaged, { account, strategy, symbol }: Terms): boolean =>
  [
    [scope.account, account],
    [scope.strategy, strategy],
    [scope.symbol, symbol],
  ].every(([named, its]) => named === undefined || named === its)

/** I11: nothing is decided while a request that tightens, or whose time has come, is known and waits. */
const tooEarly = (
  book: string,
  { basis, clock }: OrderApproved | OrderDenied,
  { before, held, engagers }: Seen,
): readonly string[] =>
  [...openRequests(book, before, held.slice(0, basis.count), clock, engagers)]
    .filter(([, { type }]) => type !== 'waits')
    .map(([id]) => `comes before the ruling on ${id}`)

const faultsOfRuling = (
  event: Ruled,
  { before, log, held, engagers, position }: Seen & { readonly position: bigint },
): readonly string[] => {
  const { proposalId, basis, clock } = event
  const known = held.slice(0, basis.count)
  const asked = known.find((recorded) => isRequest(recorded, proposalId)) as
    | RecordedEvent<ControlRequest>
    | undefined
  if (asked === undefined) return ['answers what nobody asked for']
  const twice = before.some((each) => 'proposalId' in each && each.proposalId === proposalId)
  const isLate = log.some(
    (recorded) => recorded.metadata.id === asked.metadata.id && recorded.position >= position,
  )
  const faults = [
    ...(twice ? ['rules on it a second time'] : []),
    ...(isLate ? ['comes before what it answers'] : []),
    ...(asked.event.reason === '' ? ['has no reason'] : []),
    ...otherThanAsked(event, asked.event, before),
  ]
  if (!isLoosening(event, before)) return faults
  const waited = clock - asked.metadata.occurredAt
  if (waited > 24 * 60 * minute) faults.push('comes a day too late')
  if (controlInForce(before) === 'single')
    return waited < minute ? [...faults, `loosens after ${String(waited / 1_000_000)} s`] : faults
  const released = event.type === 'KillSwitchReleased' ? event.killSwitchIds : []
  const engagedBy = new Set(released.flatMap((id) => engagers.get(id) ?? []))
  const [first, ...others] = personsBehind(asked, known)
  const seconds = others.filter((person) => person !== first && !engagedBy.has(person))
  if (first === undefined || engagedBy.has(first) || seconds.length === 0)
    faults.push(`loosens under dual control by ${[first, ...others].join(', ')}`)
  return faults
}
const isRequest = ({ event }: RecordedEvent, id: string): boolean =>
  /^(RiskLimitsProposed|KillSwitchReleaseRequested|ControlChangeRequested)$/.test(event.type) &&
  'proposalId' in event &&
  event.proposalId === id

const isLoosening = (event: Ruled, before: readonly RiskEvent[]): boolean => {
  switch (event.type) {
    case 'KillSwitchReleased':
      return true
    case 'ControlChanged':
      return event.control === 'single'
    case 'RiskLimitsSet': {
      const limits = lastLimits(before)
      const inForce = new Map(Object.entries(limits))
      return Object.entries(event.limits).some(([name, after]) =>
        isLooser(name, inForce.get(name), after, limits),
      )
    }
  }
}
const lastLimits = (before: readonly RiskEvent[]): Limits => {
  const last = before.findLast(({ type }) => type === 'RiskLimitsSet' || type === 'BookOpened')
  return last !== undefined && 'limits' in last ? last.limits : {}
}

const otherThanAsked = (
  event: Ruled,
  asked: ControlRequest,
  before: readonly RiskEvent[],
): readonly string[] => {
  const isSame = ((): boolean => {
    if (event.type === 'ControlChanged')
      return asked.type === 'ControlChangeRequested' && asked.control === event.control
    if (event.type === 'RiskLimitsSet')
      return (
        asked.type === 'RiskLimitsProposed' &&
        textOf(event.limits) === textOf({ ...lastLimits(before), ...asked.limits })
      )
    const standing = new Set<string>(standingAfter(before).map(({ killSwitchId }) => killSwitchId))
    return (
      asked.type === 'KillSwitchReleaseRequested' &&
      event.killSwitchIds.every((id) => asked.killSwitchIds.includes(id) && standing.has(id))
    )
  })()
  return isSame ? [] : ['is other than what was asked for']
}
const textOf = (limits: Limits): string =>
  JSON.stringify(
    Object.entries(limits).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
