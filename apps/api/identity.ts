/** Names that are a function of who asked for what under which key, so that asking twice names the same thing. */
import type { Hash } from '#domain/kernel/ids'
import { nameBasedUuid } from '#projections/name-based-uuid'
import type {
  IdempotencyKey,
  KillSwitchId,
  OrderId,
  PersonId,
  ProposalId,
} from '#schemas/values/ids'
import type { Use } from './uses.ts'

export const orderIdOf = (hash: Hash, person: PersonId, key: IdempotencyKey): OrderId =>
  nameBasedUuid(hash, ['order', person, 'POST /v1/orders', key])

export const killSwitchIdOf = (hash: Hash, person: PersonId, key: IdempotencyKey): KillSwitchId =>
  nameBasedUuid(hash, ['killSwitch', person, 'POST /v1/risk/kill-switch', key])

export const proposalIdOf = (
  hash: Hash,
  person: PersonId,
  use: Use,
  key: IdempotencyKey,
): ProposalId => nameBasedUuid(hash, ['proposal', person, use, key])
