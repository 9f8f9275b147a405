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
  return {
    key: (id) => keys.get(id),
    keys: () => [...keys.values()],
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
        if (entry !== undefined && isTheirs && entry.revoked === undefined) {
          keys.set(event.keyId, { ...entry, revoked: { ...recorded, event } })
        }
      }
    },
  }
}
