/** What must hold of every generated history, by the oracle alone: all of it of the same one, played once. */
import { expect } from 'vitest'
import { stops } from '#domain/risk/checks/all'
import { derivation } from '#domain/risk/derive'
import { isHolding } from '#domain/risk/holdings'
import { isRiskEvent, type Standings, standingsFold } from '#domain/risk/standing'
import { readOn } from '#domain/risk/testing/guard'
import { accounts, furnished, play, type Played, symbols } from '#domain/risk/testing/history'
import { lossesAreRight } from '#domain/risk/testing/laws-of-days'
import { ordersKeepApart } from '#domain/risk/testing/laws-of-orders'
import type { TestLog } from '#domain/risk/testing/log'
import { type Candidate, limitsInForce, type Naive, naive } from '#domain/risk/testing/oracle'
import {
  engagersIn,
  type NaiveRuling,
  openRequests,
  standingAfter,
} from '#domain/risk/testing/oracle-control'
import { openOrdersOf } from '#domain/risk/testing/oracle-orders'
import { asText, snapshotOf } from '#domain/risk/testing/snapshot'
import type { History } from '#domain/risk/testing/steps'
import { main } from '#domain/risk/testing/words'
import { grossOf, netOf } from '#domain/risk/sums'
import { isAmendment } from '#domain/risk/waiting'
import { isEqual } from '#domain/values/equal'
import type { CheckCode } from '#schemas/codes'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type {
  AmendApproved,
  AmendDenied,
  KillSwitchEngaged,
  OrderApproved,
  OrderDenied,
  RiskEvent,
} from '#schemas/events/risk'
import { riskStream } from '#schemas/streams'
import { formatDecimal, placesOfAmount, placesOfQuantity } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'

const currencies = ['USDT', 'BTC', 'ETH', 'USD'] as readonly string[] as readonly Currency[]
const riskOf = (events: readonly RecordedEvent[]): readonly RiskEvent[] =>
  events.flatMap(({ event, stream }) =>
    stream === riskStream(main) && isRiskEvent(event) ? [event] : [],
  )
const heldOf = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.filter(({ stream }) => isHolding(stream))
const othersOf = (events: readonly RecordedEvent[]) => heldOf(events).map(({ event }) => event)

/** All laws of one history, played once. */
export const holdsByTheOracle = (history: History): void => {
  const standings = standingsFold()
  const played = play(history, sumsAreNaive(standings))
  derivedAgain(played.log)
  decidedRightly(played.log)
  ruledRightly(played.log)
  const [risk, others] = [riskOf(played.log.events), othersOf(played.log.events)]
  lossesAreRight(risk, others)
  ordersKeepApart(risk, others)
  overlayIsLog(played, standings)
}

