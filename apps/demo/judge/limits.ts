/**
 * P4 and I7, naively: at every approval all that the book held and had open at worst is added up again, from what
 * the guard says that it had read, and held against the limits then in force and the figures that it recorded.
 */
import { dayTypes, isBreach, judgeDay, unstopped } from './days.ts'
import { greater, shown, size, sum, units } from './decimals.ts'
import { Book } from './exposure.ts'
import { remaining } from './open-order.ts'
import { type Figure, figuresOf } from './figures.ts'
import { type Finding, finding } from './finding.ts'
import {
  keyOf,
  list,
  type LogRow,
  named,
  orderOf,
  record,
  termsOf,
  text,
  when,
  writtenAt,
} from './log-row.ts'

/** One for the limits, and one for what was let through as reducing. */
export const limitFindings = (rows: readonly LogRow[]): readonly Finding[] => {
  const books = named(rows, 'BookOpened').map(({ data }) => text(data['book']))
  const judged = books.map((book) => judgedIn(rows, book))
  const count = (pick: (of: Judged) => number): number =>
    judged.reduce((all, each) => all + pick(each), 0)
  return [
    finding(
      'I7',
      'every figure of every approval follows from the log, and was within the limit in force',
      count((of) => of.figures),
      judged.flatMap((of) => of.beyond),
    ),
    finding(
      'reducing',
      'what was approved as reducing only brought a position nearer to zero, and nothing else was',
      count((of) => of.approvals),
      judged.flatMap((of) => of.misnamed),
    ),
    finding(
      'loss',
      'each day began and was marked at what the book was worth, and a loss beyond its limit stopped it at once',
      count((of) => of.days),
      judged.flatMap((of) => of.untrue),
    ),
  ]
}

interface Judged {
  readonly figures: number
  readonly approvals: number
  readonly beyond: readonly string[]
  readonly misnamed: readonly string[]
  readonly days: number
  /** Of days, worth and losses. */
  readonly untrue: readonly string[]
}

const isOfGuard = ({ stream }: LogRow): boolean => /^(risk|seal|access)-/.test(stream)

const judgedIn = (rows: readonly LogRow[], name: string): Judged => {
  const read = rows.filter((row) => !isOfGuard(row))
  const decided = rows.filter(({ stream }) => stream === `risk-${name}`)
  const book = new Book(name)
  const approvedAt: number[] = []
  const [beyond, misnamed, untrue]: [string[], string[], string[]] = [[], [], []]
  let [upTo, figures, days] = [0, 0, 0]
  for (const [index, row] of decided.entries()) {
    const { type, data } = row
    const basis = Number(record(data['basis'])['count'] ?? upTo)
    for (; upTo < basis; upTo += 1) {
      const next = read[upTo]
      if (next === undefined || next.position > row.position) break
      book.see(next)
    }
    if (upTo < basis) beyond.push(`${nameOf(row)}: its basis is not on the log before it`)
    if (type === 'BookOpened') book.currency = text(data['currency'])
    if (type === 'BookOpened' || type === 'RiskLimitsSet') book.limits = record(data['limits'])
    if (type === 'MarksTaken') book.take(data['marks'])
    if (dayTypes.includes(type)) {
      days += 1
      untrue.push(...judgeDay(book, row))
      if (isBreach(row)) untrue.push(...unstopped(row, decided[index + 1]))
    }
    if (type === 'OrderDenied' || type === 'AmendDenied') book.take([data['mark']])
    if (type !== 'OrderApproved' && type !== 'AmendApproved') continue
    if (type === 'AmendApproved') book.approveAmendment(orderOf(row), termsOf(row))
    const reduces = onlyReduces(book, row)
    if (reduces !== (data['reducing'] === true)) misnamed.push(`${nameOf(row)} ${says(reduces)}`)
    if (type === 'OrderApproved') book.approve(orderOf(row), termsOf(row))
    book.rules = Number(data['rules'])
    if (!reduces) {
      const last = read[upTo - 1]
      const basisAt = last === undefined ? 0 : writtenAt(last)
      const measured = measuredFor(row, { book, data, approvedAt, basisAt })
      figures += measured.count
      beyond.push(...measured.wrong)
    }
    approvedAt.push(when(data['at']))
    // What an order was judged by values whatever comes after it.
    book.take([data['mark']])
  }
  return { figures, approvals: approvedAt.length, days, beyond, misnamed, untrue }
}
const nameOf = (row: LogRow): string => `order ${orderOf(row)} at ${String(row.position)}`
const says = (reduces: boolean): string =>
  reduces ? 'only reduces, and was not approved so' : 'does not only reduce, and was approved so'

