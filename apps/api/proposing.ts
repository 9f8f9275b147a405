/** Asks a book's guard for other limits or a release, and waits a little for what it says. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { Answer } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import { msBetween } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import { controlStream } from '#schemas/streams'
import { type OnceMeans, type Once, recordOnce, replayHeaders } from './once.ts'
import { proposalView, waitsUntil } from './proposal-view.ts'
import type { ProposalEntry, ProposalEvent } from './proposals.ts'
import type { Watches } from './waiting.ts'

/** So long an answer is held back for the guard's decision. */
const patienceMs = 5_000

export interface ProposingMeans extends OnceMeans {
  readonly watches: Watches
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
}

export const propose = async (
  means: ProposingMeans,
  request: Once['request'] & { readonly gone: () => AbortSignal },
  use: Once['use'],
  event: ProposalEvent,
  decide: () => E.Either<Fault, ProposalEvent>,
): Promise<E.Either<Fault, Answer>> => {
  const { watches } = means
  // Opened before the proposal is written, so that the decision on it is not missed.
  const watch = watches.open(event.proposalId)
  try {
    const once = await recordOnce(means, {
      stream: controlStream(event.book),
      use,
      request,
      decide: async () => {
        const decided = decide()
        return E.isLeft(decided) ? decided : E.right([decided.right])
      },
    })
    if (E.isLeft(once)) return once
    const { recorded, replayed } = once.right
    const entry = () => entryOf(means, recorded)
    const until = means.clock.monotonicMs() + patienceFor(means, entry())
    for (let heard = 0; entry().ruling === undefined && !request.gone().aborted; ) {
      const left = until - means.clock.monotonicMs()
      if (left <= 0 || watch === undefined) break
      await watch.moreThan(heard, left, request.gone())
      heard = watch.events().length
    }
    return answerOf(entry(), replayHeaders(replayed))
  } finally {
    watch?.close()
  }
}

/** What waits for longer than that anyway is answered at once. */
const patienceFor = ({ clock }: ProposingMeans, entry: ProposalEntry): number => {
  const until = waitsUntil(entry)
  return until !== undefined && msBetween(clock.now(), until) > patienceMs ? 0 : patienceMs
}

/** As it was folded; where this process is behind, as it was recorded. */
const entryOf = ({ directory }: OnceMeans, recorded: RecordedEvent): ProposalEntry => {
  const { event } = recorded
  if (event.type !== 'RiskLimitsProposed' && event.type !== 'KillSwitchReleaseRequested') {
    throw new Error(`${event.type} proposes nothing`)
  }
  const entry = directory.proposal(event.proposalId)
  return entry ?? { asked: { ...recorded, event }, loosens: [], ruling: undefined }
}

const answerOf = (
  entry: ProposalEntry,
  headers: Readonly<Record<string, string>>,
): E.Either<Fault, Answer> => {
  const ruled = entry.ruling?.event
  if (ruled?.type === 'ControlRefused') {
    return E.left({ _tag: 'ControlRefused', ...ruled.reason })
  }
  const status = ruled === undefined ? 202 : 200
  return E.right({ status, body: proposalView(entry), headers })
}
