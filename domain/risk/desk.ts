/**
 * What binds a book and what its guard has decided: the fold of risk-<book>. A decision may be entered before
 * it is on the log; until it is confirmed there, all that was entered so can be withdrawn.
 */
import { type KillSwitch, type KillSwitchFold, killSwitchFold } from '#domain/order/kill-switch'
import { type LimitTexts, limitTextsOf } from '#domain/risk/texts'
import { type Velocity, type VelocityFold, velocityFold } from '#domain/risk/velocity'
import { laterOf } from '#domain/values/instant'
import type {
  BookOpened,
  ControlChanged,
  ControlRefused,
  KillSwitchEngaged,
  KillSwitchReleased,
  MarksTaken,
  OrderApproved,
  OrderDenied,
  RiskEvent,
  RiskLimitsSet,
} from '#schemas/events/risk'
import type {
  BookId,
  Currency,
  KillSwitchId,
  MarketSymbol,
  OrderId,
  ProposalId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { BookControl, Limits, Mark } from '#schemas/values/trading'

/** What was decided about an order, as long as it can matter. */
export type Outcome = 'approved' | 'denied'
export interface OpenedBook {
  readonly currency: Currency
  readonly control: BookControl
  readonly limits: Limits
  readonly limitTexts: LimitTexts
}

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
  readonly killSwitches: () => readonly KillSwitch[]
  readonly standsKillSwitch: (killSwitch: KillSwitchId) => boolean
  /** Whether it ever stood. */
  readonly knowsKillSwitch: (killSwitch: KillSwitchId) => boolean
  /** Until the ruling is on the log and its proposal is forgotten. */
  readonly isRuled: (proposal: ProposalId) => boolean
  readonly markOf: (symbol: MarketSymbol) => Mark | undefined
  readonly marksTakenAt: () => Instant | undefined
  readonly outcomeOf: (order: OrderId) => Outcome | undefined
  readonly velocity: Velocity
}
export interface DeskFold extends Desk {
  /** The next event of the stream. Answers what later sums have to look at again. */
  readonly apply: (event: RiskEvent, revision: bigint) => DeskChange
  /** The next event, which may not be written after all. */
  readonly enter: (event: Enterable) => DeskChange
  /** Takes back all that was entered since the last confirmation. */
  readonly withdraw: () => void
  /** What was entered is on the log. */
  readonly confirm: () => void
  /** The order has ended, or was denied and is known to be: nobody will ask about it again. */
  readonly forget: (order: OrderId) => void
  readonly forgetRuling: (proposal: ProposalId) => void
}
/** What the guard itself writes. */
export type Enterable =
  | OrderApproved
  | OrderDenied
  | MarksTaken
  | RiskLimitsSet
  | KillSwitchReleased
  | ControlChanged
  | ControlRefused
export interface DeskChange {
  readonly order?: OrderId
  readonly marks?: readonly Mark[]
  /** Limits or currency: everything has to be valued again. */
  readonly terms?: true
}

interface State {
  revision: bigint
  opened: OpenedBook | undefined
  at: Instant
  basisCount: number
  marksTakenAt: Instant | undefined
  readonly killSwitches: KillSwitchFold
  readonly marks: Map<MarketSymbol, Mark>
  readonly outcomes: Map<OrderId, Outcome>
  readonly ruled: Set<ProposalId>
  readonly velocity: VelocityFold
  /** How to take back what was entered, the last first. Undefined: what is applied is on the log. */
  undo: (() => void)[] | undefined
}

const beginning = 0 as Instant
const nothing: DeskChange = {}

export const deskFold = (book: BookId): DeskFold => {
  const state: State = {
    revision: -1n,
    opened: undefined,
    at: beginning,
    basisCount: 0,
    marksTakenAt: undefined,
    killSwitches: killSwitchFold(),
    marks: new Map(),
    outcomes: new Map(),
    ruled: new Set(),
    velocity: velocityFold(),
    undo: undefined,
  }
  return {
    book,
    revision: () => state.revision,
    opened: () => state.opened,
    at: () => state.at,
    basisCount: () => state.basisCount,
    killSwitches: () => state.killSwitches.standing(),
    standsKillSwitch: (id) => state.killSwitches.stands(id),
    knowsKillSwitch: (id) => state.killSwitches.knows(id),
    isRuled: (proposal) => state.ruled.has(proposal),
    markOf: (symbol) => state.marks.get(symbol),
    marksTakenAt: () => state.marksTakenAt,
    outcomeOf: (order) => state.outcomes.get(order),
    velocity: state.velocity,
    apply: (event, revision) => {
      state.revision = revision
      const change = evolve(state, event)
      state.velocity.forgetBefore(state.at)
      return change
    },
    enter: (event) => {
      state.undo ??= []
      const { revision, at, basisCount, marksTakenAt, opened } = state
      const before = { revision, at, basisCount, marksTakenAt, opened }
      state.undo.push(() => Object.assign(state, before))
      state.revision += 1n
      return evolve(state, event)
    },
    withdraw: () => {
      for (const undo of (state.undo ?? []).toReversed()) undo()
      state.undo = undefined
    },
    confirm: () => {
      state.undo = undefined
      state.velocity.forgetBefore(state.at)
    },
    forget: (order) => {
      state.outcomes.delete(order)
    },
    forgetRuling: (proposal) => {
      state.ruled.delete(proposal)
    },
  }
}

