/**
 * What was approved lately, by what it asked for: whether the same order comes again. Only so much is remembered
 * as the window in force asks for, so that a book without one remembers nothing.
 */
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'

export interface Duplicates {
  /** When the same was approved last, after `at` less the window. */
  readonly lastWithin: (terms: Terms, at: Instant, windowMs: number) => Instant | undefined
}
export interface DuplicatesFold extends Duplicates {
  /** Not earlier than the one before. Answers how to take it back, as long as nothing came after it. */
  readonly remember: (terms: Terms, at: Instant, windowMs: number) => () => void
  /** What is older will not be asked for again. */
  readonly forgetBefore: (at: Instant, windowMs: number) => void
}

/** All that the fold knows, as data. */
export interface DuplicatesState {
  /** The oldest first. */
  recent: { readonly key: string; readonly at: Instant }[]
  readonly last: Map<string, Instant>
}
export const noDuplicates = (): DuplicatesState => ({ recent: [], last: new Map() })

export const duplicatesFold = (state: DuplicatesState = noDuplicates()): DuplicatesFold => ({
  lastWithin: (terms, at, windowMs) => {
    const last = state.last.get(keyOf(terms))
    return last !== undefined && last > plusMs(at, -windowMs) ? last : undefined
  },
  remember: (terms, at, windowMs) => {
    if (windowMs === 0) return () => undefined
    const key = keyOf(terms)
    const before = state.last.get(key)
    state.recent.push({ key, at })
    state.last.set(key, at)
    return () => {
      state.recent.pop()
      if (before === undefined) state.last.delete(key)
      else state.last.set(key, before)
    }
  },
  forgetBefore: (at, windowMs) => {
    const since = plusMs(at, -windowMs)
    const isOld = (one: { readonly at: Instant } | undefined): boolean =>
      one !== undefined && one.at <= since
    if (!isOld(state.recent[0])) return
    // In stretches, so that each is moved once or twice at most.
    const middle = state.recent.length >>> 1
    if (!isOld(state.recent[middle]) && state.recent.length > stretch) return
    const kept = state.recent.filter((one) => !isOld(one))
    for (const { key } of state.recent)
      if ((state.last.get(key) ?? since) <= since) state.last.delete(key)
    state.recent = kept
  },
})
const stretch = 64

/** All that tells one order from another but when it ends: whoever sends it twice may have counted that anew. */
const keyOf = (terms: Terms): string =>
  [
    terms.account,
    terms.strategy,
    terms.venue,
    terms.symbol,
    terms.side,
    terms.orderType,
    terms.quantity,
    terms.timeInForce,
    terms.postOnly,
    terms.reduceOnly,
    terms.limitPrice ?? '-',
    terms.stopPrice ?? '-',
  ].join(' ')
