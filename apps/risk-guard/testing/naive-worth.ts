/**
 * What a book is worth and has lost, worked out from a log's events by the shortest way, sharing nothing with the
 * guard: every fill counted by how far the price has come since. Linear contracts and spot, in the book's currency.
 */
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderFilled } from '#schemas/events/order'
import type { EquityMarked, TradingDayOpened } from '#schemas/events/risk'
import type { BookId, MarketSymbol } from '#schemas/values/ids'
import type { Mark } from '#schemas/values/trading'

export type Prices = ReadonlyMap<MarketSymbol, bigint>
type Event = RecordedEvent['event']

/** Undefined where something held has no price. */
export const naiveEquity = (events: readonly Event[], prices: Prices): bigint | undefined => {
  let sum = 0n
  const held = new Map<MarketSymbol, bigint>()
  for (const event of events) {
    if (event.type === 'FundsDeposited') sum += event.amount
    if (event.type === 'FundsWithdrawn') sum -= event.amount
    if (event.type !== 'OrderFilled') continue
    const quantity = signedOf(event)
    sum -= quantity * event.price + event.fee.amount
    held.set(event.symbol, (held.get(event.symbol) ?? 0n) + quantity)
  }
  for (const [symbol, quantity] of held) {
    const now = prices.get(symbol)
    if (now === undefined && quantity !== 0n) return undefined
    sum += quantity * (now ?? 0n)
  }
  return sum
}
const signedOf = ({ side, quantity }: OrderFilled): bigint =>
  side === 'buy' ? quantity : 0n - quantity

export interface NaiveStand {
  day: string | undefined
  openEquity: bigint
  highWater: bigint
  /** Whether that limit has tripped. */
  lost: boolean
  down: boolean
}
export interface NaiveLimits {
  readonly maxDailyLoss: bigint
  /** In millionths. */
  readonly maxDrawdown: bigint
}
export const isLost = ({ openEquity }: NaiveStand, equity: bigint, limits: NaiveLimits): boolean =>
  openEquity - equity > limits.maxDailyLoss
export const isDown = ({ highWater }: NaiveStand, equity: bigint, limits: NaiveLimits): boolean => {
  const highest = equity > highWater ? equity : highWater
  return (highest - equity) * 1_000_000n > limits.maxDrawdown * highest
}

/** Walks through a log and answers where it stands, and everything in it that has no cause. */
export const naiveStand = (
  book: BookId,
  log: readonly RecordedEvent[],
  limits: NaiveLimits,
): { readonly stand: NaiveStand; readonly faults: readonly string[] } => {
  const walk: Walk = {
    stand: { day: undefined, openEquity: 0n, highWater: 0n, lost: false, down: false },
    faults: [],
    days: new Set(),
    prices: new Map(),
    holdings: log.filter(({ stream }) => !stream.startsWith('risk-')).map(({ event }) => event),
    limits,
  }
  for (const { event } of log) if ('book' in event && event.book === book) step(walk, event)
  return walk
}
interface Walk {
  readonly stand: NaiveStand
  readonly faults: string[]
  readonly days: Set<string>
  readonly prices: Map<MarketSymbol, bigint>
  /** What the guard's events are based on, in order. */
  readonly holdings: readonly Event[]
  readonly limits: NaiveLimits
}
const step = (walk: Walk, event: Event): void => {
  if (event.type === 'MarksTaken') for (const mark of event.marks) take(walk, mark)
  if ('mark' in event && event.mark !== undefined) take(walk, event.mark)
  if (event.type === 'TradingDayOpened') begin(walk, event)
  if (event.type === 'EquityMarked') marked(walk, event)
  if (event.type === 'DailyLossBreached') broken(walk, event.basis.count, 'lost')
  if (event.type === 'DrawdownBreached') broken(walk, event.basis.count, 'down')
}
const take = ({ prices }: Walk, { symbol, price }: Mark): void => {
  prices.set(symbol, price)
}
const worthAt = ({ holdings, prices }: Walk, count: number): bigint | undefined =>
  naiveEquity(holdings.slice(0, count), prices)
const begin = (walk: Walk, { day, late, equity, basis, flows }: TradingDayOpened): void => {
  const { stand, days, faults } = walk
  if (days.has(day)) faults.push(`${day} began twice`)
  if (!late && worthAt(walk, basis.count) !== equity) faults.push(`${day} began at another equity`)
  const before = days.size === 0 ? equity : stand.highWater + flowsIn(flows)
  days.add(day)
  stand.day = day
  stand.openEquity = equity
  stand.highWater = equity > before ? equity : before
  stand.lost = false
}
const marked = (walk: Walk, { equity, basis, flows }: EquityMarked): void => {
  const { stand, faults, limits } = walk
  if (worthAt(walk, basis.count) !== equity) faults.push('another equity was marked')
  stand.openEquity += flowsIn(flows)
  stand.highWater += flowsIn(flows)
  if (equity > stand.highWater) stand.highWater = equity
  if (!isLost(stand, equity, limits)) stand.lost = false
  if (!isDown(stand, equity, limits)) stand.down = false
}
const broken = (walk: Walk, count: number, kind: 'lost' | 'down'): void => {
  const { stand, faults, limits } = walk
  const equity = worthAt(walk, count)
  const isBroken = kind === 'lost' ? isLost : isDown
  if (equity === undefined || !isBroken(stand, equity, limits) || stand[kind])
    faults.push(`a book that is ${kind} without cause`)
  stand[kind] = true
}
const flowsIn = (flows: readonly { readonly worth: bigint }[]): bigint =>
  flows.reduce((sum, { worth }) => sum + worth, 0n)
