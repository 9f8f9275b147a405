/** Reads what was sent: body, query, idempotency key, role. Each is decoded, or refused with all that is wrong. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Asked, Caller } from '#adapters/http/route'
import type { Hash } from '#domain/kernel/ids'
import { toCanonicalJson } from '#schemas/canonical-json'
import { decodeRequest } from '#schemas/request'
import { IdempotencyKey, type Sha256 } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'

/** A body, and the SHA-256 of its canonical form: what tells the same request from another with the same key. */
export interface ReadBody<A> {
  readonly value: A
  readonly bodyHash: Sha256
}

export const bodyOf = <A>(
  hash: Hash,
  codec: t.Type<A, unknown, unknown>,
  { body }: Asked,
): E.Either<Fault, ReadBody<A>> => {
  if (body === undefined) return E.left({ _tag: 'NotJson', detail: 'The body is empty.' })
  if (E.isLeft(body)) return E.left({ _tag: 'NotJson', detail: body.left })
  const decoded = decodeRequest(codec, body.right)
  if (E.isLeft(decoded)) return wrong(decoded.left)
  // As it was received: a default that changes one day must not make an old request a new one.
  const canonical = toCanonicalJson(body.right)
  if (E.isLeft(canonical)) {
    const { pointer, detail } = canonical.left
    return wrong([{ pointer, code: 'malformed', detail }])
  }
  return E.right({ value: decoded.right, bodyHash: hash(canonical.right) as Sha256 })
}

export const queryOf = <A>(
  codec: t.Type<A, unknown, unknown>,
  { query }: Asked,
): E.Either<Fault, A> => {
  const twice = Object.entries(query).find(([, value]) => Array.isArray(value))
  if (twice !== undefined) {
    return wrong([
      { pointer: `/${twice[0]}`, code: 'invalid', detail: `${twice[0]} is given more than once.` },
    ])
  }
  const decoded = decodeRequest(codec, { ...query })
  return E.isLeft(decoded) ? wrong(decoded.left) : decoded
}

export const wrong = (faults: readonly RequestFault[]): E.Either<Fault, never> =>
  E.left({ _tag: 'FieldsWrong', faults })

export const requiredKey = (asked: Asked): E.Either<Fault, IdempotencyKey> => {
  const key = optionalKey(asked)
  if (E.isLeft(key)) return key
  return key.right === undefined ? E.left({ _tag: 'IdempotencyKeyMissing' }) : E.right(key.right)
}
export const optionalKey = (asked: Asked): E.Either<Fault, IdempotencyKey | undefined> => {
  const header = asked.header('idempotency-key')
  if (header === undefined || header === '') return E.right(undefined)
  return IdempotencyKey.is(header) ? E.right(header) : E.left({ _tag: 'IdempotencyKeyMalformed' })
}

/** The first of the roles that the caller has: the one by which he may. */
export const roleFor = (
  caller: Caller,
  anyOf: readonly Role[],
  to: string,
): E.Either<Fault, Role> => {
  const role = anyOf.find((each) => caller.roles.includes(each))
  return role === undefined ? E.left({ _tag: 'RoleMissing', anyOf, to }) : E.right(role)
}
