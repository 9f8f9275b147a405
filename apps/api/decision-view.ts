/** A decision of the guard as REST shows it: each check in words, with the room that it left. */
import {
  type ExplainedCheck,
  explainApproval,
  explainDenial,
  type Names,
} from '#domain/risk/explain'
import type { DecisionRow } from '#projections/decisions'
import type { CheckReply, DecisionReply } from '#schemas/api/orders'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'
import { formatInstant } from '#schemas/values/instant'
import type { Directory } from './directory.ts'

export const decisionView = (
  event: OrderApproved | OrderDenied,
  { id, logPosition }: { readonly id: string; readonly logPosition: bigint },
  names: Names,
): DecisionReply => ({
  id,
  orderId: event.orderId,
  book: event.book,
  outcome: outcomeOf(event),
  reducing: event.reducing,
  reason: event.type === 'OrderDenied' ? event.reason : null,
  mark: markOf(event),
  session: sessionOf(event),
  checks: checksOf(event, names),
  rules: event.rules,
  basis: { count: event.basis.count, eventId: event.basis.eventId ?? null },
  clock: formatInstant(event.clock),
  at: formatInstant(event.at),
  expiresAt: event.type === 'OrderApproved' ? formatInstant(event.expiresAt) : null,
  logPosition: logPosition.toString(),
})

export const decisionRowView =
  (names: Names) =>
  ({ id, approval, denial, logPosition }: DecisionRow): DecisionReply => {
    const event = approval ?? denial
    if (event === undefined) throw new Error(`decision ${id} decides nothing`)
    return decisionView(event, { id, logPosition }, names)
  }

/** By what the ledger has opened and listed. */
export const namesIn = ({ book, instrument }: Pick<Directory, 'book' | 'instrument'>): Names => ({
  currencyOf: (id) => book(id)?.opened.currency,
  instrument: (venue, symbol) => instrument(venue, symbol)?.terms,
})

type Decision = OrderApproved | OrderDenied
export const outcomeOf = ({ type }: Decision): 'approved' | 'denied' =>
  type === 'OrderApproved' ? 'approved' : 'denied'
export const checksOf = (event: Decision, names: Names): readonly CheckReply[] =>
  (event.type === 'OrderApproved' ? explainApproval(event, names) : explainDenial(event)).map(
    checkView,
  )
export const markOf = ({ mark }: Decision): DecisionReply['mark'] =>
  mark === undefined
    ? null
    : {
        symbol: mark.symbol,
        price: formatDecimal(mark.price, placesOfQuantity),
        at: formatInstant(mark.at),
        against: mark.against === undefined ? null : formatDecimal(mark.against, placesOfQuantity),
      }
export const sessionOf = ({ session }: Decision): DecisionReply['session'] =>
  session === undefined
    ? null
    : { opensAt: formatInstant(session.opensAt), closesAt: formatInstant(session.closesAt) }

const checkView = (check: ExplainedCheck): CheckReply => ({
  code: check.code,
  outcome: check.outcome ?? null,
  stopped: check.stopped,
  observed: check.observed ?? null,
  limit: check.limit ?? null,
  headroom: check.headroom ?? null,
  unit: check.unit ?? null,
  scope: check.scope ?? null,
  override: check.part ?? null,
  message: check.message ?? null,
})
