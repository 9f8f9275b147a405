/** What the guard itself writes, and enters before it is on the log. */
import type {
  AmendApproved,
  AmendDenied,
  ControlChanged,
  ControlRefused,
  DailyLossBreached,
  DrawdownBreached,
  EquityMarked,
  KillSwitchEngaged,
  KillSwitchReleased,
  MarksTaken,
  OrderApproved,
  OrderDenied,
  RiskLimitsSet,
  TradingDayOpened,
} from '#schemas/events/risk'

export type Enterable =
  | OrderApproved
  | OrderDenied
  | AmendApproved
  | AmendDenied
  | MarksTaken
  | RiskLimitsSet
  | KillSwitchReleased
  | ControlChanged
  | ControlRefused
  | TradingDayOpened
  | EquityMarked
  | DailyLossBreached
  | DrawdownBreached
  | KillSwitchEngaged
