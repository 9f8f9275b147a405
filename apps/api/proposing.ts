/** Asks a book's guard for something, or agrees to what was asked, and waits a little for what it says. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { Answer } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import { msBetween } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest } from '#schemas/events/control'
import type { LedgerEvent } from '#schemas/events/ledger'
import { controlStream } from '#schemas/streams'
import type { BookId, ProposalId } from '#schemas/values/ids'
import { type OnceMeans, type Once, recordOnce, replayHeaders } from './once.ts'
import type { Directory } from './directory.ts'
import { hasToWait, needsSecond, proposalView, waitsUntil } from './proposal-view.ts'
import { entryOf, type ProposalEntry } from './proposals.ts'
import type { Watches } from './waiting.ts'

/** So long an answer is held back for the guard's decision. */
const patienceMs = 5_000

export interface ProposingMeans extends OnceMeans {
  readonly watches: Watches
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
}
export type ControlAsker = Once['request'] & { readonly gone: () => AbortSignal }

/** What is to be recorded about a proposal, on the control stream of its book. */
export interface Saying {
  readonly use: Once['use']
  readonly book: BookId
  readonly proposal: ProposalId
  readonly decide: () => E.Either<Fault, readonly LedgerEvent[]>
}

export const propose = (
  means: ProposingMeans,
  request: ControlAsker,
  use: Once['use'],
  event: ControlRequest,
  decide: () => E.Either<Fault, ControlRequest>,
): Promise<E.Either<Fault, Answer>> =>
  sayOnce(means, request, {
    use,
    book: event.book,
    proposal: event.proposalId,
    decide: () => {
      const decided = decide()
      if (E.isLeft(decided)) return decided
      const full = tooMany(means.directory, decided.right)
      return full === undefined ? E.right([decided.right]) : E.left(full)
    },
  })

/** The guard looks at each of them before it decides an order; what tightens is never kept waiting. */
const pendingMax = 1_000
const tooMany = (directory: Directory, event: ControlRequest): Fault | undefined => {
  const pending = directory.pending(event.book).length
  return pending >= pendingMax && hasToWait(event, directory.book(event.book))
    ? { _tag: 'TooManyPending', book: event.book, pending }
    : undefined
}

export const sayOnce = async (
  means: ProposingMeans,
  request: ControlAsker,
  { use, book, proposal, decide }: Saying,
): Promise<E.Either<Fault, Answer>> => {
  // Opened before anything is written, so that the decision on it is not missed.
  const watch = means.watches.open(proposal)
  try {
    const once = await recordOnce(means, {
      stream: controlStream(book),
      use,
      request,
      decide: async () => decide(),
    })
    if (E.isLeft(once)) return once
    const { replayed } = once.right
    // Of several that were recorded together the first counts, now and when it is asked again.
    const first = means.directory.used(request.caller.person, use, request.key)
    const recorded = first ?? once.right.recorded
    const entry = () => entryFor(means, recorded)
    const until = means.clock.monotonicMs() + patienceFor(means, entry())
    for (let heard = 0; entry().ruling === undefined && !request.gone().aborted; ) {
      const left = until - means.clock.monotonicMs()
      if (left <= 0 || watch === undefined) break
      await watch.moreThan(heard, left, request.gone())
      heard = watch.events().length
    }
    return answerOf(means, entry(), replayHeaders(replayed))
  } finally {
    watch?.close()
  }
}

/** What waits for longer than that anyway, or for somebody else, is answered at once. */
const patienceFor = ({ clock, directory }: ProposingMeans, entry: ProposalEntry): number => {
  const book = directory.book(entry.asked.event.book)
  const until = waitsUntil(entry, book)
  const isLong = until !== undefined && msBetween(clock.now(), until) > patienceMs
  return isLong || needsSecond(entry, book) ? 0 : patienceMs
}

/** As it was folded; where this process is behind, as it was recorded. */
const entryFor = ({ directory }: OnceMeans, recorded: RecordedEvent): ProposalEntry => {
  const { event } = recorded
  const known = 'proposalId' in event ? directory.proposal(event.proposalId) : undefined
  if (known !== undefined) return known
  switch (event.type) {
    case 'RiskLimitsProposed':
    case 'KillSwitchReleaseRequested':
    case 'ControlChangeRequested':
      return entryOf({ ...recorded, event }, {})
    default:
      throw new Error(`${event.type} is about nothing that was ever asked for`)
  }
}

const answerOf = (
  { directory }: OnceMeans,
  entry: ProposalEntry,
  headers: Readonly<Record<string, string>>,
): E.Either<Fault, Answer> => {
  const ruled = entry.ruling?.event
  if (ruled?.type === 'ControlRefused') {
    return E.left({ _tag: 'ControlRefused', ...ruled.reason })
  }
  const status = ruled === undefined ? 202 : 200
  return E.right({ status, body: proposalView(entry, directory), headers })
}
