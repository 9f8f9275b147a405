/** Whether an order may be sent: every check looked at, and the outcome as an event. Pure: no clock, no chance. */
import { accept, type Decision, reject } from '#domain/kernel/decider'
import { stopsOrder } from '#domain/risk/checks/all'
import { type Check, type Finding, unitText, type View } from '#domain/risk/checks/check'
import { type Claim, claimOf } from '#domain/risk/load'
import { judgeOverrides, type Overridden, overriddenInWords } from '#domain/risk/judge-overrides'
import { onlyReduces } from '#domain/risk/cell'
import { outlookWith } from '#domain/risk/outlook'
import { isDayDue } from '#domain/risk/days'
import { believedOf } from '#domain/risk/doubt'
import { type Rules, rulesInForce } from '#domain/risk/rules'
import { isRulingDue } from '#domain/risk/ruling'
import type { Standing } from '#domain/risk/standing'
import { limitTextsOf, quantityText } from '#domain/risk/texts'
import { standOf, wealthOf } from '#domain/risk/wealth'
import { converted, orderWorth, type Pricing } from '#domain/risk/worth'
import { laterOf, plusMs } from '#domain/values/instant'
import type { Basis, CheckResult, OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { Amount } from '#schemas/values/decimal'
import { type Code, type Line } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Limits, Mark, Reason, Scope, Terms, TradingSession } from '#schemas/values/trading'

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
/** A trading day begins first: what it begins with may bind this order. */
export interface TradingDayDue {
  readonly _tag: 'TradingDayDue'
}
export type DecideRejection = BasisWentBack | RulingDue | TradingDayDue
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
  if (isDayDue(standing, clock, rules)) return { _tag: 'TradingDayDue' }
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
  /** What they found in the parts of the book that have limits of their own. */
  readonly overrides: readonly Overridden[]
  readonly reason: Reason | undefined
}
/** As the order is judged wherever it stands: also where it is only asked about, or was decided before. */
export const judge = (standing: Standing, question: Question, rules: Rules): Judgement => {
  const view = viewOf(standing, question, rules)
  const findings = rules.checks.map((check): Judged => ({ check, finding: check.evaluate(view) }))
  const overrides = rules.bindsOverrides ? judgeOverrides(view) : noOverrides
  return {
    view,
    findings,
    overrides,
    reason: reasonAgainst(question, view, withOverrides(findings, overrides)),
  }
}
const withOverrides = (
  findings: readonly Judged[],
  overrides: readonly Overridden[],
): readonly (Judged | Overridden)[] =>
  overrides.length === 0 ? findings : [...findings, ...overrides]
export const decisionOf = (
  question: Question,
  judgement: Judgement,
  basis: Basis,
  rules: Rules,
): RiskDecision =>
  judgement.reason === undefined
    ? approved(question, judgement, basis, rules)
    : denied(question, judgement, basis, rules, judgement.reason)

const noOverrides: readonly Overridden[] = []
const unlimited: Limits = {}
const unlimitedTexts = limitTextsOf(unlimited)

const viewOf = (
  standing: Standing,
  { intent, mark: heard, session, clock, claim: amended }: Question,
  { valuation, days }: Rules,
): View => {
  const { desk, holdings, exposure: sums } = standing
  const { terms, book } = intent
  const claim = amended ?? claimOf(terms, terms.quantity)
  const opened = desk.opened()
  const limits = opened?.limits ?? unlimited
  const mark = heard === undefined ? undefined : believedOf(heard, limits)
  const wealth = days === undefined ? undefined : wealthOf(standing, clock)
  const exposure = sums.by(valuation)
  const cell = exposure.cell(terms)
  const price = mark?.price
  const pricing =
    cell === undefined ? exposure.pricing(terms, price) : exposure.pricingIn(cell, price)
  const { outlook, own } = outlookWith(exposure, terms, claim, { cell, mark: price, pricing })
  return {
    book,
    terms,
    at: laterOf(clock, desk.at()),
    clock,
    mark,
    heard,
    session,
    reducing: onlyReduces(cell, terms, claim.quantity),
    desk,
    holdings,
    exposure,
    opened,
    scope: undefined,
    limits,
    limitTexts: opened?.limitTexts ?? unlimitedTexts,
    quantityText: quantityText(terms.quantity),
    account: holdings.account(terms.account),
    instrument: holdings.instrument(terms.venue, terms.symbol),
    pricing,
    wealth,
    stand: wealth === undefined ? undefined : standOf(standing, wealth, clock),
    cell,
    outlook,
    own,
    claim,
    isAmendment: amended !== undefined,
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
  findings: readonly (Judged | Overridden)[],
): Reason | undefined => {
  if (intent.decideBy < clock) {
    const message = `It was to be decided by ${formatInstant(intent.decideBy)}, and it was ${formatInstant(clock)}: order again.`
    return { code: 'stale' as Code, message: message as Line }
  }
  const all = findings.filter((judged) => isAgainst(judged, view.reducing))
  if (all.length === 0) return undefined
  // What failed says more than what could not be evaluated, which is most often so for the same cause.
  const failures = all.filter(({ finding }) => finding.outcome === 'failed')
  const cause = failures[0]?.check.yieldsTo?.(view)
  const against = failures.find(({ check }) => check.code === cause) ?? failures[0] ?? all[0]
  return against === undefined
    ? undefined
    : {
        code: against.check.code as Code,
        message: inWords(against, view),
      }
}
const isAgainst = ({ check, finding }: Judged | Overridden, reducing: boolean): boolean =>
  stopsOrder(check.code, finding.outcome, reducing)

const approved = (
  { intent, mark, session, clock }: Question,
  { view: { reducing, book, at }, findings, overrides }: Judgement,
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
  ...(overrides.length === 0 ? {} : { overrides: overrides.map(scopedLine) }),
  ...(mark === undefined ? {} : { mark }),
  ...(session === undefined ? {} : { session }),
})
const denied = (
  { intent, mark, session, clock }: Question,
  { view, findings, overrides }: Judgement,
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
  checks: withOverrides(findings, overrides).map((judged) => inFull(judged, view)),
  ...(mark === undefined ? {} : { mark }),
  ...(session === undefined ? {} : { session }),
})
const scopedLine = ({ check, finding, scope }: Overridden): [Code, string, string, Scope] => [
  check.code as Code,
  finding.observed,
  finding.limit,
  scope,
]
const inFull = (judged: Judged | Overridden, view: View): CheckResult => {
  const { check, finding } = judged
  return {
    code: check.code as Code,
    outcome: finding.outcome,
    unit: unitText(check.unit, view),
    message: inWords(judged, view),
    ...(finding.observed === '' ? {} : { observed: finding.observed }),
    ...(finding.limit === '' ? {} : { limit: finding.limit }),
    ...('scope' in judged ? { scope: judged.scope } : {}),
  }
}
const inWords = (judged: Judged | Overridden, view: View): Line =>
  ('scope' in judged
    ? overriddenInWords(judged)
    : judged.check.inWords(view, judged.finding)) as Line
