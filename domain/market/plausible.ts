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
  /**
   * The same as a book hears them that believes no greater jump at once; any, where it is not limited. What it has
   * recorded is what comes before the first price that is heard.
   */
  readonly by: (jumpMax: Ratio | undefined, recorded?: Recorded) => Marks
}
export type Recorded = ReadonlyMap<MarketSymbol, Mark>
export interface PlausibleMarksFold extends PlausibleMarks, MarksFold {}

/** So long all prices must have been near a new one before that is believed. */
export const believedAfterMs = 10_000
/**
 * So old a recorded price may be to hold the first that is heard against it. One that is held has its price recorded
 * each trading day, and where it stands still no more often; were it wrong, the new one is believed a moment later.
 */
const recordedMaxMs = 24 * 3_600_000
/** Whoever changes a limit often does not fill the memory: so many are kept that nobody asks for any more, */
const idleMax = 32
/** for so long, by what is heard, */
const idleAfterMs = 60_000
/** and so many at all. */
const beliefsMax = 1_024

interface Belief {
  price: Price
  /** When the price was recorded, where nothing was heard after that. */
  recordedAt?: Instant | undefined
  /** When it was heard, where nothing is known from before. */
  firstAt?: Instant | undefined
  /** Where the price has jumped to, and since when it has been near there. */
  jump: { readonly price: Price; readonly since: Instant } | undefined
}
type Beliefs = Map<MarketSymbol, Belief>
interface Asked {
  readonly beliefs: Beliefs
  /** By what had been heard then. */
  at: Instant | undefined
}
const nothing: Recorded = new Map()

export const plausibleMarks = (): PlausibleMarksFold => {
  const marks = marksFold()
  /** By limit, the one that was asked for last at the end. */
  const all = new Map<Ratio, Asked>()
  const last: { at: Instant | undefined } = { at: undefined }
  const beliefsBy = (jumpMax: Ratio): Beliefs => {
    const { beliefs } = all.get(jumpMax) ?? {
      beliefs: begin(marks, [...all.values()].at(-1)?.beliefs, jumpMax),
    }
    all.delete(jumpMax)
    all.set(jumpMax, { beliefs, at: last.at })
    for (const [limit, { at }] of all) {
      if (all.size <= (isIdle(at, last.at) ? idleMax : beliefsMax)) break
      all.delete(limit)
    }
    return beliefs
  }
  return {
    ...marks,
    hear: (frame) => {
      marks.hear(frame)
      if (frame.type !== 'quote' && frame.type !== 'trade') return
      const mark = marks.markOf(frame.symbol)
      if (mark === undefined) return
      last.at = mark.at
      for (const [jumpMax, { beliefs }] of all) believe(beliefs, mark, jumpMax)
    },
    by: (jumpMax, recorded = nothing) => {
      if (jumpMax === undefined) return marks
      const beliefs = beliefsBy(jumpMax)
      for (const mark of recorded.values()) recall(beliefs, mark, marks, jumpMax)
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

const isIdle = (askedAt: Instant | undefined, now: Instant | undefined): boolean =>
  askedAt !== undefined && now !== undefined && msBetween(askedAt, now) > idleAfterMs

/** What others believe is where it begins under another limit too; else what is heard now. */
const begin = (marks: Marks, others: Beliefs | undefined, jumpMax: Ratio): Beliefs => {
  const beliefs: Beliefs = new Map()
  for (const symbol of marks.symbols()) {
    const mark = marks.markOf(symbol)
    const believed = others?.get(symbol)
    if (believed !== undefined) beliefs.set(symbol, { ...believed, jump: undefined })
    if (mark !== undefined) believe(beliefs, mark, jumpMax)
  }
  return beliefs
}
/** A price from before the first that was heard, unless that has stood meanwhile or was recorded before. */
const recall = (beliefs: Beliefs, recorded: Mark, marks: Marks, jumpMax: Ratio): void => {
  const { symbol, price, at } = recorded
  const belief = beliefs.get(symbol)
  if (belief !== undefined && belief.firstAt === undefined) return
  const mark = marks.markOf(symbol)
  const { firstAt } = belief ?? {}
  if (firstAt !== undefined && mark !== undefined) {
    const isLater = at >= firstAt || msBetween(firstAt, mark.at) >= believedAfterMs
    if (isLater || msBetween(at, firstAt) > recordedMaxMs) return
  }
  beliefs.set(symbol, { price, jump: undefined, recordedAt: at })
  if (mark !== undefined) believe(beliefs, mark, jumpMax)
}
const believe = (beliefs: Beliefs, { symbol, price, at }: Mark, jumpMax: Ratio): void => {
  const belief = beliefs.get(symbol)
  const { recordedAt = at } = belief ?? {}
  if (belief === undefined || msBetween(recordedAt, at) > recordedMaxMs) {
    beliefs.set(symbol, { price, jump: undefined, firstAt: at })
    return
  }
  belief.recordedAt = undefined
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
