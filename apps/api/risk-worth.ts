/** What a book is worth and exposed to at the prices of now, and how far either can be relied upon. */
import type { Marks } from '#domain/market/marks'
import { doubtInWords, whyUnknown } from '#domain/risk/checks/worth-unknown'
import type { Doubt } from '#domain/risk/equity'
import type { Exposure } from '#domain/risk/exposure'
import { drawdownOf, isBeyond, lossOf, type Stand } from '#domain/risk/loss'
import type { Standing, StandingFold } from '#domain/risk/standing'
import { grossOf, type Sum } from '#domain/risk/sums'
import { dayAt, standOf, type Wealth, wealthOf, worthOfFlows } from '#domain/risk/wealth'
import { abs, addAmount } from '#domain/values/decimal'
import { plusMs } from '#domain/values/instant'
import type { RiskReply } from '#schemas/api/risk'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
} from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

/**
 * The book as it looks with the newest prices in it, as if its guard had just recorded them; that is taken back
 * before anything else happens. Its own time stays, and with it the day that is open.
 */
export const atMarket = <Seen>(standing: StandingFold, heard: Marks, look: () => Seen): Seen => {
  const { desk } = standing
  const marks = newerMarks(standing, heard)
  try {
    if (marks.length > 0)
      standing.enter({ type: 'MarksTaken', book: desk.book, at: desk.at(), marks })
    return look()
  } finally {
    standing.withdraw()
  }
}
/** What was recorded last counts until something newer is heard, also where nothing comes from the market any more. */
const newerMarks = ({ desk, exposure, equity }: Standing, heard: Marks): readonly Mark[] =>
  [...new Set([...exposure.markets(), ...equity.markets()])].flatMap((symbol) => {
    const live = heard.markOf(symbol)
    const recorded = desk.markOf(symbol)
    const isNewer = live !== undefined && (recorded === undefined || live.at > recorded.at)
    return isNewer ? [live] : []
  })

type WorthReply = Pick<
  RiskReply,
  'exposure' | 'equity' | 'dailyPnl' | 'drawdown' | 'markedAt' | 'doubt' | 'broken' | 'tradingDay'
>
export const worthView = (standing: Standing, clock: Instant): WorthReply => {
  const { desk, exposure } = standing
  const wealth = wealthOf(standing, clock)
  const stand = standOf(standing, wealth, desk.at())
  const marks = marksIn(standing)
  return {
    exposure: { ...sumView(exposure.total()), bySymbol: bySymbol(exposure) },
    equity: shown(wealth.equity),
    dailyPnl: stand === undefined ? null : shown((0n - lossOf(stand)) as Amount),
    drawdown: stand === undefined ? null : formatDecimal(drawdownOf(stand), placesOfQuantity),
    markedAt: marks[0] === undefined ? null : formatInstant(marks[0].at),
    doubt: doubtIn(standing, wealth, marks, clock),
    broken: brokenIn(standing, stand),
    tradingDay: tradingDayOf(standing, wealth, stand),
  }
}

/** Everything that the figures come from, the oldest first. */
const marksIn = ({ desk, exposure, equity }: Standing): readonly Mark[] => {
  const marks = new Map(equity.marks().map((mark) => [mark.symbol, mark]))
  for (const symbol of exposedIn(exposure)) {
    for (const mark of [desk.markOf(symbol), ...ratesOf(exposure, symbol, desk)])
      if (mark !== undefined) marks.set(mark.symbol, mark)
  }
  return [...marks.values()].toSorted((a, b) => a.at - b.at)
}
const exposedIn = (exposure: Exposure): readonly MarketSymbol[] =>
  [...exposure.markets()].filter((symbol) => {
    const { gross, unpriced } = exposure.ofSymbol(symbol)
    return gross !== 0n || unpriced > 0
  })
const ratesOf = (
  exposure: Exposure,
  symbol: MarketSymbol,
  { markOf }: Standing['desk'],
): readonly (Mark | undefined)[] =>
  [...exposure.cellsOf(symbol)].map((cell) => {
    const [direct, reverse] = exposure.pricing(cell)?.rateSymbols ?? []
    const rate = direct === undefined ? undefined : markOf(direct)
    return rate ?? (reverse === undefined ? undefined : markOf(reverse))
  })

/** What its guard would hold against the figures. */
const doubtIn = (
  { desk }: Standing,
  wealth: Wealth,
  marks: readonly Mark[],
  clock: Instant,
): string | null => {
  if (wealth.doubt !== undefined || wealth.unvalued.length > 0) return whyUnknown({ wealth })
  const doubt = doubtOf(desk, marks, clock)
  return doubt === undefined ? null : doubtInWords(doubt)
}
const doubtOf = (
  desk: Standing['desk'],
  marks: readonly Mark[],
  clock: Instant,
): Doubt | undefined => {
  const jumped = marks.find(({ symbol }) => desk.doubted().has(symbol))
  if (jumped !== undefined) return { _tag: 'Jumped', symbol: jumped.symbol }
  const age = desk.opened()?.limits.maxMarkAgeMs
  const [oldest] = marks
  return oldest !== undefined && age !== undefined && oldest.at < plusMs(clock, -age)
    ? { _tag: 'Stale', symbol: oldest.symbol, at: oldest.at }
    : undefined
}

const brokenIn = ({ desk }: Standing, stand: Stand | undefined): RiskReply['broken'] => {
  if (stand === undefined) return []
  const beyond = isBeyond(stand, desk.opened()?.limits ?? {})
  return [
    ...(beyond.dailyLoss ? (['maxDailyLoss'] as const) : []),
    ...(beyond.drawdown ? (['maxDrawdown'] as const) : []),
  ]
}
const tradingDayOf = (
  standing: Standing,
  { flows }: Wealth,
  stand: Stand | undefined,
): RiskReply['tradingDay'] => {
  const { desk } = standing
  const open = dayAt(standing, desk.at())
  if (open === undefined) return null
  const came = worthOfFlows(flows)
  const { day, opensAt, closesAt, late, openEquity } = open
  return {
    day,
    opensAt: formatInstant(opensAt),
    closesAt: formatInstant(closesAt),
    late,
    openEquity: moneyText(addAmount(openEquity, came)),
    highWater: moneyText(stand?.highWater ?? addAmount(desk.day().highWater, came)),
  }
}

const bySymbol = (exposure: Exposure): RiskReply['exposure']['bySymbol'] =>
  Object.fromEntries(
    exposedIn(exposure).map((symbol) => [symbol, sumView(exposure.ofSymbol(symbol))]),
  )

/** Null: something in it has no price. */
const sumView = (sum: Sum) => ({ gross: shown(grossOf(sum)), net: shown(signedNet(sum)) })

/** At worst, as the limit has it: long above 0, short below. Without open orders both are what is held. */
const signedNet = ({ long, short, unpriced }: Sum): Amount | undefined => {
  if (unpriced > 0) return undefined
  return abs(long) >= abs(short) ? long : short
}
const shown = (amount: Amount | undefined): string | null =>
  amount === undefined ? null : moneyText(amount)
const moneyText = (amount: Amount): string => formatDecimal(amount, placesOfAmount)
