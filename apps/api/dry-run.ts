/** POST /v1/orders?dryRun=true: what the guard would decide, by its own folds and its own code; nothing is recorded. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { Answer } from '#adapters/http/route'
import { zoneOffset } from '#adapters/system/zones'
import type { Hash } from '#domain/kernel/ids'
import type { PlausibleMarks } from '#domain/market/plausible'
import { sessionsBy } from '#domain/market/sessions'
import { daysBy } from '#domain/risk/day-events'
import { waitingMost, wouldDecide, type WouldRejection } from '#domain/risk/would-decide'
import { nameBasedUuid } from '#projections/name-based-uuid'
import type { DryRunReply } from '#schemas/api/orders'
import type { ProposedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'
import { orderStream } from '#schemas/streams'
import { formatInstant } from '#schemas/values/instant'
import { asRecorded } from './appending.ts'
import { checksOf, markOf, namesIn, outcomeOf, sessionOf } from './decision-view.ts'
import type { Directory } from './directory.ts'
import type { Progress } from './progress.ts'
import type { RiskView } from './risk-view.ts'

export interface DryRunMeans {
  readonly directory: Directory
  readonly risk: RiskView
  readonly marks: PlausibleMarks
  readonly hash: Hash
  readonly progress: Pick<Progress, 'position'>
}

/** By the time-zone tables of the day, as its guard looks them up. */
const sessionAt = sessionsBy(zoneOffset)
const dayAt = daysBy(zoneOffset)

/** The intent is made as if it were to be written, so that nothing of it is judged otherwise. */
export const answerDryRun = (
  { directory, risk, marks, progress, hash }: DryRunMeans,
  intent: ProposedEvent<OrderIntentRecorded>,
): E.Either<Fault, Answer> => {
  const { orderId, book } = intent.event
  const standing = risk.of(book)
  if (standing === undefined) return notReady('The log is still being read. Ask again.')
  const logPosition = progress.position()
  const stream = orderStream(orderId)
  const there = asRecorded(intent, { stream, revision: 0n, lastPosition: logPosition + 1n })
  const clock = intent.metadata.occurredAt
  const decided = wouldDecide(standing, {
    intent: { ...there, event: intent.event },
    marks: marks.by(standing.desk.opened()?.limits.maxMarkJump, standing.desk.marks()),
    clock,
    sessionAt,
    dayAt,
    killSwitchIdOf: (of, revision) => nameBasedUuid(hash, ['breach', of, revision.toString()]),
  })
  if (E.isLeft(decided)) return notReady(wordsOf(decided.left))
  const decision = decided.right
  const body: DryRunReply = {
    dryRun: true,
    outcome: outcomeOf(decision),
    reducing: decision.reducing,
    reason: decision.type === 'OrderDenied' ? decision.reason : null,
    mark: markOf(decision),
    session: sessionOf(decision),
    checks: checksOf(decision, namesIn(directory)),
    rules: decision.rules,
    at: formatInstant(decision.at),
    logPosition: logPosition.toString(),
  }
  return E.right({ status: 200, body })
}

const notReady = (detail: string): E.Either<Fault, never> => E.left({ _tag: 'NotReady', detail })
const wordsOf = (rejection: WouldRejection): string => {
  switch (rejection._tag) {
    case 'ClockBehind':
      return `The clock here is ${String(Math.round(rejection.ms))} ms behind the last decision: until it has caught up, the guard decides nothing that increases a position.`
    case 'TooMuchWaits':
      return `More than ${String(waitingMost)} orders wait for the guard to decide them. Ask again.`
    default:
      return `Nothing can be decided on the log as it was read here (${rejection._tag}). Ask again.`
  }
}