/** After every event: the sums are what naive recomputation says. */
const sumsAreNaive = (standings: Standings): ((log: TestLog) => void) => {
  let seen = 0
  return (log) => {
    for (const recorded of log.events.slice(seen)) standings.apply(recorded)
    seen = log.events.length
    if (seen < furnished) return
    const standing = standings.of(main)
    if (standing === undefined) throw new Error('the book comes first')
    const expected = naive(main, riskOf(log.events), othersOf(log.events))
    const [sums, naively] = [asText(shownBy(standing)), asText(shownOf(expected))]
    // Asked of every event of every history: `expect` itself would cost more than what it looks at.
    if (sums !== naively) expect(sums).toBe(naively)
  }
}
/** I8: guards that lag, race and give up leave a log from which every decision is derived again. */
const derivedAgain = (log: TestLog): void => {
  const deriving = derivation(main)
  const derived = log.events.flatMap((recorded) => deriving.apply(recorded) ?? [])
  expect(derived.filter(({ verdict }) => verdict._tag !== 'Same')).toStrictEqual([])
}
/** What the guards entered before it was on the log is what the log says. */
const overlayIsLog = ({ log, guards }: Played, standings: Standings): void => {
  for (const guard of guards) {
    readOn(guard, log, Infinity)
    expect(snapshotOf(guard.standing())).toBe(snapshotOf(standings.of(main) ?? guard.standing()))
  }
}
/** Exposure within limits, one decision each, no approval past a kill switch. */
const decidedRightly = (log: TestLog): void => {
  const risk = riskOf(log.events)
  const held = heldOf(log.events)
  const others = othersOf(log.events)
  const engagers = engagersIn(log.events)
  const decided = new Set<string>()
  for (const [index, event] of risk.entries()) {
    if (!isDecision(event)) continue
    const asked = 'amendmentId' in event ? event.amendmentId : event.orderId
    expect(decided.has(asked)).toBe(false)
    decided.add(asked)
    const before = risk.slice(0, index)
    const known = others.slice(0, event.basis.count)
    expect(dueIn(before, held, event, engagers)).toStrictEqual([])
    const terms = termsOf(log, asked)
    const amends = 'amendmentId' in event ? { amends: event.orderId } : {}
    const candidate = { terms, mark: event.mark, ...amends }
    const standing = naive(main, before, known, candidate)
    const isReducing = standing.isReducing(terms)
    expect(event.reducing).toBe(isReducing)
    // What turns an order around is no amendment of it, and of such a thing there is no right figure.
    if (termsOf(log, event.orderId).side === terms.side)
      expect(figuresIn(event)).toStrictEqual(figuresOf(standing, candidate))
    if (event.type === 'OrderDenied' || event.type === 'AmendDenied') {
      const code = event.reason.code as string
      const isOfAny = code === 'stale' || code === 'notAmendable'
      const column = isOfAny ? undefined : stops[code as CheckCode]
      if (event.reducing) expect(column?.reducing ?? isOfAny).toBe(true)
      continue
    }
    expect(
      standingAfter(before).filter((each) => isForbidden(each, terms, isReducing)),
    ).toStrictEqual([])
    expect(terms.reduceOnly && !isReducing).toBe(false)
    expect(event.terms).toStrictEqual(terms)
    if ('amendmentId' in event) expect(isOneOrder(known, before, event)).toBe(true)
    if (!event.reducing && terms.symbol.includes(':')) expect(standing.isOpposed(terms)).toBe(false)
    if (!event.reducing) expectWithinLimits(standing, before, candidate)
  }
}

/** What was recorded of how the book would stand with it, to the last digit. */
const figuresIn = ({ checks }: Decision): Readonly<Record<string, string>> =>
  Object.fromEntries(
    checks.flatMap((check): readonly (readonly [string, string])[] => {
      const [code, observed] = 'code' in check ? [check.code, check.observed ?? ''] : check
      return measured.includes(code) ? [[code, observed]] : []
    }),
  )
const measured: readonly string[] = [
  'positionQuantity',
  'positionNotional',
  'grossExposure',
  'netExposure',
  'openOrders',
  'unknownOrders',
]
const figuresOf = (standing: Naive, { terms }: Candidate): Readonly<Record<string, string>> => {
  const { symbol } = terms
  const shown = (value: bigint | undefined, places: number): string =>
    value === undefined ? '' : formatDecimal(value, places)
  return {
    positionQuantity: shown(standing.positionQuantity(symbol), placesOfQuantity),
    positionNotional: shown(standing.positionNotional(symbol), placesOfAmount),
    grossExposure: shown(standing.gross, placesOfAmount),
    netExposure: shown(standing.net, placesOfAmount),
    openOrders: String(standing.openOrders),
    unknownOrders: String(standing.unknownOrders),
  }
}
type Decision = OrderApproved | OrderDenied | AmendApproved | AmendDenied
const isDecision = (event: RiskEvent): event is Decision => 'orderId' in event
/** What is amended is there still, and the same order in all that makes it one. */
const isOneOrder = (
  known: readonly LedgerEvent[],
  risk: readonly RiskEvent[],
  { orderId, terms }: AmendApproved,
): boolean => {
  const order = openOrdersOf(main, risk, known).counted.find((each) => each.orderId === orderId)
  if (order === undefined || !order.isOpen) return false
  const { quantity, limitPrice, stopPrice, expireAt } = terms
  const before = { ...order.terms, quantity, limitPrice, stopPrice, expireAt }
  const after = { ...terms, quantity, limitPrice, stopPrice, expireAt }
  return isEqual(before, after)
}
/** I7: with the order, at (r, basis), nothing is above its limit, and everything is known. */
const expectWithinLimits = (
  standing: Naive,
  risk: readonly RiskEvent[],
  { terms }: Candidate,
): void => {
  const { symbol, account, side } = terms
  const instrument = symbol.split(/[/:]/)
  const settle = instrument[2] ?? (side === 'buy' ? instrument[1] : instrument[0])
  const currency = (settle ?? '') as Currency
  const limits = limitsInForce(risk)
  const within = (value: bigint | undefined, limit: bigint | undefined): void => {
    expect(value).toBeDefined()
    if (limit !== undefined) expect((value ?? 0n) <= limit).toBe(true)
  }
  within(standing.gross, limits.maxGrossExposure)
  within(standing.net, limits.maxNetExposure)
  within(standing.positionNotional(symbol), limits.maxPositionNotional)
  within(standing.positionQuantity(symbol), limits.maxPosition?.[symbol])
  within(standing.spokenFor(account, currency), standing.cash(account, currency))
  expect(standing.openOrders).toBeLessThanOrEqual(limits.maxOpenOrders ?? Infinity)
  expect(standing.unknownOrders).toBeLessThanOrEqual(limits.maxUnknownOrders ?? Infinity)
}
/** Requests that were to be ruled on before this was decided. */
const dueIn = (
  risk: readonly RiskEvent[],
  held: readonly RecordedEvent[],
  { basis, clock }: Pick<OrderApproved, 'basis' | 'clock'>,
  engagers: ReadonlyMap<string, string>,
): readonly unknown[] =>
  [...openRequests(main, risk, held.slice(0, basis.count), clock, engagers)].filter(
    ([, { type }]) => type !== 'waits',
  )
