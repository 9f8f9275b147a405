/** What the checks of a decision say, in words and with the room that was left: from what it records, and nothing else. */
import { stopsOrder } from '#domain/risk/checks/all'
import { type CheckScope, type Unit, unitText } from '#domain/risk/checks/check'
import {
  type Described,
  describedBy,
  type Figures,
  figureOf,
  outcomeBy,
} from '#domain/risk/checks/described'
import { scopeInWords } from '#domain/risk/limit-overrides'
import { rulesOf } from '#domain/risk/rules'
import { formatDecimal, placesOfAmount } from '#schemas/values/decimal'
import type { CheckOutcome, CheckResult, OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { BookId, Currency, MarketSymbol, VenueId } from '#schemas/values/ids'
import type { InstrumentTerms, Scope } from '#schemas/values/trading'

export interface ExplainedCheck {
  readonly code: string
  /** Undefined: decided by rules that this build does not know. */
  readonly outcome: CheckOutcome | undefined
  /** It is why the order was denied. On what only reduces, most of what fails stops nothing. */
  readonly stopped: boolean
  readonly observed: string | undefined
  readonly limit: string | undefined
  /** How far what was observed may still move before it fails; below 0 where it failed. Exact. */
  readonly headroom: string | undefined
  readonly unit: string | undefined
  /** What it is a limit of. */
  readonly scope: CheckScope | undefined
  /** The part of the book that an override binds; undefined: the limit is the book's own. */
  readonly part: Scope | undefined
  readonly message: string | undefined
}
/** The currencies that units are named by; undefined: not known. */
export interface Names {
  readonly currencyOf: (book: BookId) => Currency | undefined
  readonly instrument: (venue: VenueId, symbol: MarketSymbol) => InstrumentTerms | undefined
}
export type Approved = Pick<
  OrderApproved,
  'book' | 'rules' | 'terms' | 'reducing' | 'checks' | 'overrides'
>
export type Denied = Pick<OrderDenied, 'rules' | 'reducing' | 'checks'>

export const explainApproval = (event: Approved, names: Names): readonly ExplainedCheck[] => [
  ...event.checks.map(([code, observed, limit]) =>
    ofApproval(event, names, { code, observed, limit, part: undefined }),
  ),
  ...(event.overrides ?? []).map(([code, observed, limit, part]) =>
    ofApproval(event, names, { code, observed, limit, part }),
  ),
]
export const explainDenial = ({ rules, reducing, checks }: Denied): readonly ExplainedCheck[] =>
  checks.map((check) => ofDenial(rules, reducing, check))

interface Line {
  readonly code: string
  readonly observed: string
  readonly limit: string
  readonly part: Scope | undefined
}
const ofApproval = (event: Approved, names: Names, line: Line): ExplainedCheck => {
  const { code, observed, limit, part } = line
  const known = describedBy(code)
  const check = checkOf(event.rules, code)
  const figures: Figures = { observed, limit, terms: event.terms }
  const unit = check === undefined ? undefined : unitOf(check.unit, event, names)
  // What may increase a position is approved only where every check passed.
  const outcome = !event.reducing
    ? 'passed'
    : known === undefined || check === undefined
      ? undefined
      : outcomeBy(known, figures)
  return {
    code,
    outcome,
    stopped: false,
    observed: said(observed),
    limit: said(limit),
    headroom: headroomOf(known, observed, limit),
    unit,
    scope: check?.scope,
    part,
    message:
      known === undefined || outcome === undefined
        ? undefined
        : inPart(part, sentence(known, figures, outcome, measured(unit))),
  }
}
const ofDenial = (rules: number, reducing: boolean, check: CheckResult): ExplainedCheck => {
  const { code, outcome, observed, limit, unit, message, scope: part } = check
  return {
    code,
    outcome,
    stopped: stopsOrder(code, outcome, reducing),
    observed,
    limit,
    headroom: headroomOf(describedBy(code), observed ?? '', limit ?? ''),
    unit: said(unit),
    scope: checkOf(rules, code)?.scope,
    part,
    message,
  }
}

const checkOf = (rules: number, code: string) =>
  rulesOf(rules)?.checks.find((check) => check.code === code)
const said = (text: string): string | undefined => (text === '' ? undefined : text)

const unitOf = (unit: Unit, { book, terms }: Approved, names: Names): string => {
  const currency = names.currencyOf(book)
  const instrument = names.instrument(terms.venue, terms.symbol)
  return unitText(unit, {
    terms,
    opened: currency === undefined ? undefined : { currency },
    instrument: instrument === undefined ? undefined : { terms: instrument },
  })
}
/** A unit after a figure, where it is one. */
const measured = (unit: string | undefined): string =>
  unit === undefined || wordless.has(unit) ? '' : ` ${unit}`
const wordless: ReadonlySet<string> = new Set<Unit>([
  'state',
  'quantity',
  'ratio',
  'orders',
  'positions',
  'price',
  'orderType',
  'instant',
])

const headroomOf = (
  known: Described | undefined,
  observed: string,
  limit: string,
): string | undefined => {
  const [value, bound] = [figureOf(observed), figureOf(limit)]
  if (known === undefined || known.direction === 'state') return undefined
  if (value === undefined || bound === undefined) return undefined
  return formatDecimal(known.direction === 'atMost' ? bound - value : value - bound, placesOfAmount)
}

/** Only what reduces is approved although something failed or could not be looked at. */
const sentence = (
  known: Described,
  figures: Figures,
  outcome: CheckOutcome,
  unit: string,
): string => {
  const { what, direction } = known
  const { observed, limit } = figures
  const bound = direction === 'atLeast' ? 'at least' : 'at most'
  switch (outcome) {
    case 'passed':
      if (known.passed !== undefined) return known.passed(figures)
      if (limit === '') return `${what} is not limited.`
      return `${what} is ${observed}${unit}, ${bound} ${limit}.`
    case 'failed': {
      const wrong = direction === 'atLeast' ? 'less' : 'more'
      const is =
        known.failed?.(figures) ??
        `${what} is ${observed}${unit}, ${wrong} than the ${limit} allowed.`
      return `${is} ${allTheSame}`
    }
    case 'notEvaluated':
      return `${what} could not be told. ${allTheSame}`
  }
}
/** As a denial says it of a part of the book. */
const inPart = (part: Scope | undefined, said: string): string => {
  if (part === undefined) return said
  const where = scopeInWords(part)
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}, ${said.charAt(0).toLowerCase()}${said.slice(1)}`
}
const allTheSame = 'It did not stop the order, which only reduces.'
