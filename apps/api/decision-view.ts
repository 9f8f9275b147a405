/** A decision of the guard as REST shows it. */
import type { DecisionRow } from '#projections/decisions'
import type { CheckReply, DecisionReply } from '#schemas/api/orders'
import type { CheckLine, CheckResult, OrderApproved, OrderDenied } from '#schemas/events/risk'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'
import { formatInstant } from '#schemas/values/instant'

export const decisionView = (
  event: OrderApproved | OrderDenied,
  { id, logPosition }: { readonly id: string; readonly logPosition: bigint },
): DecisionReply => ({
  id,
  orderId: event.orderId,
  book: event.book,
  outcome: event.type === 'OrderApproved' ? 'approved' : 'denied',
  reducing: event.reducing,
  reason: event.type === 'OrderDenied' ? event.reason : null,
  mark: markOf(event),
  checks:
    event.type === 'OrderApproved'
      ? event.checks.map((line) => ofApproval(line, event.reducing))
      : event.checks.map(ofDenial),
  rules: event.rules,
  basis: { count: event.basis.count, eventId: event.basis.eventId ?? null },
  clock: formatInstant(event.clock),
  at: formatInstant(event.at),
  expiresAt: event.type === 'OrderApproved' ? formatInstant(event.expiresAt) : null,
  logPosition: logPosition.toString(),
})

export const decisionRowView = ({
  id,
  approval,
  denial,
  logPosition,
}: DecisionRow): DecisionReply => {
  const event = approval ?? denial
  if (event === undefined) throw new Error(`decision ${id} decides nothing`)
  return decisionView(event, { id, logPosition })
}

const markOf = ({ mark }: OrderApproved | OrderDenied): DecisionReply['mark'] =>
  mark === undefined
    ? null
    : {
        symbol: mark.symbol,
        price: formatDecimal(mark.price, placesOfQuantity),
        at: formatInstant(mark.at),
      }

/**
 * An approval keeps its checks short: code and figures, with empty texts for what there was none of. What may
 * increase a position passed them all; of what only reduces one they do not say whether it did.
 */
const ofApproval = ([code, observed, limit]: CheckLine, reducing: boolean): CheckReply => ({
  code,
  outcome: reducing ? null : 'passed',
  observed: observed === '' ? null : observed,
  limit: limit === '' ? null : limit,
  unit: null,
  message: null,
})
const ofDenial = (check: CheckResult): CheckReply => ({
  code: check.code,
  outcome: check.outcome,
  observed: check.observed ?? null,
  limit: check.limit ?? null,
  unit: check.unit === '' ? null : check.unit,
  message: check.message,
})
