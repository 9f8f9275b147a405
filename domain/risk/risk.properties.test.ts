import { expect } from 'vitest'
import { stops } from '#domain/risk/checks/all'
import { derivation } from '#domain/risk/derive'
import { isHolding } from '#domain/risk/holdings'
import { isRiskEvent, standingsFold } from '#domain/risk/standing'
import { readOn } from '#domain/risk/testing/guard'
import { accounts, furnished, play, symbols } from '#domain/risk/testing/history'
import type { TestLog } from '#domain/risk/testing/log'
import { type Candidate, limitsInForce, type Naive, naive } from '#domain/risk/testing/oracle'
import {
  engagersIn,
  type NaiveRuling,
  openRequests,
  standingAfter,
} from '#domain/risk/testing/oracle-control'
import { asText, snapshotOf } from '#domain/risk/testing/snapshot'
import { type History, history } from '#domain/risk/testing/steps'
import { main } from '#domain/risk/testing/words'
import { grossOf, netOf } from '#domain/risk/sums'
import type { CheckCode } from '#schemas/codes'
import type { RecordedEvent } from '#schemas/envelope'
import type { KillSwitchEngaged, OrderApproved, RiskEvent } from '#schemas/events/risk'
import { riskStream } from '#schemas/streams'
import type { Currency } from '#schemas/values/ids'
import { prop } from '#testing/prop'

const currencies = ['USDT', 'BTC', 'ETH', 'USD'] as readonly string[] as readonly Currency[]
const riskOf = (events: readonly RecordedEvent[]): readonly RiskEvent[] =>
  events.flatMap(({ event, stream }) =>
    stream === riskStream(main) && isRiskEvent(event) ? [event] : [],
  )
const heldOf = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.filter(({ stream }) => isHolding(stream))
const othersOf = (events: readonly RecordedEvent[]) => heldOf(events).map(({ event }) => event)

const sumsAreNaive = (each: History): void => {
  const standings = standingsFold()
  let seen = 0
  play(each, (log) => {
    for (const recorded of log.events.slice(seen)) standings.apply(recorded)
    seen = log.events.length
    if (seen < furnished) return
    const standing = standings.of(main)
    if (standing === undefined) throw new Error('the book comes first')
    const expected = naive(main, riskOf(log.events), othersOf(log.events))
    expect(asText(shownBy(standing))).toBe(asText(shownOf(expected)))
  })
}
const derivedAgain = (each: History): void => {
  const { log, guards } = play(each, () => undefined)
  const deriving = derivation(main)
  const derived = log.events.flatMap((recorded) => deriving.apply(recorded) ?? [])
  expect(derived.filter(({ verdict }) => verdict._tag !== 'Same')).toStrictEqual([])
  // What the guards entered before it was on the log is what the log says (overlay = log).
  const fresh = standingsFold()
  for (const recorded of log.events) fresh.apply(recorded)
  for (const guard of guards) {
    readOn(guard, log, Infinity)
    expect(snapshotOf(guard.standing())).toBe(snapshotOf(fresh.of(main) ?? guard.standing()))
  }
}
const decidedRightly = (each: History): void => {
  const { log } = play(each, () => undefined)
  const risk = riskOf(log.events)
  const held = heldOf(log.events)
  const others = othersOf(log.events)
  const engagers = engagersIn(log.events)
  const decided = new Set<string>()
  for (const [index, event] of risk.entries()) {
    if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') continue
    expect(decided.has(event.orderId)).toBe(false)
    decided.add(event.orderId)
    const before = risk.slice(0, index)
    const known = others.slice(0, event.basis.count)
    expect(dueIn(before, held, event, engagers)).toStrictEqual([])
    const terms = termsOf(log, event.orderId)
    const candidate = { terms, mark: event.mark }
    const isReducing = naive(main, before, known).isReducing(terms)
    expect(event.reducing).toBe(isReducing)
    if (event.type === 'OrderDenied') {
      const code = event.reason.code as string
      const column = code === 'stale' ? undefined : stops[code as CheckCode]
      if (event.reducing) expect(column?.reducing ?? code === 'stale').toBe(true)
      continue
    }
    expect(
      standingAfter(before).filter((each) => isForbidden(each, terms, isReducing)),
    ).toStrictEqual([])
    expect(terms.reduceOnly && !isReducing).toBe(false)
    expect(event.terms).toStrictEqual(terms)
    if (!event.reducing && terms.symbol.includes(':'))
      expect(naive(main, before, known).isOpposed(terms)).toBe(false)
    if (!event.reducing)
      expectWithinLimits(naive(main, before, known, candidate), before, candidate)
  }
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
const ruledRightly = (each: History): void => {
  const { log } = play(each, () => undefined)
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
const termsOf = (log: TestLog, orderId: string): Candidate['terms'] => {
  const intent = log.events.find(
    ({ event }) => event.type === 'OrderIntentRecorded' && event.orderId === orderId,
  )?.event
  if (intent?.type !== 'OrderIntentRecorded') throw new Error('a decision without an intent')
  return intent.terms
}

const shownBy = (standing: NonNullable<ReturnType<ReturnType<typeof standingsFold>['of']>>) => {
  const { exposure, holdings } = standing
  return {
    gross: grossOf(exposure.total()),
    net: netOf(exposure.total()),
    open: exposure.openOrders(),
    unknown: exposure.unknownOrders(),
    waiting: [...standing.waiting()].map(({ orderId }) => orderId),
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

/** A thousand histories of each law, in parts that end in time on a busy machine. */
for (const part of ['first', 'second', 'third', 'fourth', 'fifth']) {
  prop(
    `the sums are what naive recomputation says, after every event of every history, ${part} part`,
    history,
    sumsAreNaive,
    { numRuns: 200 },
  )
  prop(
    `guards that lag, race and give up leave a log from which every decision is derived again (I8), ${part} part`,
    history,
    derivedAgain,
    { numRuns: 200 },
  )
  prop(
    `what is decided is right: exposure within limits, one decision each, no approval past a kill switch, ${part} part`,
    history,
    decidedRightly,
    { numRuns: 200 },
  )
  prop(
    `requests on control are ruled on once, in their time, by what was in force then (I10, I11), ${part} part`,
    history,
    ruledRightly,
    { numRuns: 200 },
  )
}
