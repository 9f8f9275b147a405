/** The guard's loop: folds the log, decides what waits, and appends it at the exact revision it has folded. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import type { Logger } from 'pino'
import type {
  AppendFailure,
  Appended,
  EventLog,
  LogFilter,
  LogPage,
} from '#domain/kernel/event-log'
import { holdingsPrefixes } from '#domain/risk/holdings'
import {
  type Entry,
  type Forked,
  type StandingFold,
  type Standings,
  standingsFold,
} from '#domain/risk/standing'
import type { ProposedEvent } from '#schemas/envelope'
import { riskStream } from '#schemas/streams'
import type { BookId } from '#schemas/values/ids'
import { type BatchTools, nextBatch } from './batch.ts'

export interface GuardPorts extends BatchTools {
  readonly log: Pick<EventLog, 'append'>
  readonly logger: Pick<Logger, 'info' | 'warn'>
  readonly stopping: AbortSignal
  /** Waits a little longer at each attempt; returns early when the guard is stopping. */
  readonly backOff: (attempt: number) => Promise<void>
  /** The log cannot be reached; what was to be written may be on it or not. */
  readonly unreachable: (detail: string) => void
  readonly decided?: (events: readonly ProposedEvent<Entry>[]) => void
  readonly conflicted?: () => void
  /** What is folded already; nothing where it is not said. */
  readonly standings?: Standings
  /** Whether a book is this guard's to decide; each where it is not said. */
  readonly decides?: (book: BookId) => boolean
  /** The page is folded, and nothing is decided yet upon it. */
  readonly folded?: (page: LogPage) => void
  /** The market's first prices have come, or will not come soon; at once where it is not said. */
  readonly heard?: Promise<void>
}
export interface Guard {
  readonly standings: Standings
  /** Folds it, and no more. */
  readonly fold: (page: LogPage) => void
  /**
   * Folds it, and decides what may be decided at its end. The log answers at least every second, also where
   * there is nothing new: that is what brings about what only waits for its time, and always upon the newest.
   */
  readonly onPage: (page: LogPage) => Promise<void>
}

/** Everything that holdings count, and every book's own stream. */
export const guardFilter: LogFilter = {
  prefixes: [...holdingsPrefixes, 'risk-'],
  eager: [
    'OrderIntentRecorded',
    'OrderAmendRequested',
    'KillSwitchEngaged',
    'RiskLimitsProposed',
    'KillSwitchReleaseRequested',
    'ControlChangeRequested',
    'RiskLimitsEndorsed',
    'KillSwitchReleaseEndorsed',
    'ControlChangeEndorsed',
  ],
}

export const riskGuard = (ports: GuardPorts): Guard => {
  const standings = ports.standings ?? standingsFold()
  const { decides = () => true } = ports
  let hasHeard = ports.heard === undefined
  ports.heard?.then(
    () => (hasHeard = true),
    () => undefined,
  )
  /** Per book: a revision that is known to exist, and has not been folded. */
  const ahead = new Map<BookId, bigint>()
  const isBehind = ({ desk }: StandingFold): boolean => {
    const revision = ahead.get(desk.book)
    if (revision === undefined || desk.revision() >= revision) ahead.delete(desk.book)
    return ahead.has(desk.book)
  }
  const tools = toolsOf(ports)
  const decideWaiting = async (standing: StandingFold): Promise<void> => {
    for (;;) {
      const batch = nextBatch(standing, tools)
      if (!isNonEmpty(batch)) return
      const before = standing.desk.revision() - BigInt(batch.length)
      const appended = await appendUntilKnown(ports, standing.desk.book, before, batch)
      if (appended === 'stopped') return standing.withdraw()
      if (E.isLeft(appended)) {
        standing.withdraw()
        ahead.set(standing.desk.book, appended.left.actual ?? -1n)
        ports.conflicted?.()
        return
      }
      standing.confirm(batch)
      ports.decided?.(batch)
    }
  }
  const fold = (page: LogPage): void => {
    for (const recorded of page.events) {
      const forked = standings.apply(recorded)
      if (forked !== undefined) throw brokenOff(forked)
    }
    ports.folded?.(page)
  }
  return {
    standings,
    fold,
    onPage: async (page) => {
      fold(page)
      // Short of the head there may be a fill, a kill switch or a lapse that a decision would leave out.
      if (!page.atHead) return
      // It may take a while, in which the log goes on: what waits is decided upon the next page.
      if (!hasHeard) {
        await ports.heard
        hasHeard = true
        return
      }
      for (const standing of standings.all()) {
        if (ports.stopping.aborted) return
        if (!decides(standing.desk.book)) continue
        // A book that nobody has opened: whatever was written would stand in the way of opening it.
        if (standing.desk.opened() !== undefined && !isBehind(standing))
          await decideWaiting(standing)
      }
    },
  }
}

const toolsOf = (ports: GuardPorts): BatchTools => ({
  ...ports,
  leftOut: ({ orderId }) => ports.logger.warn({ orderId }, 'the log takes no decision so large'),
})

type Conflict = Extract<AppendFailure, { readonly _tag: 'RevisionConflict' }>
/** The same bytes at the same revision, until it is known whether they are on the log. */
const appendUntilKnown = async (
  { log, logger, stopping, backOff, unreachable }: GuardPorts,
  book: BookId,
  revision: bigint,
  batch: ReadonlyNonEmptyArray<ProposedEvent<Entry>>,
): Promise<E.Either<Conflict, Appended> | 'stopped'> => {
  for (let attempt = 0; ; attempt += 1) {
    const appended = await log.append(riskStream(book), revision, batch)
    if (E.isRight(appended)) return appended
    const failure = appended.left
    switch (failure._tag) {
      case 'RevisionConflict':
        logger.info({ book, expected: revision, actual: failure.actual }, 'somebody wrote first')
        return E.left(failure)
      case 'AppendForbidden':
        throw new Error(`${failure.stream} does not take what was decided: ${failure.detail}`)
      case 'StoreUnreachable':
        logger.warn({ book, attempt, detail: failure.detail }, 'perhaps written: trying it again')
        unreachable(failure.detail)
        await backOff(attempt)
        if (stopping.aborted) return 'stopped'
    }
  }
}
const brokenOff = ({ book, expected, found }: Forked): Error =>
  new Error(
    `${riskStream(book)} does not go on as it was folded: ${expected} was expected, and ${found} ` +
      'found. The guard starts anew from the log.',
  )
