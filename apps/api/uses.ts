/** Which Idempotency-Key was used by whom for what, wherever it was recorded; those of orders are in their ids. */
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { IdempotencyKey, PersonId } from '#schemas/values/ids'

/** A key is a person's own, and means another request under another method and path. */
export type Use = `${'POST' | 'PUT'} /v1/${string}`

export interface Uses {
  /** The first event that was recorded under that key. */
  readonly used: (person: PersonId, use: Use, key: IdempotencyKey) => RecordedEvent | undefined
}
export interface UsesFold extends Uses {
  readonly apply: (recorded: RecordedEvent) => void
}

export const usesFold = (): UsesFold => {
  const first = new Map<string, RecordedEvent>()
  return {
    used: (person, use, key) => first.get(`${person} ${use} ${key}`),
    apply: (recorded) => {
      const { idempotencyKey, actor } = recorded.metadata
      const use = useOf(recorded.event)
      if (idempotencyKey === undefined || actor.person === undefined || use === undefined) return
      const name = `${actor.person} ${use} ${idempotencyKey}`
      if (!first.has(name)) first.set(name, recorded)
    },
  }
}

/** The request that an event is written for; undefined where its stream is found without. */
export const useOf = (event: LedgerEvent): Use | undefined => {
  switch (event.type) {
    case 'ApiKeyIssued':
      return 'POST /v1/keys'
    case 'AccountOpened':
      return 'POST /v1/accounts'
    case 'FundsDeposited':
      return `POST /v1/accounts/${event.account}/deposits`
    case 'FundsWithdrawn':
      return `POST /v1/accounts/${event.account}/withdrawals`
    case 'RiskLimitsProposed':
      return 'PUT /v1/risk/limits'
    case 'KillSwitchEngaged':
    case 'KillSwitchReleaseRequested':
      return 'POST /v1/risk/kill-switch'
    default:
      return undefined
  }
}
