/** POST /v1/risk/kill-switch with the action endorse: agrees, as a second person, that kill switches are released. */
import * as E from 'fp-ts/lib/Either.js'
import { roleOf, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Answer, Caller } from '#adapters/http/route'
import type { KillSwitchRequest } from '#schemas/api/risk'
import type { KillSwitchReleaseRequested } from '#schemas/events/control'
import type { BookId, ProposalId } from '#schemas/values/ids'
import type { Directory } from './directory.ts'
import { barredFrom, endorsementBy } from './endorse.ts'
import { mainBook } from './fresh-ledger.ts'
import { bookFaults } from './limit-faults.ts'
import type { ProposalEntry } from './proposals.ts'
import { type ProposingMeans, sayOnce } from './proposing.ts'
import { isWithin, type Releasing, uselessFields } from './release.ts'
import { unknownName } from './terms.ts'

const roles = { anyOf: ['risk'], to: 'endorse what others ask for' } as const
const use = 'POST /v1/risk/kill-switch'

/** Of several that wait there, all that this person may endorse; the answer is about the first of them. */
export const endorseRelease = async (
  means: ProposingMeans,
  request: Releasing,
): Promise<E.Either<Fault, Answer>> => {
  const { caller, key, body } = request
  const role = roleOf({ roles }, caller)
  if (E.isLeft(role)) return role
  if (key === undefined) return E.left({ _tag: 'IdempotencyKeyMissing' })
  const { book = mainBook, reason } = body.value
  const { directory } = means
  const earlier = directory.used(caller.person, use, key)?.event
  const chosen = chosenBy(directory, body.value, caller)
  const first =
    earlier !== undefined && 'proposalId' in earlier
      ? earlier.proposalId
      : E.isRight(chosen)
        ? chosen.right[0]
        : undefined
  // Nothing is chosen and nothing was done under this key: that is decided again once all has been read.
  const proposal = first ?? (key as string as ProposalId)
  return sayOnce(
    means,
    { ...request, key, role: role.right },
    {
      use,
      book,
      proposal,
      decide: () => {
        const now = chosenBy(directory, body.value, caller)
        return E.isLeft(now)
          ? now
          : E.traverseArray((id: ProposalId) => endorsementBy(directory, caller, id, reason))(
              now.right,
            )
      },
    },
  )
}

type Waiting = ProposalEntry & {
  readonly asked: { readonly event: KillSwitchReleaseRequested }
}
const isRelease = (entry: ProposalEntry): entry is Waiting =>
  entry.asked.event.type === 'KillSwitchReleaseRequested'

/** By the id of the request, or of a kill switch that it names; without one, all within the scope. */
const chosenBy = (
  directory: Directory,
  asked: KillSwitchRequest,
  { person }: Caller,
): E.Either<Fault, readonly ProposalId[]> => {
  const { book = mainBook } = asked
  const faults: RequestFault[] = [...bookFaults(directory, book), ...uselessFields(asked)]
  if (faults.length > 0) return wrong(faults)
  const waiting = directory.pending(book).filter(isRelease)
  const meant = waiting.filter((entry) => isMeant(directory, book, asked, entry))
  if (meant.length === 0) return wrong([nothingThere(asked, waiting)])
  const barred = meant.map((entry) => barredFrom(directory, entry, person))
  const open = meant.filter((_, index) => barred[index] === undefined)
  const [first] = barred
  return open.length === 0 && first !== undefined
    ? E.left(first)
    : E.right(open.map(({ asked: { event } }) => event.proposalId))
}

const isMeant = (
  directory: Directory,
  book: BookId,
  { id, scope = {} }: KillSwitchRequest,
  { asked: { event } }: Waiting,
): boolean => {
  const named = new Set<string>(event.killSwitchIds)
  if (id !== undefined) return (event.proposalId as string) === id || named.has(id)
  const standing = directory.book(book)?.killSwitches ?? []
  return standing
    .filter((each) => named.has(each.event.killSwitchId))
    .every((each) => isWithin(each.event.scope, scope))
}

const nothingThere = ({ id }: KillSwitchRequest, waiting: readonly Waiting[]): RequestFault => {
  const known = waiting.map(({ asked: { event } }) => event.proposalId)
  if (id !== undefined) return unknownName(['id'], 'unknownKillSwitch', id, known)
  const detail = 'No request to release a kill switch waits there: nothing is to be endorsed.'
  return { pointer: '', code: 'unknownKillSwitch', detail }
}
