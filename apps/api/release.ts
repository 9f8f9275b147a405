/** The other half of POST /v1/risk/kill-switch: asks for kill switches to be released, which the guard decides. */
import * as E from 'fp-ts/lib/Either.js'
import { type ReadBody, roleOf, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Answer, Asked, Caller } from '#adapters/http/route'
import type { Hash } from '#domain/kernel/ids'
import type { ProposalReply } from '#schemas/api/control'
import type { KillSwitchRequest } from '#schemas/api/risk'
import type { KillSwitchReleaseRequested } from '#schemas/events/control'
import { fieldFault } from '#schemas/request'
import type { IdempotencyKey, KillSwitchId, PersonId } from '#schemas/values/ids'
import type { Scope } from '#schemas/values/trading'
import type { Directory } from './directory.ts'
import { mainBook } from './fresh-ledger.ts'
import { proposalIdOf } from './identity.ts'
import { bookFaults } from './limit-faults.ts'
import { propose, type ProposingMeans } from './proposing.ts'
import { unknownName } from './terms.ts'

export interface ReleaseMeans extends ProposingMeans {
  readonly hash: Hash
}

export interface Releasing extends Pick<Asked, 'requestId' | 'gone'> {
  readonly caller: Caller
  readonly key: IdempotencyKey | undefined
  readonly body: ReadBody<KillSwitchRequest>
}

const roles = { anyOf: ['risk'], to: 'release kill switches' } as const
const use = 'POST /v1/risk/kill-switch'

export const releaseKillSwitch = async (
  means: ReleaseMeans,
  request: Releasing,
): Promise<E.Either<Fault, Answer>> => {
  const role = roleOf({ roles }, request.caller)
  if (E.isLeft(role)) return role
  const { key } = request
  if (key === undefined) return E.left({ _tag: 'IdempotencyKeyMissing' })
  const asked = request.body.value
  const { book = mainBook, reason } = asked
  const event: KillSwitchReleaseRequested = {
    type: 'KillSwitchReleaseRequested',
    book,
    proposalId: proposalIdOf(means.hash, request.caller.person, use, key),
    killSwitchIds: [],
    reason,
  }
  const told = await propose(means, { ...request, key, role: role.right }, use, event, () => {
    const chosen = chosenBy(means.directory, asked)
    if (E.isLeft(chosen)) return chosen
    const barred = barredFrom(means.directory, asked, chosen.right, request.caller.person)
    return barred === undefined
      ? E.right({ ...event, killSwitchIds: chosen.right })
      : E.left(barred)
  })
  return E.map((answer: Answer) => withMore(means.directory, asked, answer))(told)
}

/** Says so where more stand in the scope than one request may name. */
const withMore = (directory: Directory, asked: KillSwitchRequest, answer: Answer): Answer => {
  const body = answer.body as ProposalReply
  const named = new Set(body.killSwitches ?? [])
  if (asked.id !== undefined || named.size < releasedMax) return answer
  const left = (directory.book(asked.book ?? mainBook)?.killSwitches ?? []).filter(
    ({ event }) => isWithin(event.scope, asked.scope ?? {}) && !named.has(event.killSwitchId),
  )
  return left.length === 0 ? answer : { ...answer, body: { ...body, more: left.length } }
}

/**
 * So many are named by one request. What the guard answers names them all again, in one event of 256 KiB at
 * most; whoever has more to release asks again.
 */
export const releasedMax = 1_000

/** Under dual control nobody has a hand in releasing what he engaged himself. */
const barredFrom = (
  directory: Directory,
  asked: KillSwitchRequest,
  killSwitches: readonly KillSwitchId[],
  person: PersonId,
): Fault | undefined => {
  const book = directory.book(asked.book ?? mainBook)
  if (book?.control !== 'dual') return undefined
  const engagedHere = new Set(
    book.killSwitches.flatMap(({ event, metadata }) =>
      metadata.actor.person === person ? [event.killSwitchId] : [],
    ),
  )
  const own = killSwitches.filter((id) => engagedHere.has(id))
  if (own.length === 0) return undefined
  const others = killSwitches.filter((id) => !engagedHere.has(id))
  return {
    _tag: 'SecondPersonNeeded',
    person,
    did: 'engaged the kill switch',
    to: 'release it',
    ...(asked.id === undefined ? { among: { own, others } } : {}),
  }
}

/** By its id; without one, all that stand within the scope at this moment, or the oldest of them. */
const chosenBy = (
  directory: Directory,
  asked: KillSwitchRequest,
): E.Either<Fault, readonly KillSwitchId[]> => {
  const book = asked.book ?? mainBook
  const standing = directory.book(book)?.killSwitches ?? []
  const faults: RequestFault[] = [...bookFaults(directory, book), ...uselessFields(asked)]
  if (asked.id !== undefined) {
    const known = standing.map(({ event }) => event.killSwitchId)
    if (!known.includes(asked.id)) {
      faults.push(unknownName(['id'], 'unknownKillSwitch', asked.id, known))
    }
    return faults.length > 0 ? wrong(faults) : E.right([asked.id])
  }
  const chosen = standing.filter(({ event }) => isWithin(event.scope, asked.scope ?? {}))
  if (faults.length === 0 && chosen.length === 0) {
    const detail = 'No kill switch stands there: nothing is to be released.'
    faults.push({ pointer: '', code: 'unknownKillSwitch', detail })
  }
  const ids = chosen.map(({ event }) => event.killSwitchId)
  return faults.length > 0 ? wrong(faults) : E.right(boundedTo(releasedMax, ids, directory))
}

/** Those first that no other request names which waits for its time. */
const boundedTo = (
  count: number,
  ids: readonly KillSwitchId[],
  directory: Directory,
): readonly KillSwitchId[] => {
  if (ids.length <= count) return ids
  const named = new Set(
    directory.proposals().flatMap(({ asked: { event }, ruling }) => {
      const waits = ruling === undefined && event.type === 'KillSwitchReleaseRequested'
      return waits ? event.killSwitchIds : []
    }),
  )
  const fresh = ids.filter((id) => !named.has(id))
  return [...fresh, ...ids.filter((id) => named.has(id))].slice(0, count)
}

export const uselessFields = ({ id, mode, scope }: KillSwitchRequest): readonly RequestFault[] => [
  ...(mode === undefined
    ? []
    : [fieldFault(['mode'], 'invalid', 'belongs to engaging; leave it out')]),
  ...(id === undefined || scope === undefined
    ? []
    : [fieldFault(['scope'], 'invalid', 'does not go together with an id')]),
]

/** One that stops more than the scope is not released by it. */
export const isWithin = (stopped: Scope, scope: Scope): boolean =>
  (['account', 'strategy', 'symbol'] as const).every(
    (part) => scope[part] === undefined || scope[part] === stopped[part],
  )
