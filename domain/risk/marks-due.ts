/** Which marks have to be recorded in front of a decision, so that it can be derived again without the market. */
import type { Marks } from '#domain/market/marks'
import type { Standing } from '#domain/risk/standing'
import { msBetween } from '#domain/values/instant'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark, Terms } from '#schemas/values/trading'

/** A recorded mark may be this old before it is taken again, and they are taken no more often. */
export const marksEveryMs = 1_000

/**
 * The newest marks of all that is held, open, or needed to convert that or these orders; an order's own mark
 * is in its decision. Empty while the recorded ones are recent enough, or nothing newer was heard. What was
 * never recorded does not wait: without it nothing could be decided rightly.
 */
export const marksDue = (
  standing: Standing,
  heard: Marks,
  at: Instant,
  orders: Iterable<Terms>,
): readonly Mark[] => {
  const { desk, exposure, equity } = standing
  const newer = newerOf(desk, heard, marketsFor(exposure, equity, orders))
  const recently = areRecent(standing, at)
  const isDue = ({ symbol }: Mark): boolean => {
    const recorded = desk.markOf(symbol)
    return recorded === undefined || (!recently && msBetween(recorded.at, at) >= marksEveryMs)
  }
  if (!newer.some(isDue)) return []
  return recently ? newer.filter(({ symbol }) => desk.markOf(symbol) === undefined) : newer
}

/** All that has moved since it was recorded, of what a book is valued by: to see what it is worth now. */
export const marksNow = (standing: Standing, heard: Marks, at: Instant): readonly Mark[] => {
  const { desk, exposure, equity } = standing
  const newer = newerOf(desk, heard, marketsFor(exposure, equity, []))
  return areRecent(standing, at)
    ? newer.filter(({ symbol }) => desk.markOf(symbol) === undefined)
    : newer
}
/** Whether they were recorded too short a time ago to be recorded again. */
export const areRecent = ({ desk }: Pick<Standing, 'desk'>, at: Instant): boolean => {
  const takenAt = desk.marksTakenAt()
  return takenAt !== undefined && msBetween(takenAt, at) < marksEveryMs
}
const newerOf = (
  desk: Standing['desk'],
  heard: Marks,
  markets: ReadonlySet<MarketSymbol>,
): readonly Mark[] =>
  [...markets].flatMap((symbol): readonly Mark[] => {
    const live = heard.markOf(symbol)
    return live === undefined || live.at === desk.markOf(symbol)?.at ? [] : [live]
  })

const marketsFor = (
  exposure: Standing['exposure'],
  equity: Standing['equity'],
  orders: Iterable<Terms>,
): ReadonlySet<MarketSymbol> => {
  const markets = new Set([...exposure.markets(), ...equity.markets()])
  for (const terms of orders) {
    for (const symbol of exposure.pricing(terms)?.rateSymbols ?? []) markets.add(symbol)
  }
  return markets
}
