/**
 * What the guard records of a book's worth without being asked: that a trading day begins, what the book is worth,
 * and that it has lost more than it may. Pure: the bounds of the day and the id of the kill switch are handed in.
 */
import { accept, type Decision, reject } from '#domain/kernel/decider'
import type { BasisWentBack } from '#domain/risk/decide'
import { drawdownOf, isBeyond, lossOf, type Stand } from '#domain/risk/loss'
import { type DayRules, type Rules, rulesInForce } from '#domain/risk/rules'
import type { Standing } from '#domain/risk/standing'
import { amountText, perCentText } from '#domain/risk/texts'
import { dayAt, standOf, type Wealth, wealthOf, worthOfFlows } from '#domain/risk/wealth'
import { abs, addAmount, larger } from '#domain/values/decimal'
import { laterOf, msBetween } from '#domain/values/instant'
import type {
  DailyLossBreached,
  DrawdownBreached,
  EquityMarked,
  KillSwitchEngaged,
  TradingDayOpened,
} from '#schemas/events/risk'
import type { KillSwitchId, Line } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export type DayEvent = TradingDayOpened | EquityMarked | Breach
export type Breach = DailyLossBreached | DrawdownBreached

/** A trading day in UTC, as the time-zone tables have it. */
export interface DayBounds {
  readonly day: string
  readonly opensAt: Instant
  readonly closesAt: Instant
}
/** The day that was handed in is not the one that it is. */
export interface OtherDay {
  readonly _tag: 'OtherDay'
  readonly bounds: DayBounds
  readonly at: Instant
}
/** One kill switch engages once. */
export interface KillSwitchKnown {
  readonly _tag: 'KillSwitchKnown'
  readonly killSwitchId: KillSwitchId
}
export type DayRejection = BasisWentBack | OtherDay | KillSwitchKnown

type Seen = Pick<Standing, 'desk' | 'holdings' | 'equity'>

/**
 * Whether a day must begin before anything is decided: none is open, and there is something to begin it with. What
 * the book is worth may become known in a moment; it is waited for no longer than a day may be late.
 */
export const isDayDue = (
  standing: Seen,
  clock: Instant,
  { days }: Rules = rulesInForce,
): boolean => {
  const { desk } = standing
  if (days === undefined || desk.opened() === undefined) return false
  if (dayAt(standing, clock) !== undefined) return false
  const { marked, open } = desk.day()
  const at = laterOf(clock, desk.at())
  const isLate = marked !== undefined && msBetween(open?.closesAt ?? at, at) > days.lateAfterMs
  return isLate || isKnown(wealthOf(standing, clock))
}

/** Nothing where no day is due. */
export const openDay = (
  standing: Seen,
  { bounds, clock }: { readonly bounds: DayBounds; readonly clock: Instant },
  rules: Rules = rulesInForce,
): Decision<TradingDayOpened, DayRejection> => {
  const { desk } = standing
  const opened = desk.opened()
  const seen = seenBy(standing, clock, rules)
  if (seen._tag === 'BasisWentBack') return reject(seen)
  const { at } = seen.derived
  const { opensAt, closesAt, day } = bounds
  if (at < opensAt || at >= closesAt) return reject({ _tag: 'OtherDay', bounds, at })
  if (opened === undefined || !isDayDue(standing, clock, rules)) return accept()
  const wealth = wealthOf(standing, clock)
  const begin = beginning(standing, wealth, msBetween(opensAt, at), rules.days)
  if (begin === undefined) return accept()
  return accept({
    type: 'TradingDayOpened',
    ...seen.derived,
    day,
    opensAt,
    closesAt,
    rule: opened.tradingDay,
    flows: wealth.flows,
    ...begin,
  })
}
type Beginning = Pick<TradingDayOpened, 'equity' | 'marks' | 'late' | 'highWater' | 'markedAt'>
/** What it is worth at the boundary, or was when that was last marked. */
const beginning = (
  { desk, equity: sums }: Seen,
  wealth: Wealth,
  sinceMs: number,
  days: DayRules | undefined,
): Beginning | undefined => {
  const { marked, highWater } = desk.day()
  const { equity, flows } = wealth
  const came = worthOfFlows(flows)
  const isInTime = marked === undefined || sinceMs <= (days?.lateAfterMs ?? 0)
  if (equity !== undefined && isKnown(wealth) && isInTime) {
    const highest = marked === undefined ? equity : larger(addAmount(highWater, came), equity)
    return { equity, marks: sums.marks().slice(0, marksMax), late: false, highWater: highest }
  }
  if (marked === undefined) return undefined
  const before = addAmount(marked.equity, came)
  const highest = larger(addAmount(highWater, came), before)
  return { equity: before, marks: [], late: true, highWater: highest, markedAt: marked.at }
}
/** All are recorded anyway; so many are well below the largest event that a log takes. */
const marksMax = 500

/**
 * What the book is worth: at once when money came in or went out, a limit is broken or one that was released is kept
 * again, else when it has moved enough, and not too often. Nothing where nobody can say, or no day is open.
 */
