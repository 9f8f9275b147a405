/** What each past decision is asked again: as it was recorded, and as it would have been asked under other limits. */
import { sessionFor, type SessionLookup } from '#domain/market/sessions'
import type { Question } from '#domain/risk/decide'
import { type Rules, rulesInForce, rulesOf } from '#domain/risk/rules'
import type { StandingFold } from '#domain/risk/standing'
import { isEqual } from '#domain/values/equal'
import { ownOf } from '#domain/values/own-of'
import type { OrderApproved, OrderDenied, RiskEvent } from '#schemas/events/risk'
import type { Limits, TradingWindow } from '#schemas/values/trading'

/** Every limit that the stream sets, as it would have been. */
export const underLimits = (
  standing: StandingFold,
  limits: (inForce: Limits) => Limits,
): Pick<StandingFold, 'apply' | 'look'> => ({
  look: standing.look,
  apply: (recorded) => {
    const { event } = recorded
    return standing.apply(
      event.type === 'BookOpened' || event.type === 'RiskLimitsSet'
        ? { ...recorded, event: { ...event, limits: limits(event.limits) } satisfies RiskEvent }
        : recorded,
    )
  },
})

/** As it was recorded. */
export const questionOf = (
  { holdings }: StandingFold,
  { orderId, mark, session, clock }: OrderApproved | OrderDenied,
): Question | undefined => {
  const intent = holdings.order(orderId)?.intent.event
  return intent === undefined ? undefined : { intent, mark, session, clock }
}

export interface Other {
  readonly question: Question
  /** By the time-zone tables of today, which may be others than those of then. */
  readonly isLookedUp: boolean
}
/** A session answers the windows that it was looked up in: where the other limits have others, they have another. */
export const otherQuestion = (
  question: Question,
  real: StandingFold,
  other: StandingFold,
  sessionAt: SessionLookup,
): Other => {
  const { venue } = question.intent.terms
  const windowsIn = ({ desk }: StandingFold): readonly TradingWindow[] | undefined =>
    ownOf(desk.opened()?.limits.tradingWindows, venue)
  const windows = windowsIn(other)
  if (isEqual(windows, windowsIn(real))) return { question, isLookedUp: false }
  const session = sessionFor(other.desk.opened()?.limits, venue, sessionAt, question.clock)
  return { question: { ...question, session }, isLookedUp: windows !== undefined }
}

/** Before its first trading day nothing that increases would pass by rules that need one. */
export const rulesFor = ({ desk }: StandingFold, { rules }: OrderApproved | OrderDenied): Rules =>
  desk.day().open === undefined ? (rulesOf(rules) ?? rulesInForce) : rulesInForce
