/** Deriving again what was recorded of days, equity and breaches, at the bounds and by the name that were recorded. */
import type { Decision } from '#domain/kernel/decider'
import {
  breach,
  type Breach,
  type DayEvent,
  type DayRejection,
  killSwitchFor,
  markEquity,
  openDay,
} from '#domain/risk/days'
import type { Rules } from '#domain/risk/rules'
import type { Standing } from '#domain/risk/standing'
import { isEqual } from '#domain/values/equal'
import type { RecordedEvent } from '#schemas/envelope'
import type { KillSwitchEngaged, RiskEvent } from '#schemas/events/risk'

export const isDayEvent = (event: { readonly type: string }): event is DayEvent =>
  dayEvents.has(event.type)
const dayEvents: ReadonlySet<string> = new Set<DayEvent['type']>([
  'TradingDayOpened',
  'EquityMarked',
  'DailyLossBreached',
  'DrawdownBreached',
])

export const deriveDayEvent = (
  standing: Standing,
  recorded: DayEvent,
  rules: Rules,
): Decision<DayEvent, DayRejection> => {
  const { clock } = recorded
  switch (recorded.type) {
    case 'TradingDayOpened': {
      const { day, opensAt, closesAt } = recorded
      return openDay(standing, { bounds: { day, opensAt, closesAt }, clock }, rules)
    }
    case 'EquityMarked':
      return markEquity(standing, { clock }, rules)
    case 'DailyLossBreached':
    case 'DrawdownBreached':
      return breach(standing, { clock, killSwitchId: recorded.killSwitchId }, rules)
  }
}

/** Watches that each breach is followed by the kill switch that it names. */
export interface BreachWatch {
  /** The next event of the book's stream. Answers the breach before it that stays without its kill switch. */
  readonly next: (recorded: RecordedEvent<RiskEvent>) => RecordedEvent<Breach> | undefined
}
export const breachWatch = (standing: Pick<Standing, 'desk'>): BreachWatch => {
  let awaited:
    | { readonly breach: RecordedEvent<Breach>; readonly engaged: KillSwitchEngaged }
    | undefined
  return {
    next: (recorded) => {
      const before = awaited
      const { event } = recorded
      awaited =
        event.type === 'DailyLossBreached' || event.type === 'DrawdownBreached'
          ? { breach: { ...recorded, event }, engaged: killSwitchFor(event, standing) }
          : undefined
      return before === undefined || isEqual(before.engaged, event) ? undefined : before.breach
    },
  }
}