const isForbidden = (
  { scope, mode }: KillSwitchEngaged,
  terms: Candidate['terms'],
  reducing: boolean,
): boolean =>
  (scope.account ?? terms.account) === terms.account &&
  (scope.strategy ?? terms.strategy) === terms.strategy &&
  (scope.symbol ?? terms.symbol) === terms.symbol &&
  (mode === 'halt' || !reducing)

/** I10, I11: what loosens or releases in its time, what tightens at once, each request ruled on at most once. */
const ruledRightly = (log: TestLog): void => {
  const engagers = engagersIn(log.events)
  const risk = riskOf(log.events)
  const held = heldOf(log.events)
  for (const [index, event] of risk.entries()) {
    if (!('proposalId' in event)) continue
    const { proposalId, basis, clock } = event
    const before = risk.slice(0, index)
    const known = held.slice(0, basis.count)
    const expected = openRequests(main, before, known, clock, engagers).get(proposalId)
    expect(expected).toStrictEqual(shownRuling(event))
  }
}
const shownRuling = (event: Extract<RiskEvent, { readonly proposalId: unknown }>): NaiveRuling => {
  switch (event.type) {
    case 'RiskLimitsSet':
      return { type: event.type, limits: event.limits }
    case 'KillSwitchReleased':
      return { type: event.type, killSwitchIds: event.killSwitchIds }
    case 'ControlChanged':
      return { type: event.type, control: event.control }
    case 'ControlRefused':
      return { type: event.type, code: event.reason.code }
  }
}
const termsOf = (log: TestLog, asked: string): Candidate['terms'] => {
  for (const { event } of log.events) {
    if (event.type === 'OrderIntentRecorded' && event.orderId === asked) return event.terms
    if (event.type === 'OrderAmendRequested' && event.amendmentId === asked) return event.terms
  }
  throw new Error('a decision that nobody asked for')
}

const shownBy = (standing: NonNullable<ReturnType<ReturnType<typeof standingsFold>['of']>>) => {
  const { exposure, holdings } = standing
  return {
    gross: grossOf(exposure.total()),
    net: netOf(exposure.total()),
    open: exposure.openOrders(),
    unknown: exposure.unknownOrders(),
    waiting: [...standing.questions()].map((asked) =>
      isAmendment(asked) ? asked.amendmentId : asked.orderId,
    ),
    notional: symbols.map((symbol) => netOf(exposure.ofSymbol(symbol))),
    funds: accounts.flatMap((account) =>
      currencies.map((currency) => {
        const { spokenFor, unpriced } = exposure.funds(account, currency)
        return unpriced === 0 ? spokenFor : undefined
      }),
    ),
    cash: accounts.flatMap((account) =>
      currencies.map((currency) => holdings.cash(account, currency)),
    ),
  }
}
const shownOf = (standing: Naive) => ({
  gross: standing.gross,
  net: standing.net,
  open: standing.openOrders,
  unknown: standing.unknownOrders,
  waiting: standing.waiting,
  notional: symbols.map(standing.positionNotional),
  funds: accounts.flatMap((account) =>
    currencies.map((currency) => standing.spokenFor(account, currency)),
  ),
  cash: accounts.flatMap((account) =>
    currencies.map((currency) => standing.cash(account, currency)),
  ),
})
