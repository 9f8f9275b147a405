/**
 * A book's trading day as its stream tells it: what the day began at, the highest equity so far, which money that
 * came in or went out is in them, and which limit of loss has tripped. Replaced as a whole, never changed in place.
 */
import { isBeyond } from '#domain/risk/loss'
import { addAmount, zeroAmount } from '#domain/values/decimal'
import type {
  DailyLossBreached,
  DrawdownBreached,
  EquityMarked,
  ExternalFlow,
  TradingDayOpened,
} from '#schemas/events/risk'
import type { Amount, Ratio } from '#schemas/values/decimal'
import type { Currency, KillSwitchId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'

export interface OpenDay {
  readonly day: string
  readonly opensAt: Instant
  readonly closesAt: Instant
  readonly late: boolean
  /** With what came in or went out since. */
  readonly openEquity: Amount
}
export interface MarkedEquity {
  readonly equity: Amount
  readonly at: Instant
}
export interface DayState {
  readonly open: OpenDay | undefined
  /** The highest equity so far, moved by what came in or went out; that and the last are there from the first day on. */
  readonly highWater: Amount
  readonly marked: MarkedEquity | undefined
  /** What came in or went out, by currency, as far as it is in the figures above. */
  readonly taken: ReadonlyMap<Currency, Amount>
  /** What tripped, until there is a reason to watch it again. */
  readonly tripped: { readonly dailyLoss?: Tripped<Amount>; readonly drawdown?: Tripped<Ratio> }
}
export interface Tripped<Limit> {
  readonly limit: Limit
  readonly killSwitchId: KillSwitchId
}
export const noDay: DayState = {
  open: undefined,
  highWater: zeroAmount,
  marked: undefined,
  taken: new Map(),
  tripped: {},
}

/** A new day is watched anew; a drawdown goes on. */
export const dayOpened = (state: DayState, event: TradingDayOpened): DayState => {
  const { day, opensAt, closesAt, late, equity, highWater, flows, at, markedAt } = event
  const { dailyLoss: _, ...tripped } = state.tripped
  return {
    open: { day, opensAt, closesAt, late, openEquity: equity },
    highWater,
    marked: { equity, at: markedAt ?? at },
    taken: withTaken(state.taken, flows),
    tripped,
  }
}
/** What has come back within a limit may trip it again. */
export const equityMarked = (
  state: DayState,
  { equity, at, dayOpenEquity, highWater, flows }: EquityMarked,
  limits: Limits,
): DayState => {
  const open = state.open === undefined ? undefined : { ...state.open, openEquity: dayOpenEquity }
  const beyond = isBeyond({ equity, dayOpenEquity, highWater }, limits)
  const { dailyLoss, drawdown } = state.tripped
  return {
    open,
    highWater,
    marked: { equity, at },
    taken: withTaken(state.taken, flows),
    tripped: {
      ...(dailyLoss === undefined || !beyond.dailyLoss ? {} : { dailyLoss }),
      ...(drawdown === undefined || !beyond.drawdown ? {} : { drawdown }),
    },
  }
}
export const breached = (
  state: DayState,
  event: DailyLossBreached | DrawdownBreached,
): DayState => ({
  ...state,
  tripped: { ...state.tripped, ...trippedBy(event) },
})
const trippedBy = (event: DailyLossBreached | DrawdownBreached): DayState['tripped'] => {
  const { killSwitchId } = event
  return event.type === 'DailyLossBreached'
    ? { dailyLoss: { limit: event.limit, killSwitchId } }
    : { drawdown: { limit: event.limit, killSwitchId } }
}
/** Another limit than the one that tripped is watched from the first. */
export const limited = (state: DayState, { maxDailyLoss, maxDrawdown }: Limits): DayState => {
  const { dailyLoss, drawdown } = state.tripped
  return {
    ...state,
    tripped: {
      ...(dailyLoss === undefined || dailyLoss.limit !== maxDailyLoss ? {} : { dailyLoss }),
      ...(drawdown === undefined || drawdown.limit !== maxDrawdown ? {} : { drawdown }),
    },
  }
}

const withTaken = (
  taken: ReadonlyMap<Currency, Amount>,
  flows: readonly ExternalFlow[],
): ReadonlyMap<Currency, Amount> => {
  if (flows.length === 0) return taken
  const sums = new Map(taken)
  for (const { currency, amount } of flows)
    sums.set(currency, addAmount(sums.get(currency) ?? zeroAmount, amount))
  return sums
}
