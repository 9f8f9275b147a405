/** Who may do what, and by which key. Stream: access-<person>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { KeyId, Line, PersonId, Sha256 } from '#schemas/values/ids'
import { Role } from '#schemas/values/trading'

export const PersonAdmitted = fact('PersonAdmitted', {
  person: PersonId,
  roles: t.readonlyArray(Role),
  reason: Line,
})
/** The key itself is never recorded, only its hash. */
export const ApiKeyIssued = fact('ApiKeyIssued', {
  person: PersonId,
  keyId: KeyId,
  roles: t.readonlyArray(Role),
  secretHash: Sha256,
})

/** From this event on the key opens nothing. What it did stays done. */
export const ApiKeyRevoked = fact('ApiKeyRevoked', {
  person: PersonId,
  keyId: KeyId,
  reason: Line,
})

export const accessFacts = [PersonAdmitted, ApiKeyIssued, ApiKeyRevoked] as const
export type AccessEvent = EventOf<(typeof accessFacts)[number]>
export type PersonAdmitted = EventOf<typeof PersonAdmitted>
export type ApiKeyIssued = EventOf<typeof ApiKeyIssued>
export type ApiKeyRevoked = EventOf<typeof ApiKeyRevoked>
