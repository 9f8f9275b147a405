/** Who asks: the person behind the API key of a request. */
import * as E from 'fp-ts/lib/Either.js'
import { bearerOf, presentedKey, sameHash } from '#adapters/http/bearer'
import type { Fault } from '#adapters/http/faults'
import type { Caller } from '#adapters/http/route'
import type { Knowledge } from './knowledge.ts'

/** `waitsFor`: what keeps the ledger from starting, where that is known. */
export const admission =
  (
    { directory, isComplete }: Pick<Knowledge, 'directory' | 'isComplete'>,
    waitsFor: () => string | undefined,
  ) =>
  (authorization: string | undefined): E.Either<Fault, Caller> => {
    const bearer = bearerOf(authorization)
    if (bearer === undefined) return E.left({ _tag: 'KeyMissing' })
    const presented = presentedKey(bearer)
    if (presented === undefined) return E.left({ _tag: 'KeyUnknown' })
    // Before the log has been read, an unknown key may only be one that is not known yet.
    if (!isComplete()) {
      const why = waitsFor()
      const starting = 'The ledger is starting; ask again.'
      return E.left({
        _tag: 'NotReady',
        detail: why === undefined ? starting : `${starting} What it says: ${why}`,
      })
    }
    const known = directory.key(presented.keyId)
    if (known === undefined) return E.left({ _tag: 'KeyUnknown' })
    const { person, keyId, roles, secretHash } = known.issued.event
    if (!sameHash(secretHash, presented.secretHash)) return E.left({ _tag: 'KeyUnknown' })
    if (known.revoked !== undefined) return E.left({ _tag: 'KeyRevoked', keyId })
    return E.right({ person, keyId, roles })
  }