/** Against its strategy's position, and no larger than what the other open orders on that side leave of it. */
const onlyReduces = (book: Book, row: LogRow): boolean => {
  const terms = termsOf(row)
  const cell = keyOf(terms, 'account', 'venue', 'symbol')
  const own = book.holdings.get(keyOf(terms, 'account', 'strategy', 'venue', 'symbol'))
  const held = own?.quantity ?? 0n
  if (held === 0n || held > 0n === (terms['side'] === 'buy')) return false
  const others = book
    .openIn(cell)
    .filter((order) => ['strategy', 'side'].every((part) => order.terms[part] === terms[part]))
  // An order that is amended is among the open ones, as whichever it may be.
  const more = row.type === 'AmendApproved' ? 0n : units(terms['quantity'])
  return more + sum(others.map(remaining)) <= size(held)
}

interface Measured {
  readonly count: number
  readonly wrong: readonly string[]
}
const measuredFor = (row: LogRow, asked: Parameters<typeof figuresOf>[0]): Measured => {
  const recorded = recordedIn(row)
  const figures = Object.entries(figuresOf(asked))
  const wrong = figures.flatMap(([code, figure]) =>
    faultsOf(figure, recorded.get(code)).map((fault) => `${nameOf(row)}: ${code} ${fault}`),
  )
  return {
    count: figures.length,
    wrong: [...wrong, ...staleMark(row, asked.book), ...untimely(row, asked.book)],
  }
}

/** What the guard wrote beside its approval: observed and limit by the code of the check. */
const recordedIn = (row: LogRow): ReadonlyMap<string, readonly string[]> =>
  new Map(list(row.data['checks']).map((line) => [text(list(line)[0]), list(line).map(text)]))

/** Ratios are recorded at 18 places. */
const lastDigit = 10n ** 18n
const faultsOf = (
  { observed, limit }: Figure,
  recorded: readonly string[] | undefined,
): readonly string[] => {
  const [, wrote, bound] = recorded ?? []
  if (wrote === undefined || bound === undefined) return ['was not recorded']
  return [
    ...(limit !== undefined && (observed === undefined || observed > limit)
      ? [`was ${said(observed)}, above ${shown(limit)}`]
      : []),
    ...(isSame(wrote, observed) ? [] : [`was ${said(observed)}, and ${wrote} was recorded`]),
    ...(isSame(bound, limit) ? [] : [`was limited by ${said(limit)}, not by ${bound}`]),
  ]
}
const said = (value: bigint | undefined): string => (value === undefined ? 'nothing' : shown(value))
const isSame = (text: string, value: bigint | undefined): boolean =>
  text === '' || value === undefined
    ? text === '' && value === undefined
    : size(units(text) - value) <= lastDigit

/** By rules that know of it: the venue had told everything, and was open where it is not always. */
const untimely = (row: LogRow, { rules, reconciled, limits }: Book): readonly string[] => {
  if (rules < venuesAreJudged) return []
  const { data } = row
  const terms = termsOf(row)
  const { opensAt, closesAt } = record(data['session'])
  const clock = when(data['clock'])
  const hasHours = text(terms['venue']) in record(limits['tradingWindows'])
  return [
    ...(reconciled.get(keyOf(terms, 'venue', 'account')) === true
      ? []
      : [`${nameOf(row)}: its venue had not told everything`]),
    ...(!hasHours || (when(opensAt) <= clock && clock < when(closesAt))
      ? []
      : [`${nameOf(row)}: its venue was closed`]),
  ]
}
const venuesAreJudged = 4
/** The mark of the order, and its age by the guard's own clock. */
const staleMark = (row: LogRow, { limits }: Book): readonly string[] => {
  const most = limits['maxMarkAgeMs']
  const { at, symbol } = record(row.data['mark'])
  if (symbol !== termsOf(row)['symbol']) return [`${nameOf(row)}: the mark is of another symbol`]
  const age = greater(0n, BigInt(when(row.data['clock']) - when(at)))
  return typeof most === 'number' && age > BigInt(most) * 1000n
    ? [`${nameOf(row)}: its mark was ${String(age / 1000n)} ms old`]
    : []
}
