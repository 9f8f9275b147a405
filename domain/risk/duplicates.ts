/**
 * What was approved lately, by what it asked for: whether the same order comes again. Only so much is remembered
 * as the window in force asks for, so that a book without one remembers nothing, and one whose window grows does not
 * remember what it has forgotten. What is forgotten follows from the log alone: when it is let go does not matter.
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
  /** What is older counts no more, whatever window is in force later. Answers how to take it back, as above. */
  readonly forgetBefore: (at: Instant, windowMs: number) => () => void
  /** Makes room now and then, where nothing will be taken back any more. */
  readonly letGo: () => void
  /** The same, and at once: what is kept then follows from what was remembered and forgotten alone. */
  readonly trim: () => void
}

/** All that the fold knows, as data. */
export interface DuplicatesState {
  /** The oldest first. */
  recent: { readonly key: string; readonly at: Instant }[]
  /** So many of the oldest are forgotten, and not yet let go. */
  forgotten: number
  /** Of those that are not. */
  readonly last: Map<string, Instant>
}
export const noDuplicates = (): DuplicatesState => ({ recent: [], forgotten: 0, last: new Map() })

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
    const { recent, forgotten, last } = state
    const gone: (readonly [string, Instant])[] = []
    for (let one = recent[forgotten]; one !== undefined && one.at <= since; ) {
      if (last.get(one.key) === one.at && last.delete(one.key)) gone.push([one.key, one.at])
      state.forgotten += 1
      one = recent[state.forgotten]
    }
    return () => {
      state.forgotten = forgotten
      for (const [key, each] of gone) last.set(key, each)
    }
  },
  // In stretches, so that each is moved once or twice at most.
  letGo: () => {
    if (state.forgotten > Math.max(stretch, state.recent.length >>> 1)) drop(state)
  },
  trim: () => drop(state),
})
const stretch = 64
const drop = (state: DuplicatesState): void => {
  if (state.forgotten === 0) return
  state.recent = state.recent.slice(state.forgotten)
  state.forgotten = 0
}

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
