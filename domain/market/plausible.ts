/**
 * Marks that are not believed at once where they jump. A price further from the believed one than a limit allows is
 * told together with that one until it has stood for a while; if it falls back, it was nothing.
 */
import { type Marks, type MarksFold, marksFold } from '#domain/market/marks'
import { abs } from '#domain/values/decimal'
import { msBetween } from '#domain/values/instant'
import type { Price, Ratio } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

export interface PlausibleMarks extends Marks {
  /** The same as a book hears them that believes no greater jump at once; any, where it is not limited. */
  readonly by: (jumpMax: Ratio | undefined) => Marks
}
export interface PlausibleMarksFold extends PlausibleMarks, MarksFold {}

/** So long all prices must have been near a new one before that is believed. */
export const believedAfterMs = 10_000
/** Limits are few; whoever changes one often does not fill the memory. */
const beliefsMax = 32

interface Belief {
  price: Price
  /** Where the price has jumped to, and since when it has been near there. */
  jump: { readonly price: Price; readonly since: Instant } | undefined
}
type Beliefs = Map<MarketSymbol, Belief>

export const plausibleMarks = (): PlausibleMarksFold => {
  const marks = marksFold()
  /** By limit, the one that was asked for last at the end. */
  const all = new Map<Ratio, Beliefs>()
  const beliefsBy = (jumpMax: Ratio): Beliefs => {
    const known = all.get(jumpMax)
    const beliefs = known ?? begin(marks, [...all.values()].at(-1), jumpMax)
    if (known !== undefined) all.delete(jumpMax)
    all.set(jumpMax, beliefs)
    for (const oldest of all.keys()) if (all.size > beliefsMax) all.delete(oldest)
    return beliefs
  }
  return {
    ...marks,
    hear: (frame) => {
      marks.hear(frame)
      if (frame.type !== 'quote' && frame.type !== 'trade') return
      const mark = marks.markOf(frame.symbol)
      if (mark === undefined) return
      for (const [jumpMax, beliefs] of all) believe(beliefs, mark, jumpMax)
    },
    by: (jumpMax) => {
      if (jumpMax === undefined) return marks
      const beliefs = beliefsBy(jumpMax)
      return {
        symbols: marks.symbols,
        markOf: (symbol) => {
          const mark = marks.markOf(symbol)
          const belief = beliefs.get(symbol)
          return mark === undefined || belief?.jump === undefined
            ? mark
            : { ...mark, against: belief.price }
        },
      }
    },
  }
}

/** What others believe is where it begins under another limit too; else what is heard now. */
const begin = (marks: Marks, others: Beliefs | undefined, jumpMax: Ratio): Beliefs => {
  const beliefs: Beliefs = new Map()
  for (const symbol of marks.symbols()) {
    const mark = marks.markOf(symbol)
    const believed = others?.get(symbol)?.price
    if (believed !== undefined) beliefs.set(symbol, { price: believed, jump: undefined })
    if (mark !== undefined) believe(beliefs, mark, jumpMax)
  }
  return beliefs
}
const believe = (beliefs: Beliefs, { symbol, price, at }: Mark, jumpMax: Ratio): void => {
  const belief = beliefs.get(symbol)
  if (belief === undefined) {
    beliefs.set(symbol, { price, jump: undefined })
    return
  }
  if (isNear(price, belief.price, jumpMax)) {
    belief.price = price
    belief.jump = undefined
    return
  }
  const { jump } = belief
  const since = jump !== undefined && isNear(price, jump.price, jumpMax) ? jump.since : at
  const stood = msBetween(since, at) >= believedAfterMs
  if (stood) belief.price = price
  belief.jump = stood ? undefined : { price, since }
}
const one = 10n ** 18n
const isNear = (price: Price, before: Price, jumpMax: Ratio): boolean =>
  abs(price - before) * one <= jumpMax * before