const evolve = (state: State, event: RiskEvent): DeskChange => {
  switch (event.type) {
    case 'BookOpened':
      return open(state, event)
    case 'OrderApproved': {
      const uncount = state.velocity.count(event.at)
      state.undo?.push(uncount)
      return decided(state, event, 'approved')
    }
    case 'OrderDenied':
      return decided(state, event, 'denied')
    case 'MarksTaken':
      state.at = laterOf(state.at, event.at)
      state.marksTakenAt = event.at
      for (const mark of event.marks) take(state, mark)
      return { marks: event.marks }
    case 'KillSwitchEngaged':
      return engage(state, event)
    case 'RiskLimitsSet':
      return limit(state, event)
    case 'KillSwitchReleased':
      return release(state, event)
    case 'ControlRefused':
      return ruled(state, event)
    case 'ControlChanged':
      return control(state, event)
    case 'AmendApproved':
    case 'AmendDenied':
    case 'TradingDayOpened':
    case 'EquityMarked':
    case 'DailyLossBreached':
    case 'DrawdownBreached':
      return nothing
  }
}
const open = (state: State, { currency, control, limits }: BookOpened): DeskChange => {
  if (state.opened !== undefined) return nothing
  state.opened = { currency, control, limits, limitTexts: limitTextsOf(limits) }
  return { terms: true }
}
/** Latched; the same one again, under whatever event id, is nothing new. */
const engage = (state: State, { killSwitchId, scope, mode }: KillSwitchEngaged): DeskChange => {
  const disengage = state.killSwitches.engage({ killSwitchId, scope, mode })
  if (disengage !== undefined) state.undo?.push(disengage)
  return nothing
}
const ruled = (
  state: State,
  { at, basis, proposalId }: RiskLimitsSet | KillSwitchReleased | ControlChanged | ControlRefused,
): DeskChange => {
  state.at = laterOf(state.at, at)
  state.basisCount = Math.max(state.basisCount, basis.count)
  state.ruled.add(proposalId)
  state.undo?.push(() => state.ruled.delete(proposalId))
  return nothing
}
const limit = (state: State, event: RiskLimitsSet): DeskChange => {
  ruled(state, event)
  if (state.opened === undefined) return nothing
  const { limits } = event
  state.opened = { ...state.opened, limits, limitTexts: limitTextsOf(limits) }
  return { terms: true }
}
const control = (state: State, event: ControlChanged): DeskChange => {
  ruled(state, event)
  if (state.opened !== undefined) state.opened = { ...state.opened, control: event.control }
  return nothing
}
const release = (state: State, event: KillSwitchReleased): DeskChange => {
  ruled(state, event)
  const putBack = state.killSwitches.release(event.killSwitchIds)
  state.undo?.push(putBack)
  return nothing
}
const decided = (
  state: State,
  { orderId, at, basis, mark }: OrderApproved | OrderDenied,
  outcome: Outcome,
): DeskChange => {
  state.at = laterOf(state.at, at)
  state.basisCount = Math.max(state.basisCount, basis.count)
  state.outcomes.set(orderId, outcome)
  state.undo?.push(() => state.outcomes.delete(orderId))
  if (mark === undefined) return { order: orderId }
  take(state, mark)
  return { order: orderId, marks: [mark] }
}
/** The last recorded counts, whatever its time says: a clock that was set back must not keep an old price alive. */
const take = (state: State, mark: Mark): void => {
  const before = state.marks.get(mark.symbol)
  state.marks.set(mark.symbol, mark)
  state.undo?.push(() => {
    if (before === undefined) state.marks.delete(mark.symbol)
    else state.marks.set(mark.symbol, before)
  })
}
