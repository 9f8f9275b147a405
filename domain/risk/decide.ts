/** Whether an order may be sent: every check looked at, and the outcome as an event. Pure: no clock, no chance. */
import { accept, type Decision, reject } from '#domain/kernel/decider'
import { stopsOrder } from '#domain/risk/checks/all'
import { type Check, type Finding, unitText, type View } from '#domain/risk/checks/check'
import { type Claim, claimOf } from '#domain/risk/load'
import { outlookWith } from '#domain/risk/outlook'
import { type Rules, rulesInForce } from '#domain/risk/rules'
import { isRulingDue } from '#domain/risk/ruling'
import type { Standing } from '#domain/risk/standing'
import { limitTextsOf, quantityText } from '#domain/risk/texts'
import { converted, orderWorth, type Pricing } from '#domain/risk/worth'
import { laterOf, plusMs } from '#domain/values/instant'
import type { Basis, CheckResult, OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { Amount } from '#schemas/values/decimal'
import { type Code, type Line } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Limits, Mark, Reason, Terms, TradingSession } from '#schemas/values/trading'

export interface Question {
  readonly intent: OrderIntentRecorded
  /** The newest price of the order's symbol, where there is one. */
  readonly mark: Mark | undefined
  /** Of the order's venue: the one that is open or opens next, where the book has trading windows for it. */
  readonly session?: TradingSession | undefined
  /** What the clock says, which may have been set back since the last decision. */
  readonly clock: Instant
  /** What of it may still fill, at worst, where it is not a new order. */
  readonly claim?: Claim
}
/** The view of the log would go back along the book's stream: nothing may be decided so. */
export interface BasisWentBack {
  readonly _tag: 'BasisWentBack'
  readonly count: number
  readonly floor: number
}
/** A request on the book's control comes first: what it sets may bind this order. */
export interface RulingDue {
  readonly _tag: 'RulingDue'
}
export type DecideRejection = BasisWentBack | RulingDue
export type RiskDecision = OrderApproved | OrderDenied

/** One decision; none where the intent has been decided or has ended. */
export const decide = (
  standing: Standing,
  question: Question,
  rules: Rules = rulesInForce,
): Decision<RiskDecision, DecideRejection> => {
  const { desk, holdings } = standing
  const { intent } = question
  const defect = whyNotNow(standing, question, rules)
  if (defect !== undefined) return reject(defect)
  const order = holdings.order(intent.orderId)
  if (order?.stage !== 'intended' || desk.outcomeOf(intent.orderId) !== undefined) return accept()
  return accept(decisionOf(question, judge(standing, question, rules), holdings.basis(), rules))
}
/** Whoever asks nevertheless is mistaken, or has let something wait that comes first. */
export const whyNotNow = (
  standing: Standing,
  { clock }: Pick<Question, 'clock'>,
  rules: Rules,
): DecideRejection | undefined => {
  const { count } = standing.holdings.basis()
  const floor = standing.desk.basisCount()
  if (count < floor) return { _tag: 'BasisWentBack', count, floor }
  if (rules.decidesControl && isRulingDue(standing, clock, rules)) return { _tag: 'RulingDue' }
  return undefined
}

export interface Judged {
  readonly check: Check
  readonly finding: Finding
}
/** What every check found, and what stands against the order; no reason: nothing does. */
export interface Judgement {
  readonly view: View
  readonly findings: readonly Judged[]
  readonly reason: Reason | undefined
}
/** As the order is judged wherever it stands: also where it is only asked about, or was decided before. */
export const judge = (standing: Standing, question: Question, rules: Rules): Judgement => {
  const view = viewOf(standing, question, rules)
  const findings = rules.checks.map((check): Judged => ({ check, finding: check.evaluate(view) }))
  return { view, findings, reason: reasonAgainst(question, view, findings) }
}
export const decisionOf = (
  question: Question,
  { view, findings, reason }: Judgement,
  basis: Basis,
  rules: Rules,
): RiskDecision =>
  reason === undefined
    ? approved(question, view, findings, basis, rules)
    : denied(question, view, findings, basis, rules, reason)

const unlimited: Limits = {}
const unlimitedTexts = limitTextsOf(unlimited)

