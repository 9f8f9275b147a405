/** Names that are a function of who asked for what under which key, so that asking twice names the same thing. */
import type { Hash } from '#domain/kernel/ids'
import { canonicalJson } from '#schemas/canonical-json'
import type { IdempotencyKey, KillSwitchId, OrderId, PersonId } from '#schemas/values/ids'

/** A UUID of version 8 (RFC 9562, 5.8): the first 122 bits of a SHA-256 that are free. */
const uuidOf = (hash: string): string => {
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) % 4) + 8).toString(16)
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

export const orderIdOf = (hash: Hash, person: PersonId, key: IdempotencyKey): OrderId =>
  uuidOf(hash(canonicalJson(['order', person, 'POST /v1/orders', key]))) as OrderId

export const killSwitchIdOf = (hash: Hash, person: PersonId, key: IdempotencyKey): KillSwitchId =>
  uuidOf(
    hash(canonicalJson(['killSwitch', person, 'POST /v1/risk/kill-switch', key])),
  ) as KillSwitchId
