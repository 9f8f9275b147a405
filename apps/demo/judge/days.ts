/** A book's trading day and its worth, added up anew, and what the guard wrote of them held against that. */
import { currencyOf, unrealisedOf } from './average-cost.ts'
import { greater, ratio, shown, size, sum, unit, units } from './decimals.ts'
import { type Book, Unpriced } from './exposure.ts'
import type { Day } from './believed.ts'
import { list, type LogRow, record, text, when } from './log-row.ts'

export const dayTypes: readonly string[] = [
  'TradingDayOpened',
  'EquityMarked',
  'DailyLossBreached',
  'DrawdownBreached',
]

/** The cash of all its accounts and what its contracts would pay, each currency turned into the book's. */
export const equityOf = (book: Book): bigint => {
  const cash = [...book.ownCash()].map(([currency, amount]) => book.converted(amount, currency))
  const unpaid = new Map<string, bigint>()
  for (const holding of book.holdings.values()) {
    if (holding.instrument['kind'] === 'spot' || isNothing(holding)) continue
    const mark = book.marks.get(holding.symbol)
    if (mark === undefined) throw new Unpriced(`no mark of ${holding.symbol}`)
    const currency = currencyOf(holding.instrument)
    unpaid.set(currency, (unpaid.get(currency) ?? 0n) + unrealisedOf(holding, mark))
  }
  return sum([...cash, ...[...unpaid].map(([currency, gain]) => book.converted(gain, currency))])
}
const isNothing = ({ quantity, cost }: { readonly quantity: bigint; readonly cost: bigint }) =>
  quantity === 0n && cost === 0n

/** What has come in or gone out, and is in no figure of the day yet. */
const untaken = (book: Book): ReadonlyMap<string, bigint> => {
  const taken = book.day?.taken ?? new Map<string, bigint>()
  const left = [...book.brought].map(
    ([currency, amount]) => [currency, amount - (taken.get(currency) ?? 0n)] as const,
  )
  return new Map(left.filter(([, amount]) => amount !== 0n))
}
const cameIn = (book: Book): bigint =>
  sum([...untaken(book)].map(([currency, amount]) => book.converted(amount, currency)))

export interface Stand {
  readonly loss: bigint
  readonly drawdown: bigint
}
/** Undefined: no day is open. */
export const standOf = (book: Book, at: number): Stand | undefined => {
  const { day } = book
  if (day === undefined || at < day.opensAt || at >= day.closesAt) return undefined
  const [equity, came] = [equityOf(book), cameIn(book)]
  const highest = greater(day.highWater + came, equity)
  return { loss: day.openEquity + came - equity, drawdown: drawdownOf(equity, highest) }
}
/** As a part of the highest. */
const drawdownOf = (equity: bigint, highest: bigint): bigint => {
  if (equity >= highest) return 0n
  if (highest <= 0n) return unit
  const part = ratio(highest - equity, highest)
  return part > largestPart ? largestPart : part
}
/** A part has twenty digits before its point. */
const largestPart = 10n ** 20n * unit - 1n

/** What is not so in it; the book's day is what the event says from then on. */
export const judgeDay = (book: Book, row: LogRow): readonly string[] => {
  const faults =
    row.type === 'TradingDayOpened' || row.type === 'EquityMarked'
      ? worthFaults(book, row)
      : breachFaults(book, row)
  return faults.map((fault) => `${row.type} at ${String(row.position)} ${fault}`)
}

const worthFaults = (book: Book, { type, data }: LogRow): readonly string[] => {
  const before = book.day
  const opens = type === 'TradingDayOpened'
  const came = cameIn(book)
  const equity = units(data['equity'])
  const isLate = data['late'] === true
  const worth = isLate ? (before?.marked ?? 0n) + came : equityOf(book)
  const openEquity = opens ? equity : units(data['dayOpenEquity'])
  const highWater = units(data['highWater'])
  const [opensAt, closesAt] = opens
    ? [when(data['opensAt']), when(data['closesAt'])]
    : [before?.opensAt ?? 0, before?.closesAt ?? 0]
  const flows = new Map(
    list(data['flows'])
      .map(record)
      .map((flow) => [text(flow['currency']), units(flow['amount'])] as const),
  )
  const due = untaken(book)
  const highest = before === undefined ? equity : greater(before.highWater + came, equity)
  const at = when(data['at'])
  book.day = { opensAt, closesAt, openEquity, highWater, marked: equity, taken: takenNow(book) }
  return [
    ...differs('says that the book is worth', equity, worth),
    ...differs('says that the highest was', highWater, highest),
    ...(opens ? [] : differs('says that the day began at', openEquity, openedAt(before, came))),
    ...(isSameMap(flows, due) ? [] : ['leaves out what came in or went out']),
    ...(at < opensAt || at >= closesAt ? ['stands outside its day'] : []),
    ...(before === undefined && !opens ? ['has no day'] : []),
  ]
}
const openedAt = (day: Day | undefined, came: bigint): bigint => (day?.openEquity ?? 0n) + came
const takenNow = (book: Book): ReadonlyMap<string, bigint> => new Map(book.brought)
const isSameMap = (a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)

const breachFaults = (book: Book, { type, data }: LogRow): readonly string[] => {
  const { day, limits } = book
  if (day === undefined) return ['has no day']
  const ofDay = type === 'DailyLossBreached'
  const limit = limits[ofDay ? 'maxDailyLoss' : 'maxDrawdown']
  const observed = ofDay ? day.openEquity - day.marked : drawdownOf(day.marked, day.highWater)
  const most = limit === undefined ? undefined : units(limit)
  return [
    ...differs('says that the book is worth', units(data['equity']), day.marked),
    ...differs('measures', units(data[ofDay ? 'loss' : 'drawdown']), observed),
    ...(most === undefined || observed <= most ? ['stops what is within its limit'] : []),
    ...(data['limit'] === limit ? [] : ['names another limit than is in force']),
  ]
}

/** A breach stops the book in the same append: its kill switch is the next event of the stream. */
export const unstopped = (breach: LogRow, next: LogRow | undefined): readonly string[] => {
  const stops =
    next?.type === 'KillSwitchEngaged' &&
    next.data['killSwitchId'] === breach.data['killSwitchId'] &&
    next.data['mode'] === 'reduce' &&
    Object.keys(record(next.data['scope'])).length === 0
  return stops ? [] : [`${breach.type} at ${String(breach.position)} did not stop the book`]
}
export const isBreach = ({ type }: LogRow): boolean => type.endsWith('Breached')

/** Money is recorded at 36 places, parts of it at 18. */
const lastDigit = 10n ** 18n
const differs = (what: string, wrote: bigint, is: bigint): readonly string[] =>
  size(wrote - is) <= lastDigit ? [] : [`${what} ${shown(wrote)}, and it is ${shown(is)}`]