const viewOf = (
  { desk, holdings, exposure: sums }: Standing,
  { intent, mark, session, clock, claim: amended }: Question,
  { valuation }: Rules,
): View => {
  const { terms, book } = intent
  const claim = amended ?? claimOf(terms, terms.quantity)
  const opened = desk.opened()
  const exposure = sums.by(valuation)
  const pricing = exposure.pricing(terms, mark?.price)
  return {
    book,
    terms,
    at: laterOf(clock, desk.at()),
    clock,
    mark,
    session,
    reducing: exposure.isReducing({ ...terms, quantity: claim.quantity }),
    desk,
    holdings,
    exposure,
    opened,
    limits: opened?.limits ?? unlimited,
    limitTexts: opened?.limitTexts ?? unlimitedTexts,
    quantityText: quantityText(terms.quantity),
    account: holdings.account(terms.account),
    instrument: holdings.instrument(terms.venue, terms.symbol),
    pricing,
    outlook: outlookWith(exposure, terms, claim, mark?.price, pricing),
    claim,
    notional: notionalOf(terms, pricing, mark),
  }
}
/** By the live mark alone: an older one is good enough for what is held, not for what is to be bought. */
const notionalOf = (
  terms: Terms,
  pricing: Pricing | undefined,
  mark: Mark | undefined,
): Amount | undefined => {
  if (pricing?.rate === undefined) return undefined
  const own = orderWorth(terms, { ...pricing, mark: mark?.price })
  return own === undefined ? undefined : converted(own, pricing.rate, 'up')
}

/**
 * Age is the most fundamental: what has waited too long is not looked at any further. It is told by the clock,
 * by which the order was given its time: `at` stands still while a clock that was set back catches up.
 */
const reasonAgainst = (
  { intent, clock }: Question,
  view: View,
  findings: readonly Judged[],
): Reason | undefined => {
  if (intent.decideBy < clock) {
    const message = `It was to be decided by ${formatInstant(intent.decideBy)}, and it was ${formatInstant(clock)}: order again.`
    return { code: 'stale' as Code, message: message as Line }
  }
  const all = findings.filter((judged) => isAgainst(judged, view.reducing))
  // What failed says more than what could not be evaluated, which is most often so for the same cause.
  const against = all.find(({ finding }) => finding.outcome === 'failed') ?? all[0]
  return against === undefined
    ? undefined
    : {
        code: against.check.code as Code,
        message: against.check.inWords(view, against.finding) as Line,
      }
}
const isAgainst = ({ check, finding }: Judged, reducing: boolean): boolean =>
  stopsOrder(check.code, finding.outcome, reducing)

const approved = (
  { intent, mark, session, clock }: Question,
  { reducing, book, at }: View,
  findings: readonly Judged[],
  basis: Basis,
  rules: Rules,
): OrderApproved => ({
  type: 'OrderApproved',
  orderId: intent.orderId,
  book,
  rules: rules.version,
  basis,
  at,
  clock,
  terms: intent.terms,
  reducing,
  expiresAt: plusMs(clock, rules.approvalLifeMs),
  checks: findings.map(({ check, finding }): [Code, string, string] => [
    check.code as Code,
    finding.observed,
    finding.limit,
  ]),
  ...(mark === undefined ? {} : { mark }),
  ...(session === undefined ? {} : { session }),
})
const denied = (
  { intent, mark, session, clock }: Question,
  view: View,
  findings: readonly Judged[],
  basis: Basis,
  rules: Rules,
  reason: Reason,
): OrderDenied => ({
  type: 'OrderDenied',
  orderId: intent.orderId,
  book: view.book,
  rules: rules.version,
  basis,
  at: view.at,
  clock,
  reducing: view.reducing,
  reason,
  checks: findings.map((judged) => inFull(judged, view)),
  ...(mark === undefined ? {} : { mark }),
  ...(session === undefined ? {} : { session }),
})
const inFull = ({ check, finding }: Judged, view: View): CheckResult => ({
  code: check.code as Code,
  outcome: finding.outcome,
  unit: unitText(check.unit, view),
  message: check.inWords(view, finding) as Line,
  ...(finding.observed === '' ? {} : { observed: finding.observed }),
  ...(finding.limit === '' ? {} : { limit: finding.limit }),
})