export const markEquity = (
  standing: Seen,
  { clock }: { readonly clock: Instant },
  rules: Rules = rulesInForce,
): Decision<EquityMarked, DayRejection> => {
  const seen = seenBy(standing, clock, rules)
  if (seen._tag === 'BasisWentBack') return reject(seen)
  const wealth = wealthOf(standing, clock)
  const stand = standOf(standing, wealth, clock)
  if (stand === undefined || !isMarkDue(standing, wealth, stand, seen.derived.at, rules))
    return accept()
  return accept({ type: 'EquityMarked', ...seen.derived, ...stand, flows: wealth.flows })
}
const isMarkDue = (
  { desk }: Seen,
  { flows }: Wealth,
  stand: Stand,
  at: Instant,
  { days }: Rules,
): boolean => {
  const { marked } = desk.day()
  if (days === undefined || marked === undefined) return false
  if (flows.length > 0 || isKeptAgain(desk, stand)) return true
  const moved = abs(stand.equity - marked.equity)
  if (moved === 0n) return false
  if (tripsOf(desk, stand).length > 0) return true
  const isMuch = moved * days.markMovePart >= abs(marked.equity)
  return isMuch && msBetween(marked.at, at) >= days.markEveryMs
}

/** The next limit that is broken and has not tripped yet; nothing before its equity is marked. */
export const breach = (
  standing: Seen,
  { clock, killSwitchId }: { readonly clock: Instant; readonly killSwitchId: KillSwitchId },
  rules: Rules = rulesInForce,
): Decision<Breach, DayRejection> => {
  const { desk } = standing
  const seen = seenBy(standing, clock, rules)
  if (seen._tag === 'BasisWentBack') return reject(seen)
  const due = breachDue(standing, clock, rules)
  if (due === undefined) return accept()
  if (desk.knowsKillSwitch(killSwitchId)) return reject({ _tag: 'KillSwitchKnown', killSwitchId })
  return accept({ ...due, ...seen.derived, killSwitchId })
}
type Due<Event> = Event extends Breach ? Omit<Event, keyof Derived | 'killSwitchId'> : never
/** The same without what it is recorded with. */
export const breachDue = (
  standing: Seen,
  clock: Instant,
  { days }: Rules = rulesInForce,
): Due<Breach> | undefined => {
  const { desk } = standing
  const open = dayAt(standing, clock)
  const limits = desk.opened()?.limits ?? {}
  if (days === undefined || open === undefined) return undefined
  const wealth = wealthOf(standing, clock)
  const stand = standOf(standing, wealth, clock)
  if (stand === undefined || wealth.flows.length > 0) return undefined
  if (stand.equity !== desk.day().marked?.equity) return undefined
  const { equity, dayOpenEquity, highWater } = stand
  const [kind] = tripsOf(desk, stand)
  if (kind === 'dailyLoss' && limits.maxDailyLoss !== undefined) {
    const limit = limits.maxDailyLoss
    const loss = lossOf(stand)
    return { type: 'DailyLossBreached', equity, day: open.day, dayOpenEquity, loss, limit }
  }
  if (kind === 'drawdown' && limits.maxDrawdown !== undefined) {
    const limit = limits.maxDrawdown
    return { type: 'DrawdownBreached', equity, highWater, drawdown: drawdownOf(stand), limit }
  }
  return undefined
}
/** What stops the book: it is the next event after the breach, in the same append. */
export const killSwitchFor = (
  breached: Breach,
  { desk }: Pick<Seen, 'desk'>,
): KillSwitchEngaged => {
  const currency = desk.opened()?.currency ?? ''
  const reason =
    breached.type === 'DailyLossBreached'
      ? `The book has lost ${amountText(breached.loss)} ${currency} on ${breached.day}, more than the ${amountText(breached.limit)} allowed.`
      : `The book is ${perCentText(breached.drawdown)} % below its highest equity, more than the ${perCentText(breached.limit)} % allowed.`
  return {
    type: 'KillSwitchEngaged',
    book: breached.book,
    killSwitchId: breached.killSwitchId,
    scope: {},
    mode: 'reduce',
    reason: reason as Line,
  }
}

/** Beyond its limit, and not yet tripped. */
const tripsOf = ({ day, opened }: Seen['desk'], stand: Stand): readonly Kind[] => {
  const beyond = isBeyond(stand, opened()?.limits ?? {})
  const { tripped } = day()
  return kinds.filter((kind) => beyond[kind] && tripped[kind] === undefined)
}
/** Within a limit whose kill switch was released: only what is marked within it can trip it again. */
const isKeptAgain = (desk: Seen['desk'], stand: Stand): boolean => {
  const beyond = isBeyond(stand, desk.opened()?.limits ?? {})
  return releasedOf(desk).some((kind) => !beyond[kind])
}
const releasedOf = ({ day, standsKillSwitch }: Seen['desk']): readonly Kind[] => {
  const { tripped } = day()
  return kinds.filter((kind) => {
    const { killSwitchId } = tripped[kind] ?? {}
    return killSwitchId !== undefined && !standsKillSwitch(killSwitchId)
  })
}
/** Whether something that tripped has been released: it has to be looked at until it is kept again. */
export const isReleased = ({ desk }: Pick<Seen, 'desk'>): boolean => releasedOf(desk).length > 0

type Kind = 'dailyLoss' | 'drawdown'
const kinds: readonly Kind[] = ['dailyLoss', 'drawdown']

const isKnown = ({ equity, unvalued }: Wealth): boolean =>
  equity !== undefined && unvalued.length === 0

type Derived = Pick<EquityMarked, 'book' | 'rules' | 'basis' | 'at' | 'clock'>
const seenBy = (
  { desk, holdings }: Seen,
  clock: Instant,
  { version }: Rules,
): BasisWentBack | { readonly _tag: 'Seen'; readonly derived: Derived } => {
  const basis = holdings.basis()
  const floor = desk.basisCount()
  if (basis.count < floor) return { _tag: 'BasisWentBack', count: basis.count, floor }
  const at = laterOf(clock, desk.at())
  return { _tag: 'Seen', derived: { book: desk.book, rules: version, basis, at, clock } }
}
