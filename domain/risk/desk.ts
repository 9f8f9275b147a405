/**
 * What binds a book and what its guard has decided: the fold of risk-<book>. A decision may be entered before
 * it is on the log; until it is confirmed there, all that was entered so can be withdrawn.
 */
import type {
  AmendApproved,
  AmendDenied,
  BookOpened,
  ControlChanged,
  ControlRefused,
  DailyLossBreached,
  DrawdownBreached,
  EquityMarked,
  KillSwitchEngaged,
  KillSwitchReleased,
  OrderApproved,
  OrderDenied,
  RiskEvent,
  RiskLimitsSet,
  TradingDayOpened,
} from '#schemas/events/risk'
import type { Enterable } from '#domain/risk/enterable'
import { type Duplicates, type DuplicatesFold, duplicatesFold } from '#domain/risk/duplicates'
import { type KillSwitchFold, killSwitchFold } from '#domain/order/kill-switch'
import { breached, type DayState, dayOpened, equityMarked, limited } from '#domain/risk/day'
import {
  bindingBy,
  type DeskState,
  emptyDesk,
  type EngagedKillSwitch,
  type OpenedBook,
  type Outcome,
} from '#domain/risk/desk-state'
import { believedOf } from '#domain/risk/doubt'
import { type Velocity, type VelocityFold, velocityFold } from '#domain/risk/velocity'
import { laterOf } from '#domain/values/instant'
import type {
  AmendmentId,
  BookId,
  KillSwitchId,
  MarketSymbol,
  OrderId,
  PersonId,
  ProposalId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

export interface Desk {
  readonly book: BookId
  /** Of the last event in here; -1n before the first. */
  readonly revision: () => bigint
  /** Undefined: nobody has opened the book. */
  readonly opened: () => OpenedBook | undefined
  /** The last `at` of the guard, before which no decision may be. */
  readonly at: () => Instant
  /** The greatest count in a decision's basis so far, below which none may be. */
  readonly basisCount: () => number
  readonly killSwitches: () => readonly EngagedKillSwitch[]
  readonly standsKillSwitch: (killSwitch: KillSwitchId) => boolean
  /** Whether it ever stood. */
  readonly knowsKillSwitch: (killSwitch: KillSwitchId) => boolean
  /** Of one that stands; undefined where that was no person, but the guard. */
  readonly engagerOf: (killSwitch: KillSwitchId) => PersonId | undefined
  /** Until the ruling is on the log and its proposal is forgotten. */
  readonly isRuled: (proposal: ProposalId) => boolean
  /** The last recorded; where that is in doubt, the price that was believed before it. */
  readonly markOf: (symbol: MarketSymbol) => Mark | undefined
  /** All of these. */
  readonly marks: () => ReadonlyMap<MarketSymbol, Mark>
  /** Whose last recorded mark had just jumped. */
  readonly doubted: () => ReadonlySet<MarketSymbol>
  readonly marksTakenAt: () => Instant | undefined
  readonly day: () => DayState
  readonly outcomeOf: (order: OrderId) => Outcome | undefined
  readonly amendOutcomeOf: (amendment: AmendmentId) => Outcome | undefined
  readonly velocity: Velocity
  readonly duplicates: Duplicates
}
export interface DeskFold extends Desk {
  /** Of the log alone only where nothing is entered. */
  readonly state: DeskState
  readonly velocity: VelocityFold
  readonly duplicates: DuplicatesFold
  /** Something of it may not be on the log. */
  readonly isEntered: () => boolean
  /** The next event of the stream, and the person behind it. Answers what later sums have to look at again. */
  readonly apply: (event: RiskEvent, revision: bigint, person: PersonId | undefined) => DeskChange
  /** The next event, which may not be written after all. */
  readonly enter: (event: Enterable) => DeskChange
  /** Takes back all that was entered since the last confirmation. */
  readonly withdraw: () => void
  /** What was entered is on the log. */
  readonly confirm: () => void
  /** The order has ended, or was denied and is known to be: nobody will ask about it again. */
  readonly forget: (order: OrderId) => void
  readonly forgetAmendment: (amendment: AmendmentId) => void
  readonly forgetRuling: (proposal: ProposalId) => void
}
export interface DeskChange {
  readonly order?: OrderId
  readonly marks?: readonly Mark[]
  /** Limits or currency: everything has to be valued again. */
  readonly terms?: true
}

interface Working {
  readonly state: DeskState
  readonly killSwitches: KillSwitchFold<EngagedKillSwitch>
  readonly velocity: VelocityFold
  readonly duplicates: DuplicatesFold
  /** How to take back what was entered, the last first. Undefined: what is applied is on the log. */
  undo: (() => void)[] | undefined
}

const workingOn = (state: DeskState): Working => ({
  state,
  killSwitches: killSwitchFold(state.killSwitches),
  velocity: velocityFold(state.velocity),
  duplicates: duplicatesFold(state.duplicates),
  undo: undefined,
})

const nothing: DeskChange = {}

export const deskFold = (book: BookId, state: DeskState = emptyDesk()): DeskFold => {
  const working = workingOn(state)
  const { killSwitches, velocity, duplicates } = working
  return {
    book,
    state,
    isEntered: () => working.undo !== undefined,
    revision: () => state.revision,
    opened: () => state.opened,
    at: () => state.at,
    basisCount: () => state.basisCount,
    killSwitches: () => killSwitches.standing(),
    standsKillSwitch: (id) => killSwitches.stands(id),
    knowsKillSwitch: (id) => killSwitches.knows(id),
    engagerOf: (id) => killSwitches.find(id)?.engagedBy,
    isRuled: (proposal) => state.ruled.has(proposal),
    markOf: (symbol) => state.marks.get(symbol),
    marks: () => state.marks,
    doubted: () => state.doubted,
    marksTakenAt: () => state.marksTakenAt,
    day: () => state.day,
    outcomeOf: (order) => state.outcomes.get(order),
    amendOutcomeOf: (amendment) => state.amendOutcomes.get(amendment),
    velocity,
    duplicates,
    apply: (event, revision, person) => {
      state.revision = revision
      const change = evolve(working, event, person)
      letGoOld(working)
      return change
    },
    enter: (event) => {
      working.undo ??= []
      const { revision, at, basisCount, marksTakenAt, opened, day } = state
      const before = { revision, at, basisCount, marksTakenAt, opened, day }
      working.undo.push(() => Object.assign(state, before))
      state.revision += 1n
      return evolve(working, event)
    },
    withdraw: () => {
      for (const undo of (working.undo ?? []).toReversed()) undo()
      working.undo = undefined
    },
    confirm: () => {
      working.undo = undefined
      letGoOld(working)
    },
    forget: (order) => state.outcomes.delete(order),
    forgetAmendment: (amendment) => state.amendOutcomes.delete(amendment),
    forgetRuling: (proposal) => {
      state.ruled.delete(proposal)
    },
  }
}

const windowIn = ({ opened }: DeskState): number => opened?.limits.duplicateWindowMs ?? 0
/** What of it is kept longer than it can matter. */
const letGoOld = ({ state, velocity, duplicates }: Working): void => {
  velocity.forgetBefore(state.at)
  duplicates.letGo()
}
const evolve = (working: Working, event: RiskEvent, person?: PersonId): DeskChange => {
  const change = changed(working, event, person)
  const remind = working.duplicates.forgetBefore(working.state.at, windowIn(working.state))
  working.undo?.push(remind)
  return change
}
const changed = (working: Working, event: RiskEvent, person?: PersonId): DeskChange => {
  const { state } = working
  switch (event.type) {
    case 'BookOpened':
      return open(state, event)
    case 'OrderApproved':
    case 'AmendApproved': {
      const { at, terms } = event
      const undo = [working.velocity.count(at, terms)]
      if (event.type === 'OrderApproved')
        undo.push(working.duplicates.remember(terms, at, windowIn(state)))
      working.undo?.push(...undo)
      return decided(working, event, 'approved')
    }
    case 'OrderDenied':
    case 'AmendDenied':
      return decided(working, event, 'denied')
    case 'MarksTaken':
      state.at = laterOf(state.at, event.at)
      state.marksTakenAt = event.at
      for (const mark of event.marks) take(working, mark)
      return { marks: event.marks }
    case 'KillSwitchEngaged':
      return engage(working, event, person)
    case 'RiskLimitsSet':
      return limit(working, event)
    case 'KillSwitchReleased':
      return release(working, event)
    case 'ControlRefused':
      return ruled(working, event)
    case 'ControlChanged':
      return control(working, event)
    case 'TradingDayOpened':
      return became(state, event, dayOpened(state.day, event))
    case 'EquityMarked':
      return became(state, event, equityMarked(state.day, event, state.opened?.limits ?? {}))
    case 'DailyLossBreached':
    case 'DrawdownBreached':
      return became(state, event, breached(state.day, event))
  }
}
const became = (
  state: DeskState,
  { at, basis }: TradingDayOpened | EquityMarked | DailyLossBreached | DrawdownBreached,
  day: DayState,
): DeskChange => {
  state.at = laterOf(state.at, at)
  state.basisCount = Math.max(state.basisCount, basis.count)
  state.day = day
  return nothing
}
const open = (
  state: DeskState,
  { currency, control, tradingDay, limits }: BookOpened,
): DeskChange => {
  if (state.opened !== undefined) return nothing
  state.opened = { currency, control, tradingDay, ...bindingBy(limits) }
  return { terms: true }
}
/** Latched; the same one again, under whatever event id, is nothing new. */
const engage = (
  { killSwitches, undo }: Working,
  { killSwitchId, scope, mode, reason }: KillSwitchEngaged,
  engagedBy: PersonId | undefined,
): DeskChange => {
  const by = engagedBy === undefined ? {} : { engagedBy }
  const disengage = killSwitches.engage({ killSwitchId, scope, mode, reason, ...by })
  if (disengage !== undefined) undo?.push(disengage)
  return nothing
}
const ruled = (
  { state, undo }: Working,
  { at, basis, proposalId }: RiskLimitsSet | KillSwitchReleased | ControlChanged | ControlRefused,
): DeskChange => {
  state.at = laterOf(state.at, at)
  state.basisCount = Math.max(state.basisCount, basis.count)
  state.ruled.add(proposalId)
  undo?.push(() => state.ruled.delete(proposalId))
  return nothing
}
const limit = (working: Working, event: RiskLimitsSet): DeskChange => {
  ruled(working, event)
  const { state } = working
  if (state.opened === undefined) return nothing
  const { limits } = event
  state.opened = { ...state.opened, ...bindingBy(limits) }
  working.velocity.forgetParts()
  state.day = limited(state.day, limits)
  return { terms: true }
}
const control = (working: Working, event: ControlChanged): DeskChange => {
  ruled(working, event)
  const { state } = working
  if (state.opened !== undefined) state.opened = { ...state.opened, control: event.control }
  return nothing
}
const release = (working: Working, event: KillSwitchReleased): DeskChange => {
  ruled(working, event)
  const putBack = working.killSwitches.release(event.killSwitchIds)
  working.undo?.push(putBack)
  return nothing
}
const decided = (
  working: Working,
  event: OrderApproved | OrderDenied | AmendApproved | AmendDenied,
  outcome: Outcome,
): DeskChange => {
  const { state } = working
  const { orderId, at, basis, mark } = event
  state.at = laterOf(state.at, at)
  state.basisCount = Math.max(state.basisCount, basis.count)
  if ('amendmentId' in event) {
    const { amendmentId } = event
    state.amendOutcomes.set(amendmentId, outcome)
    working.undo?.push(() => state.amendOutcomes.delete(amendmentId))
  } else {
    state.outcomes.set(orderId, outcome)
    working.undo?.push(() => state.outcomes.delete(orderId))
  }
  if (mark === undefined) return { order: orderId }
  take(working, mark)
  return { order: orderId, marks: [mark] }
}
/** The last recorded counts, whatever its time says: a clock that was set back must not keep an old price alive. */
const take = ({ state, undo }: Working, heard: Mark): void => {
  const { symbol } = heard
  const before = state.marks.get(symbol)
  const wasDoubted = state.doubted.has(symbol)
  const mark = believedOf(heard, state.opened?.limits ?? {})
  state.marks.set(symbol, mark)
  if (mark === heard) state.doubted.delete(symbol)
  else state.doubted.add(symbol)
  undo?.push(() => {
    if (before === undefined) state.marks.delete(symbol)
    else state.marks.set(symbol, before)
    if (wasDoubted) state.doubted.add(symbol)
    else state.doubted.delete(symbol)
  })
}
