/** POST, GET and DELETE of /v1/keys: who may do what, and by which key. */
import * as E from 'fp-ts/lib/Either.js'
import { presentedKey } from '#adapters/http/bearer'
import { keyed, type Request, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Answer, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import {
  IssuedKeyReply,
  IssueKey,
  KeyList,
  KeyQuery,
  KeyReply,
  RevokeQuery,
} from '#schemas/api/keys'
import type { RecordedEvent } from '#schemas/envelope'
import type { ApiKeyIssued, PersonAdmitted } from '#schemas/events/access'
import { fieldFault } from '#schemas/request'
import { accessStream } from '#schemas/streams'
import type { Line, PersonId } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import { decideAndAppend } from './deciding.ts'
import { behind, foldedUpTo, levelWithLog } from './levelling.ts'
import { actorOf, type OnceMeans, recordOnce, replayHeaders } from './once.ts'
import { pageIn } from './paging.ts'
import type { KeyEntry } from './people.ts'

const patienceMs = 5_000
/** So long a revocation waits for what other processes have recorded before. */
const levelMs = 1_000

export interface KeyMeans extends OnceMeans {
  /** A new one from chance. It is in the answer to who asked for it, and nowhere else. */
  readonly newApiKey: () => string
}

const issuing = {
  method: 'POST',
  path: '/v1/keys',
  summary: 'Issues an API key to a person; it is shown this once.',
  tag: 'access',
  roles: { anyOf: ['admin'], to: 'issue keys' },
  idempotencyKey: 'required',
  body: IssueKey,
  replies: { 201: IssuedKeyReply },
  problems: ['notReady'],
} as const satisfies KeyedDescription

export const issueKey = (means: KeyMeans): KeyedRoute =>
  keyed(issuing, async (request) => {
    const { person, roles, reason } = request.body.value
    const faults = faultsOf(person, roles)
    if (faults.length > 0) return wrong(faults)
    const key = freshKey(means)
    const issued: ApiKeyIssued = {
      type: 'ApiKeyIssued',
      person,
      keyId: key.keyId,
      roles,
      secretHash: key.secretHash,
    }
    const admitted: PersonAdmitted = {
      type: 'PersonAdmitted',
      person,
      roles,
      reason: reason ?? ('a first key was issued' as Line),
    }
    const once = await recordOnce(means, {
      stream: accessStream(person),
      use: 'POST /v1/keys',
      request,
      decide: async (history) => E.right(history.length === 0 ? [admitted, issued] : [issued]),
    })
    if (E.isLeft(once)) return once
    const { recorded, replayed } = once.right
    const view = keyView({ issued: asIssued(recorded), revoked: undefined })
    return E.right({
      status: 201,
      body: replayed ? view : { ...view, key: key.text },
      headers: { location: `/v1/keys/${view.id}`, ...replayHeaders(replayed) },
    })
  })

const listing = {
  method: 'GET',
  path: '/v1/keys',
  summary: 'API keys by their public halves, newest first: to an admin all, to others their own.',
  tag: 'access',
  query: KeyQuery,
  replies: { 200: KeyList },
  problems: ['projectionBehind'],
} as const satisfies KeyedDescription

export const listKeys = (means: Pick<OnceMeans, 'directory' | 'log' | 'progress'>): KeyedRoute =>
  keyed(listing, async ({ caller, query }) => {
    const level = await foldedUpTo(means, query.after, patienceMs)
    if (E.isLeft(level)) return level
    const isAdmin = caller.roles.includes('admin')
    const all = means.directory
      .keys()
      .toReversed()
      .filter(({ issued }) => isAdmin || issued.event.person === caller.person)
    const { person, state } = query
    const there = all.filter(
      ({ issued, revoked }) =>
        (person === undefined || issued.event.person === person) &&
        (state === undefined || (revoked === undefined) === (state === 'valid')),
    )
    const page = pageIn(there, all, query, ({ issued }) => issued.event.keyId)
    if (E.isLeft(page)) return page
    const { data, hasMore } = page.right
    return E.right({ status: 200, body: { data: data.map(keyView), hasMore } })
  })

const revoking = {
  method: 'DELETE',
  path: '/v1/keys/:id',
  summary: 'Revokes an API key, one of your own or as an admin any; from then on it opens nothing.',
  tag: 'access',
  query: RevokeQuery,
  replies: { 200: KeyReply },
  problems: ['notFound', 'forbidden', 'lastAdminKey', 'notReady'],
} as const satisfies KeyedDescription

/** As often as somebody likes: what was revoked stays revoked, since when it was first. */
export const revokeKey = (means: KeyMeans): KeyedRoute =>
  keyed(revoking, async (request) => {
    const id = request.parameters['id'] ?? ''
    // Another process may have revoked what would now be the last but one.
    const level = await levelWithLog(means, levelMs)
    if (E.isLeft(level)) return level
    const entry = means.directory.keys().find(({ issued }) => issued.event.keyId === id)
    const seen = maySee(request, id, entry)
    return E.isLeft(seen)
      ? seen
      : means.inTurn('revoke keys', () => revoke(means, request, seen.right))
  })

const maySee = (
  { caller }: Request<typeof revoking>,
  id: string,
  entry: KeyEntry | undefined,
): E.Either<Fault, KeyEntry> => {
  const isAdmin = caller.roles.includes('admin')
  // Whoever may not see a key is not told whether there is one.
  if (entry === undefined && isAdmin) return E.left({ _tag: 'ApiKeyNotFound', keyId: id })
  return entry === undefined || (!isAdmin && entry.issued.event.person !== caller.person)
    ? E.left({ _tag: 'RoleMissing', anyOf: ['admin'], to: "revoke another person's keys" })
    : E.right(entry)
}

const revoke = async (
  means: KeyMeans,
  { caller, query, requestId }: Request<typeof revoking>,
  { issued }: KeyEntry,
): Promise<E.Either<Fault, Answer>> => {
  const { person, keyId } = issued.event
  const reason = query.reason ?? ('revoked' as Line)
  const { directory, progress } = means
  const isLast: Fault = { _tag: 'LastAdminKey', keyId }
  const written = await decideAndAppend(means, {
    stream: accessStream(person),
    cause: { correlationId: requestId },
    actor: actorOf(caller, caller.roles.includes('admin') ? 'admin' : undefined),
    decide: async () => {
      const level = await levelWithLog(means, levelMs)
      if (E.isLeft(level)) return level
      const earlier = directory.key(keyId)?.revoked
      if (earlier !== undefined) return E.right({ earlier })
      return directory.isLastOfAdmins(keyId)
        ? E.left(isLast)
        : E.right({ write: [{ type: 'ApiKeyRevoked', person, keyId, reason }] })
    },
  })
  if (E.isLeft(written)) return written
  // Elsewhere another admin's key may have been revoked before this: then this one stays.
  const revoked = directory.key(keyId)?.revoked
  if (revoked !== undefined) return E.right({ status: 200, body: keyView({ issued, revoked }) })
  return E.left(progress.position() < written.right.recorded.position ? behind : isLast)
}

/** Held only until it is answered, or thrown away where the request was answered before. */
const freshKey = ({ newApiKey, directory }: KeyMeans) => {
  for (;;) {
    const text = newApiKey()
    const presented = presentedKey(text)
    if (presented === undefined) throw new Error('a new key does not look like one')
    if (directory.key(presented.keyId) === undefined) return { text, ...presented }
  }
}

/** The ledger signs with this name what no person asked for. */
const ledgerItself = 'daybook'

const faultsOf = (person: PersonId, roles: readonly string[]): readonly RequestFault[] => {
  const faults: RequestFault[] = []
  if (person === ledgerItself) {
    faults.push(fieldFault(['person'], 'invalid', `must not be ${ledgerItself}, which is nobody`))
  }
  const twice = roles.find((role, n) => roles.indexOf(role) !== n)
  if (twice !== undefined) faults.push(fieldFault(['roles'], 'invalid', `has ${twice} twice`))
  return faults
}

const asIssued = (recorded: RecordedEvent): RecordedEvent<ApiKeyIssued> => {
  const { event } = recorded
  if (event.type !== 'ApiKeyIssued') throw new Error(`${event.type} issues no key`)
  return { ...recorded, event }
}

const keyView = ({ issued, revoked }: KeyEntry): KeyReply => ({
  id: issued.event.keyId,
  person: issued.event.person,
  roles: issued.event.roles,
  issuedAt: formatInstant(issued.metadata.occurredAt),
  issuedBy: issued.metadata.actor.person ?? null,
  revokedAt: revoked === undefined ? null : formatInstant(revoked.metadata.occurredAt),
  logPosition: issued.position.toString(),
})
