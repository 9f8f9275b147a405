/** From a description and a handler to a route: what was sent is decoded by the description before the handler sees it. */
import { hash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { toCanonicalJson } from '#schemas/canonical-json'
import { closed } from '#schemas/codec'
import { decodeRequest } from '#schemas/request'
import { type CorrelationId, IdempotencyKey, type Sha256 } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'
import { holdsKey } from './bearer.ts'
import type { Fault, RequestFault } from './faults.ts'
import type {
  Answer,
  Asked,
  Caller,
  Description,
  KeyedDescription,
  KeyedRoute,
  OpenRoute,
} from './route.ts'

/** A body, and the SHA-256 of its canonical form: what tells the same request from another with the same key. */
export interface ReadBody<A> {
  readonly value: A
  readonly bodyHash: Sha256
}

/** What a handler is given: all of it has been decoded, and whoever asks may. */
export interface Request<D extends KeyedDescription> {
  readonly caller: Caller
  /** The first of the route's roles that the caller has: the one by which he may. */
  readonly role: D['roles'] extends object ? Role : undefined
  readonly query: D['query'] extends t.Any ? t.TypeOf<D['query']> : undefined
  readonly body: D['body'] extends t.Any ? ReadBody<t.TypeOf<D['body']>> : undefined
  readonly key: D['dryRun'] extends true ? IdempotencyKey | undefined : KeyOf<D['idempotencyKey']>
  readonly requestId: CorrelationId
  readonly parameters: Asked['parameters']
  readonly prefer: string | undefined
  readonly gone: () => AbortSignal
}
type KeyOf<K> = K extends 'required'
  ? IdempotencyKey
  : K extends 'optional'
    ? IdempotencyKey | undefined
    : undefined

type Handler<Given> = (given: Given) => Promise<E.Either<Fault, Answer>>

/** A route for whoever has a key. Most fundamental first: role, idempotency key, query, body. */
export const keyed = <const D extends KeyedDescription>(
  description: D,
  handle: Handler<Request<D>>,
): KeyedRoute => ({
  ...(description as KeyedDescription),
  access: 'key',
  handle: async (asked, caller) => {
    const role = roleOf(description, caller)
    if (E.isLeft(role)) return role
    const key = keyOf(description, asked)
    if (E.isLeft(key)) return key
    const query =
      description.query === undefined && isEmpty(asked.query)
        ? E.right(undefined)
        : queryOf(description.query ?? nothing, asked)
    if (E.isLeft(query)) return query
    const body = bodyOf(description, asked)
    if (E.isLeft(body)) return body
    const prefer = asked.header('prefer')
    return handle({
      caller,
      role: role.right,
      query: query.right,
      body: body.right,
      key: key.right,
      requestId: asked.requestId,
      parameters: asked.parameters,
      prefer: typeof prefer === 'object' ? prefer.join(',') : prefer,
      gone: asked.gone,
      // By the description: where it names a codec, the value is there, and is that codec's.
    } as Request<D>)
  },
})

/** A route for anybody, with a key or without. Who asks too much of it is not refused: it takes nothing. */
export const open = (description: Description, answer: () => Promise<Answer>): OpenRoute => ({
  ...description,
  access: 'anybody',
  handle: async () => E.right(await answer()),
})

export const wrong = (faults: readonly RequestFault[]): E.Either<Fault, never> =>
  E.left({ _tag: 'FieldsWrong', faults })

export const roleOf = (
  { roles }: Pick<KeyedDescription, 'roles'>,
  caller: Caller,
): E.Either<Fault, Role | undefined> => {
  if (roles === undefined) return E.right(undefined)
  const role = roles.anyOf.find((each) => caller.roles.includes(each))
  return role === undefined ? E.left({ _tag: 'RoleMissing', ...roles }) : E.right(role)
}

const keyOf = (
  { idempotencyKey, dryRun }: KeyedDescription,
  asked: Asked,
): E.Either<Fault, IdempotencyKey | undefined> => {
  if (idempotencyKey === undefined) return E.right(undefined)
  const header = asked.header('idempotency-key')
  if (typeof header === 'object') return E.left({ _tag: 'IdempotencyKeyTwice' })
  if (header === undefined || header === '') {
    const isDryRun = dryRun === true && asked.query['dryRun'] === 'true'
    return idempotencyKey === 'required' && !isDryRun
      ? E.left({ _tag: 'IdempotencyKeyMissing' })
      : E.right(undefined)
  }
  if (holdsKey(header)) return E.left({ _tag: 'SecretSent', where: 'the Idempotency-Key' })
  return IdempotencyKey.is(header) ? E.right(header) : E.left({ _tag: 'IdempotencyKeyMalformed' })
}

const isEmpty = (query: Asked['query']): boolean => Object.keys(query).length === 0
const nothing = closed(t.type({}, 'Nothing'))

export const queryOf = <A>(
  codec: t.Type<A, unknown, unknown>,
  { query }: Pick<Asked, 'query'>,
): E.Either<Fault, A> => {
  const given = Object.entries(query)
  const twice = given.find(([, value]) => Array.isArray(value))
  if (twice !== undefined) {
    const detail = `${twice[0]} is given more than once.`
    return wrong([{ pointer: `/${twice[0]}`, code: 'invalid', detail }])
  }
  if (given.some(([, value]) => typeof value === 'string' && holdsKey(value))) {
    return E.left({ _tag: 'SecretSent', where: 'the query' })
  }
  const decoded = decodeRequest(codec, { ...query })
  return E.isLeft(decoded) ? wrong(decoded.left) : decoded
}

const bodyOf = (
  { method, body: codec }: Description,
  { body }: Asked,
): E.Either<Fault, ReadBody<unknown> | undefined> => {
  if (codec === undefined) return body === undefined ? E.right(undefined) : bodyRefused(method)
  if (body === undefined) return E.left({ _tag: 'NotJson', detail: 'The body is empty.' })
  if (E.isLeft(body)) return E.left({ _tag: 'NotJson', detail: body.left })
  const decoded = decodeRequest(codec as t.Type<unknown, unknown, unknown>, body.right)
  if (E.isLeft(decoded)) return wrong(decoded.left)
  // As it was received: a default that changes one day must not make an old request a new one.
  const canonical = toCanonicalJson(body.right)
  if (E.isLeft(canonical)) {
    const { pointer, detail } = canonical.left
    return wrong([{ pointer, code: 'malformed', detail }])
  }
  if (holdsKey(canonical.right)) return E.left({ _tag: 'SecretSent', where: 'the body' })
  const bodyHash = hash('sha256', canonical.right, 'hex') as Sha256
  return E.right({ value: decoded.right, bodyHash })
}

const bodyRefused = (method: string): E.Either<Fault, never> =>
  wrong([
    { pointer: '', code: 'invalid', detail: `${method} takes no body here; send it without one.` },
  ])
