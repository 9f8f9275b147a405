/** Everything that can keep a request from being carried out, each with the values it was judged on. */
import type { AppendForbidden, RevisionConflict, UnreadableEvent } from '#domain/kernel/event-log'
import type { ProblemCode } from '#schemas/codes'
import type { Amount } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Currency,
  KeyId,
  OrderId,
  PersonId,
  ProposalId,
  KillSwitchId,
} from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'

/** One part of the request that is wrong: where (RFC 6901), which kind of wrong, and why in a sentence. */
export interface RequestFault {
  readonly pointer: string
  readonly code: ProblemCode
  readonly detail: string
}

/** The request itself is at fault: the same again will be refused again. */
export type RequestRejection =
  | { readonly _tag: 'NotJson'; readonly detail: string }
  | { readonly _tag: 'FieldsWrong'; readonly faults: readonly RequestFault[] }
  | { readonly _tag: 'RouteUnknown'; readonly method: string; readonly path: string }
  | {
      readonly _tag: 'MethodUnknown'
      readonly method: string
      readonly allowed: readonly string[]
    }
  | { readonly _tag: 'BodyTooLarge'; readonly bytesMax: number }
  | { readonly _tag: 'MediaTypeUnknown'; readonly given: string }
  | { readonly _tag: 'RequestTooSlow'; readonly secondsMax: number }
  | { readonly _tag: 'HeadersTooLarge'; readonly bytesMax: number }
  | { readonly _tag: 'RequestMalformed'; readonly detail: string }
  | { readonly _tag: 'UpgradeMissing'; readonly protocol: string }
  | { readonly _tag: 'IdempotencyKeyMissing' }
  | { readonly _tag: 'IdempotencyKeyMalformed' }
  | { readonly _tag: 'IdempotencyKeyTwice' }
  /** An API key where it would be kept for ever. */
  | { readonly _tag: 'SecretSent'; readonly where: string }

/** Who asks is unknown, or may not. */
export type AccessRejection =
  | { readonly _tag: 'KeyMissing' }
  | { readonly _tag: 'KeyUnknown' }
  | { readonly _tag: 'KeyTooLate'; readonly secondsMax: number }
  | { readonly _tag: 'OriginForbidden'; readonly origin: string }
  | { readonly _tag: 'KeyRevoked'; readonly keyId: KeyId }
  | { readonly _tag: 'RoleMissing'; readonly anyOf: readonly Role[]; readonly to: string }
  | {
      readonly _tag: 'OrderOfAnother'
      readonly orderId: OrderId
      readonly anyOf: readonly Role[]
    }

/** The ledger says no. */
export type LedgerRejection =
  | { readonly _tag: 'IdempotencyKeyReused' }
  | { readonly _tag: 'OrderUnknown'; readonly orderId: string }
  | { readonly _tag: 'OrderHasEnded'; readonly orderId: OrderId; readonly status: string }
  | { readonly _tag: 'BookUnknown'; readonly book: BookId }
  | { readonly _tag: 'AccountUnknown'; readonly account: string }
  | { readonly _tag: 'AccountExists'; readonly account: AccountId }
  | {
      readonly _tag: 'InsufficientFunds'
      readonly account: AccountId
      readonly currency: Currency
      readonly asked: Amount
      readonly balance: Amount
      readonly needed: Amount
      readonly free: Amount
    }
  | { readonly _tag: 'TooManyRequests'; readonly perSecond: number; readonly waitMs: number }
  | { readonly _tag: 'TooManyKeysTried'; readonly perSecond: number; readonly waitMs: number }
  /** The guard's own words. */
  | { readonly _tag: 'ControlRefused'; readonly code: string; readonly message: string }
  | { readonly _tag: 'ProposalUnknown'; readonly proposal: string }
  | { readonly _tag: 'ProposalHasEnded'; readonly proposal: ProposalId; readonly state: string }
  /** Persons are compared, not keys. */
  | {
      readonly _tag: 'SecondPersonNeeded'
      readonly person: PersonId
      readonly did: 'asked for it' | 'engaged the kill switch'
      readonly to: 'endorse it' | 'release it'
      /** Of what was asked for without naming any: whose he engaged, and those that he may release. */
      readonly among?: {
        readonly own: readonly KillSwitchId[]
        readonly others: readonly KillSwitchId[]
      }
    }
  | { readonly _tag: 'TooManyPending'; readonly book: BookId; readonly pending: number }
  | { readonly _tag: 'BookExists'; readonly book: BookId }
  | { readonly _tag: 'ApiKeyNotFound'; readonly keyId: string }
  | { readonly _tag: 'LastAdminKey'; readonly keyId: KeyId }

/** What an append that got no answer leaves open. */
export interface LogUnreachable {
  readonly _tag: 'LogUnreachable'
  /** Nothing was asked to be written, or perhaps it was written: only the same key and body may be sent again. */
  readonly written: 'nothing' | 'unknown'
  readonly detail: string
}

/** The world is at fault: the same again may succeed later. */
export type RequestFailure =
  | LogUnreachable
  | { readonly _tag: 'ReadModelsUnreachable'; readonly detail: string }
  | { readonly _tag: 'ProjectionBehind'; readonly asked: bigint; readonly reached: bigint }
  | { readonly _tag: 'NotReady'; readonly detail: string }
  | { readonly _tag: 'StreamsExhausted'; readonly clientsMax: number }
  /** Others kept writing to the stream while this was being decided. Nothing was written. */
  | { readonly _tag: 'Contended'; readonly conflict: RevisionConflict }

/** The ledger is at fault. The asker is told no more than that. */
export type LedgerDefect =
  | AppendForbidden
  | UnreadableEvent
  | { readonly _tag: 'Defect'; readonly error: unknown }

export type Fault =
  | RequestRejection
  | AccessRejection
  | LedgerRejection
  | RequestFailure
  | LedgerDefect
