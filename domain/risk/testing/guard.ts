/** A guard of a generated history: it reads the log when it is told to, and decides upon what it has read. */
import * as E from 'fp-ts/lib/Either.js'
import type { Marks } from '#domain/market/marks'
import { sessionFor } from '#domain/market/sessions'
import { decideWaiting } from '#domain/risk/decide-amendment'
import { marksDue } from '#domain/risk/marks-due'
import { ruleOn } from '#domain/risk/ruling'
import { type Entry, type StandingFold, type Standings, standingsFold } from '#domain/risk/standing'
import type { TestLog } from '#domain/risk/testing/log'
import { openDayIfDue, watchBook } from '#domain/risk/testing/day-words'
import { snapshotOf } from '#domain/risk/testing/snapshot'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { main } from '#domain/risk/testing/words'
import { isAmendment } from '#domain/risk/waiting'
import { laterOf } from '#domain/values/instant'
import type { LedgerEvent } from '#schemas/events/ledger'
import { riskStream } from '#schemas/streams'
import type { Instant } from '#schemas/values/instant'

export interface Guard {
  readonly standings: Standings
  readonly standing: () => StandingFold
  read: number
}
export const guardOf = (): Guard => {
  const standings = standingsFold()
  return {
    standings,
    read: 0,
    standing: () => {
      const standing = standings.of(main)
      if (standing === undefined) throw new Error('the book is not known yet')
      return standing
    },
  }
}
export const readOn = (guard: Guard | undefined, log: TestLog, events: number): void => {
  if (guard === undefined) return
  for (const recorded of log.events.slice(guard.read, guard.read + events)) {
    const forked = guard.standings.apply(recorded)
    if (forked !== undefined)
      throw new Error(`forked: expected ${forked.expected}, ${forked.found}`)
    guard.read += 1
  }
}
/** Decides all that waits, requests on control first, and appends it if nobody wrote first; else nothing of it may remain. */
export const decideNow = (
  guard: Guard | undefined,
  log: TestLog,
  heard: Marks,
  now: Instant,
  append: (event: LedgerEvent) => void,
): void => {
  if (guard?.standings.of(main)?.desk.opened() === undefined) return
  const standing = guard.standing()
  const isWritten = written(standing, log, append, (enter) => rulings(standing, now, enter))
  if (isWritten) written(standing, log, append, (enter) => decisions(standing, heard, now, enter))
}

type Enter = (entry: Entry) => void
/** One may bring about another: what two persons want waits its time no longer where control becomes dual. */
const rulings = (standing: StandingFold, clock: Instant, enter: Enter): void => {
  const ruled = [...standing.holdings.proposals(main).values()].flatMap((held) => {
    const ruling = ruleOn(standing, { held, clock })
    if (E.isLeft(ruling)) throw new Error(ruling.left._tag)
    for (const entry of ruling.right) enter(entry)
    return ruling.right
  })
  if (ruled.length > 0) rulings(standing, clock, enter)
}
const decisions = (standing: StandingFold, heard: Marks, now: Instant, enter: Enter): void => {
  const at = laterOf(now, standing.desk.at())
  const waiting = [...standing.questions()]
  if (waiting.length === 0) return
  const due = marksDue(
    standing,
    heard,
    at,
    waiting.map(({ terms }) => terms),
  )
  if (due.length > 0) enter({ type: 'MarksTaken', book: main, at, marks: due })
  watchBook(standing, now, enter)
  for (const order of waiting) {
    openDayIfDue(standing, now, enter)
    const mark = heard.markOf(order.terms.symbol)
    const { limits } = standing.desk.opened() ?? {}
    const session = sessionFor(limits, order.terms.venue, sessionsInUtc, now)
    const decision = decideWaiting(standing, order, { mark, session, clock: now })
    if (E.isLeft(decision)) throw new Error(decision.left._tag)
    const [first] = decision.right
    // An amendment of an order that has just been denied comes to nothing.
    if (first !== undefined) enter(first)
    else if (!isAmendment(order)) throw new Error('what waits can be decided')
  }
}

/** Whether nobody wrote first. */
const written = (
  standing: StandingFold,
  log: TestLog,
  append: (event: LedgerEvent) => void,
  fill: (enter: Enter) => void,
): boolean => {
  const revision = standing.desk.revision()
  const isFirst = revision === log.revisionOf(riskStream(main))
  const before = isFirst ? '' : snapshotOf(standing)
  const entries: Entry[] = []
  fill((entry) => {
    standing.enter(entry)
    entries.push(entry)
  })
  if (entries.length === 0) return true
  if (isFirst) {
    const from = log.events.length
    for (const entry of entries) append(entry)
    standing.confirm(
      log.events.slice(from).map(({ metadata }, index) => {
        const event = entries[index]
        if (event === undefined) throw new Error('as many as were entered')
        return { metadata, event }
      }),
    )
    return true
  }
  standing.withdraw()
  const after = snapshotOf(standing)
  if (after !== before) throw new Error(`withdrawing left something:\n${before}\n${after}`)
  return false
}
