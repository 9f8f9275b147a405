/** Chance: new ids and nonces. Only apps ask. */
import type { CorrelationId, EventId, Nonce } from '#schemas/values/ids'

export interface Ids {
  /** A UUIDv7, made anew for each event and never used for another. */
  readonly eventId: () => EventId
  readonly correlationId: () => CorrelationId
  readonly nonce: () => Nonce
}

/** SHA-256 of UTF-8 text in lower-case hexadecimal: a pure function, handed in because the domain has no crypto. */
export type Hash = (text: string) => string
