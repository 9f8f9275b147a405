/** What may be asked of an amendment, what may be reported about it, and why asking may be refused. */
import type { AmendmentStage } from '#domain/order/amendment'
import type { Approval, TermsAtVenue, VenueWord } from '#domain/order/commands'
import type { KillSwitch } from '#domain/order/kill-switch'
import type { Quantity } from '#schemas/values/decimal'
import type { AmendmentId, OrderId, Sha256 } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Reason, Terms } from '#schemas/values/trading'

/** What the guard allowed; its id is the id of the AmendApproved. */
export interface AmendApproval extends Approval {
  readonly amendmentId: AmendmentId
}

interface OfAmendment {
  readonly orderId: OrderId
  readonly amendmentId: AmendmentId
}
/** `denied`: amendments that the guard has said no to, which the order's own stream does not tell. */
export interface RequestAmend extends OfAmendment {
  readonly type: 'RequestAmend'
  readonly terms: Terms
  readonly decideBy: Instant
  readonly denied: readonly AmendmentId[]
}
/** `killSwitches`: all that stood on the risk stream of the order's book at `riskRevision`. */
export interface StartAmend extends OfAmendment {
  readonly type: 'StartAmend'
  readonly approval: AmendApproval
  readonly killSwitches: readonly KillSwitch[]
  readonly riskRevision: bigint
  readonly at: Instant
  readonly sendBy: Instant
}
/** End it before it was ever sent. No approval: the guard has not decided. */
export interface LapseAmend extends OfAmendment {
  readonly type: 'LapseAmend'
  readonly approval?: AmendApproval
  readonly killSwitches: readonly KillSwitch[]
  readonly at: Instant
}
/** Settle an unknown outcome by the order's terms as the venue showed them when it was asked. */
export interface ResolveUnamended extends OfAmendment {
  readonly type: 'ResolveUnamended'
  readonly terms: TermsAtVenue
  readonly askedAt: Instant
  readonly requestWindowMs: number
  readonly settlingMs: number
}
export type AmendRequest = RequestAmend | StartAmend | LapseAmend | ResolveUnamended

export interface ReportAmended extends OfAmendment, VenueWord {
  readonly type: 'ReportAmended'
  readonly terms: TermsAtVenue
}
export interface ReportAmendRefused extends OfAmendment {
  readonly type: 'ReportAmendRefused'
  readonly reason: Reason
  readonly payloadHash?: Sha256
}
/** The sender's own word that not one byte of it was acted upon. */
export interface ReportAmendNotSent extends OfAmendment {
  readonly type: 'ReportAmendNotSent'
  readonly reason: Reason
}
export interface ReportAmendUnknown extends OfAmendment {
  readonly type: 'ReportAmendUnknown'
  readonly reason: Reason
}
export type AmendReport =
  | ReportAmended
  | ReportAmendRefused
  | ReportAmendNotSent
  | ReportAmendUnknown

export type AmendRejection =
  /** The venue does not have it yet, or nobody knows whether it does. */
  | { readonly _tag: 'OrderNotOpen'; readonly orderId: OrderId; readonly state: string }
  | {
      readonly _tag: 'NotAmendable'
      readonly orderId: OrderId
      readonly fields: readonly string[]
    }
  | { readonly _tag: 'NothingToAmend'; readonly orderId: OrderId }
  | {
      readonly _tag: 'NothingLeftToFill'
      readonly orderId: OrderId
      readonly quantity: Quantity
      readonly filledQuantity: Quantity
    }
  | {
      readonly _tag: 'AmendmentPending'
      readonly orderId: OrderId
      readonly amendmentId: AmendmentId
    }
  | {
      readonly _tag: 'AmendmentIdReused'
      readonly orderId: OrderId
      readonly amendmentId: AmendmentId
      readonly differs: readonly string[]
    }
  | {
      readonly _tag: 'AmendmentNotFound'
      readonly orderId: OrderId
      readonly amendmentId: AmendmentId
    }
  | {
      readonly _tag: 'AmendmentNotPending'
      readonly orderId: OrderId
      readonly amendmentId: AmendmentId
      readonly stage: AmendmentStage
    }
  | {
      readonly _tag: 'ApprovalOfAnotherAmendment'
      readonly orderId: OrderId
      readonly amendmentId: AmendmentId
      readonly approved: AmendmentId
    }
  /** The venue shows it otherwise than it was before: whatever became of it, it did not stay as it was. */
  | {
      readonly _tag: 'NotAsBefore'
      readonly orderId: OrderId
      readonly amendmentId: AmendmentId
      readonly fields: readonly string[]
    }
