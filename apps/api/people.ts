/** Who has been admitted, and by which keys: the fold of access-<person>. */
import type { RecordedEvent } from '#schemas/envelope'
import type { ApiKeyIssued, ApiKeyRevoked } from '#schemas/events/access'
import type { KeyId, PersonId } from '#schemas/values/ids'

export interface KeyEntry {
  readonly issued: RecordedEvent<ApiKeyIssued>
  /** From then on it opens nothing. */
  readonly revoked: RecordedEvent<ApiKeyRevoked> | undefined
}

export interface People {
  readonly key: (id: KeyId) => KeyEntry | undefined
  /** All that were ever issued, oldest first. */
  readonly keys: () => readonly KeyEntry[]
  /** Without a key that may issue keys, nobody could ever be let in again: it is not revoked. */
  readonly isLastOfAdmins: (id: KeyId) => boolean
  readonly isAdmitted: (person: PersonId) => boolean
}
export interface PeopleFold extends People {
  readonly apply: (recorded: RecordedEvent) => void
}

export const peopleFold = (): PeopleFold => {
  const keys = new Map<KeyId, KeyEntry>()
  const persons = new Set<PersonId>()
  /** Askers with their Idempotency-Keys; one of them makes one key, whichever processes were asked. */
  const asked = new Set<string>()
  const isFirst = ({ metadata: { idempotencyKey, actor } }: RecordedEvent): boolean => {
    if (idempotencyKey === undefined || actor.person === undefined) return true
    const name = `${actor.person} ${idempotencyKey}`
    if (asked.has(name)) return false
    asked.add(name)
    return true
  }
  const isLastOfAdmins = (id: KeyId): boolean =>
    mayIssue(keys.get(id)) &&
    ![...keys.values()].some((other) => other.issued.event.keyId !== id && mayIssue(other))
  return {
    key: (id) => keys.get(id),
    keys: () => [...keys.values()],
    isLastOfAdmins,
    isAdmitted: (person) => persons.has(person),
    apply: (recorded) => {
      const { event } = recorded
      if (event.type === 'PersonAdmitted') persons.add(event.person)
      if (event.type === 'ApiKeyIssued' && isFirst(recorded)) {
        persons.add(event.person)
        // The first one stands: a name that was taken cannot be given to another secret.
        if (!keys.has(event.keyId)) {
          keys.set(event.keyId, { issued: { ...recorded, event }, revoked: undefined })
        }
      }
      if (event.type === 'ApiKeyRevoked') {
        const entry = keys.get(event.keyId)
        const isTheirs = entry?.issued.event.person === event.person
        // Two who revoke each other at once write to two streams; the second in the log revokes nothing.
        const stands = entry?.revoked === undefined && !isLastOfAdmins(event.keyId)
        if (entry !== undefined && isTheirs && stands) {
          keys.set(event.keyId, { ...entry, revoked: { ...recorded, event } })
        }
      }
    },
  }
}

const mayIssue = (entry: KeyEntry | undefined): boolean =>
  entry !== undefined && entry.revoked === undefined && entry.issued.event.roles.includes('admin')
