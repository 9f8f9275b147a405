/** What holds of whatever is approved and not sent yet, an order and an amendment alike. */
import { because } from '#domain/order/because'
import type { Approval, OrderRejection } from '#domain/order/commands'
import { forbids, type KillSwitch } from '#domain/order/kill-switch'
import { plusMs } from '#domain/values/instant'
import type { OrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Reason, Terms } from '#schemas/values/trading'

/** How long after `decideBy` it may still be without a decision. */
export const undecidedGraceMs = 5000

interface Moment {
  readonly killSwitches: readonly KillSwitch[]
  readonly at: Instant
}
interface Sendable {
  readonly terms: Terms
  readonly cancelPending: boolean
}

/** When it lapses if nothing else happens to it. */
export const lapsesAfter = (
  { decideBy }: { readonly decideBy: Instant },
  approval: Approval | undefined,
): Instant => (approval === undefined ? plusMs(decideBy, undecidedGraceMs) : approval.expiresAt)

/** What stands against sending at this moment what an approval allows. */
export const whyNotNow = (
  {
    orderId,
    approval,
    killSwitches,
    at,
  }: Moment & {
    readonly orderId: OrderId
    readonly approval: Approval
  },
  { terms, cancelPending }: Sendable,
): OrderRejection | undefined => {
  if (cancelPending) return { _tag: 'CancelRequested', orderId }
  const forbidding = killSwitches.find((each) => forbids(each, terms, approval.reducing))
  if (forbidding !== undefined) {
    const { killSwitchId, mode } = forbidding
    return { _tag: 'KillSwitchForbids', orderId, killSwitchId, mode }
  }
  const { expiresAt } = approval
  return at > expiresAt ? { _tag: 'ApprovalExpired', orderId, expiresAt, at } : undefined
}

/** Why it will never be sent: nobody decided, a kill switch forbids it, or its time is over. */
export const whyOver = (
  { approval, killSwitches, at }: Moment & { readonly approval?: Approval },
  terms: Terms,
  asked: { readonly decideBy: Instant },
): Reason | undefined => {
  const isDue = at > lapsesAfter(asked, approval)
  if (approval === undefined)
    return isDue ? because('undecided', 'The risk guard did not decide in time.') : undefined
  const forbidding = killSwitches.find((each) => forbids(each, terms, approval.reducing))
  if (forbidding !== undefined)
    return because('killSwitch', `Kill switch ${forbidding.killSwitchId} forbids it.`)
  return isDue
    ? because('approvalExpired', 'It was not sent before its approval expired.')
    : undefined
}
