/** A guard's view of a log that is written in the test, and what it decides there. */
import * as E from 'fp-ts/lib/Either.js'
import { sessionFor } from '#domain/market/sessions'
import { decide, type RiskDecision } from '#domain/risk/decide'
import type { AmendDecision } from '#domain/risk/decide-amendment'
import { type StandingFold, standingsFold } from '#domain/risk/standing'
import { openDayIfDue } from '#domain/risk/testing/day-words'
import { type TestLog, testLog } from '#domain/risk/testing/log'
import {
  accountOpened,
  type Asked,
  bookOpened,
  deposited,
  intent,
  listed,
  main,
  markAt,
  noon,
  orderId,
  submitted,
} from '#domain/risk/testing/words'
import { sessionsInUtc, settledAt } from '#domain/risk/testing/venue-words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Instant } from '#schemas/values/instant'
import type { Limits, Mark } from '#schemas/values/trading'

export interface Desk {
  readonly log: TestLog
  readonly standing: () => StandingFold
  /** These happen, in this order. */
  readonly given: (...events: readonly LedgerEvent[]) => Desk
  /** The same, and this person stands behind them. */
  readonly by: (person: string, ...events: readonly LedgerEvent[]) => Desk
  /** These orders are asked for, approved and put on the log, each at this mark. */
  readonly approved: (n: number, asked?: Asked, mark?: Mark) => Desk
  /** Approved, and on their way to the venue. */
  readonly inFlight: (n: number, asked?: Asked, mark?: Mark) => Desk
  /** What is decided of a new order. It is not put on the log. */
  readonly decides: (asked?: Asked, mark?: Mark | 'none', clock?: Instant) => RiskDecision
}

/** Book, account with a million, BTC/USDT listed, and the venue reconciled. */
export const opening = (limits: Limits = {}): readonly LedgerEvent[] => [
  bookOpened(limits),
  accountOpened(),
  deposited('1000000'),
  listed(),
  ...settledAt(),
]
/** A log that begins with that, and then has these. */
export const openDesk = (limits: Limits = {}, ...more: readonly LedgerEvent[]): Desk =>
  deskOn(...opening(limits), ...more)

/** A log that begins with these. */
export const deskOn = (...beginning: readonly LedgerEvent[]): Desk => {
  const log = testLog()
  const standings = standingsFold()
  // The ids that are asked for here begin above a million; a log of another desk may have some of them.
  let asks = 1_000_000
  for (const event of beginning)
    if (event.type === 'OrderIntentRecorded' && event.orderId > orderId(asks)) asks += 1
  const append = (event: LedgerEvent, person?: string): void => {
    const forked = standings.apply(log.append(event, noon, person))
    if (forked !== undefined) throw new Error(`forked: ${forked.found}`)
  }
  const standing = (): StandingFold => {
    const found = standings.of(main)
    if (found === undefined) throw new Error('nothing was ever heard of the book')
    return found
  }
  const decided = (n: number, mark: Mark | undefined, clock: Instant): RiskDecision => {
    const order = standing().holdings.order(orderId(n))
    if (order === undefined) throw new Error(`no order ${String(n)}`)
    openDayIfDue(standing(), clock, append)
    const { limits } = standing().desk.opened() ?? {}
    const session = sessionFor(limits, order.terms.venue, sessionsInUtc, clock)
    const decision = decide(standing(), { intent: order.intent.event, mark, session, clock })
    if (E.isLeft(decision)) throw new Error(`not allowed: ${decision.left._tag}`)
    const [first] = decision.right
    if (first === undefined) throw new Error('nothing to decide')
    return first
  }
  const desk: Desk = {
    log,
    standing,
    given: (...events) => {
      for (const event of events) append(event)
      return desk
    },
    by: (person, ...events) => {
      for (const event of events) append(event, person)
      return desk
    },
    approved: (n, asked = {}, mark = markAt('65000')) => {
      append(intent(n, asked))
      const decision = decided(n, mark, noon)
      if (decision.type === 'OrderDenied') throw new Error(`denied: ${decision.reason.message}`)
      append(decision)
      return desk
    },
    inFlight: (n, asked = {}, mark = markAt('65000')) =>
      desk.approved(n, asked, mark).given(submitted(n, asked)),
    decides: (asked = {}, mark = markAt('65000'), clock = noon) => {
      asks += 1
      append(intent(asks, asked))
      return decided(asks, mark === 'none' ? undefined : mark, clock)
    },
  }
  return desk.given(...beginning)
}

/** One check of a decision as `outcome observed/limit`; an approval does not write its outcomes down. */
type Decision = RiskDecision | AmendDecision
export const lineOf = (decision: Decision, code: string): string => {
  if (decision.type === 'OrderApproved' || decision.type === 'AmendApproved') {
    const [, observed, limit] = decision.checks.find(([name]) => name === code) ?? ['', '?', '?']
    return `${observed}/${limit}`
  }
  const check = decision.checks.find((each) => each.code === code)
  return `${check?.observed ?? ''}/${check?.limit ?? ''}`
}
/** approved, approved as reducing, or the code of the reason against it. */
export const outcomeOf = (decision: Decision): string => {
  if ('reason' in decision) return decision.reason.code
  return decision.reducing ? 'reducing' : 'approved'
}
