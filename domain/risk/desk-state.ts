/** What binds a book and what its guard has decided, as data: the state of the fold of risk-<book>. */
import { type KillSwitch, type KillSwitchState, noKillSwitches } from '#domain/order/kill-switch'
import { type DayState, noDay } from '#domain/risk/day'
import { type Overrides, overridesOf } from '#domain/risk/limit-overrides'
import { type DuplicatesState, noDuplicates } from '#domain/risk/duplicates'
import { type LimitTexts, limitTextsOf } from '#domain/risk/texts'
import { noVelocity, type VelocityState } from '#domain/risk/velocity'
import type { TradingDay } from '#schemas/events/risk'
import type {
  AmendmentId,
  Currency,
  Line,
  MarketSymbol,
  OrderId,
  PersonId,
  ProposalId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { BookControl, Limits, Mark } from '#schemas/values/trading'

/** What was decided about an order, as long as it can matter. */
export type Outcome = 'approved' | 'denied'
export interface OpenedBook {
  readonly currency: Currency
  readonly control: BookControl
  readonly tradingDay: TradingDay
  readonly limits: Limits
  readonly limitTexts: LimitTexts
  readonly overrides: Overrides
}
export const bindingBy = (
  limits: Limits,
): Pick<OpenedBook, 'limits' | 'limitTexts' | 'overrides'> => ({
  limits,
  limitTexts: limitTextsOf(limits),
  overrides: overridesOf(limits),
})

export interface EngagedKillSwitch extends KillSwitch {
  readonly engagedBy?: PersonId
  readonly reason?: Line
}
/** All that the fold knows of what is on the log, as data. */
export interface DeskState {
  revision: bigint
  opened: OpenedBook | undefined
  at: Instant
  basisCount: number
  marksTakenAt: Instant | undefined
  readonly killSwitches: KillSwitchState<EngagedKillSwitch>
  readonly marks: Map<MarketSymbol, Mark>
  readonly doubted: Set<MarketSymbol>
  day: DayState
  readonly outcomes: Map<OrderId, Outcome>
  readonly amendOutcomes: Map<AmendmentId, Outcome>
  readonly ruled: Set<ProposalId>
  readonly velocity: VelocityState
  readonly duplicates: DuplicatesState
}
export const emptyDesk = (): DeskState => ({
  revision: -1n,
  opened: undefined,
  at: beginning,
  basisCount: 0,
  marksTakenAt: undefined,
  killSwitches: noKillSwitches(),
  marks: new Map(),
  doubted: new Set(),
  day: noDay,
  outcomes: new Map(),
  amendOutcomes: new Map(),
  ruled: new Set(),
  velocity: noVelocity(),
  duplicates: noDuplicates(),
})

const beginning = 0 as Instant
