/** Which Idempotency-Key was used by whom for what, wherever it was recorded; those of orders are in their ids. */
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { IdempotencyKey, PersonId, ProposalId } from '#schemas/values/ids'

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
      if (idempotencyKey === undefined || actor.person === undefined) return
      for (const use of usesOf(recorded.event)) {
        const name = `${actor.person} ${use} ${idempotencyKey}`
        if (!first.has(name)) first.set(name, recorded)
      }
    },
  }
}

/**
 * The requests that an event may have been written for; none where its stream is found without. An endorsement
 * can be asked for in two places, and its key means it in both.
 */
export const usesOf = (event: LedgerEvent): readonly Use[] => {
  switch (event.type) {
    case 'ApiKeyIssued':
      return ['POST /v1/keys']
    case 'AccountOpened':
      return ['POST /v1/accounts']
    case 'FundsDeposited':
      return [`POST /v1/accounts/${event.account}/deposits`]
    case 'FundsWithdrawn':
      return [`POST /v1/accounts/${event.account}/withdrawals`]
    case 'RiskLimitsProposed':
      return ['PUT /v1/risk/limits']
    case 'ControlChangeRequested':
      return ['PUT /v1/risk/control']
    case 'BookOpened':
      return ['POST /v1/books']
    case 'RiskLimitsEndorsed':
    case 'ControlChangeEndorsed':
      return [endorsing(event.proposalId)]
    case 'KillSwitchReleaseEndorsed':
      return [endorsing(event.proposalId), 'POST /v1/risk/kill-switch']
    case 'ProposalAssessed':
      return [assessing(event.proposalId)]
    case 'KillSwitchEngaged':
    case 'KillSwitchReleaseRequested':
      return ['POST /v1/risk/kill-switch']
    default:
      return []
  }
}

/** Wherever a proposal is endorsed by its id. */
export const endorsing = (proposal: ProposalId): Use =>
  `POST /v1/risk/proposals/${proposal}/endorse`
export const assessing = (proposal: ProposalId): Use =>
  `POST /v1/risk/proposals/${proposal}/assessment`
