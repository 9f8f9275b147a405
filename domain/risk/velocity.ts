/** How many orders were approved lately, in a book or a part of it. Exact for any window up to an hour; what is older is forgotten. */
import { covers } from '#domain/order/kill-switch'
import { scopeKey } from '#domain/risk/tally'
import { innerOf } from '#domain/values/inner-of'
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'
import type { Scope, Terms } from '#schemas/values/trading'

export const second = 1_000
export const minute = 60_000
export const hour = 3_600_000

export interface Velocity {
  /** Approved after `at` less the window, up to `at`; of the whole book where no part is named. */
  readonly within: (at: Instant, windowMs: number, scope?: Scope) => number
}
export interface VelocityFold extends Velocity {
  /** One more, not earlier than the one before. Answers how to take it back, as long as nothing came after it. */
  readonly count: (at: Instant, where: Where) => () => void
  /** Nothing before this instant's hour will be asked for again. */
  readonly forgetBefore: (at: Instant) => void
  /** The same, and at once: what is left then follows from what was counted alone. */
  readonly trim: (at: Instant) => void
  /** Parts that were asked for may not be asked for again: other limits are in force. */
  readonly forgetParts: () => void
}
/** Whose order it was, and of what. */
export type Where = Pick<Terms, 'account' | 'strategy' | 'symbol'>

/** Orders of one instant share an entry, so that a batch costs one: `upTo` counts all until and with them. */
interface Entry {
  readonly at: Instant
  upTo: number
}
interface Counts {
  entries: Entry[]
  forgotten: number
}
/** All that the fold knows, as data. */
export interface VelocityState extends Counts {
  /** Of each order that is not forgotten, in order: any part of the book may come to have a limit. */
  places: Where[]
}
export const noVelocity = (): VelocityState => ({ entries: [], forgotten: 0, places: [] })

/** Entries that fell out of the hour are let go in stretches: each is moved once at most. */
const stretch = 1024

interface Part {
  readonly scope: Scope
  readonly counts: Counts
}

export const velocityFold = (state: VelocityState = noVelocity()): VelocityFold => {
  /** Follows from the state: made when a part is first asked for. */
  const parts = new Map<string, Part>()
  const shared = sharing()
  const partOf = (scope: Scope): Counts => {
    const key = scopeKey(scope)
    const known = parts.get(key)
    if (known !== undefined) return known.counts
    const counts = countsOf(state, scope)
    parts.set(key, { scope, counts })
    return counts
  }
  const forget = (upTo: Instant): void => {
    const before = state.forgotten
    forgetIn(state, upTo)
    state.places = state.places.slice(state.forgotten - before)
    for (const { counts } of parts.values()) forgetIn(counts, upTo)
  }
  return {
    within: (at, windowMs, scope) =>
      withinOf(scope === undefined ? state : partOf(scope), at, windowMs),
    count: (at, where) => {
      add(state, at)
      state.places.push(shared(where))
      for (const { scope, counts } of parts.values()) if (covers(scope, where)) add(counts, at)
      return () => {
        takeBack(state)
        state.places.pop()
        for (const { scope, counts } of parts.values()) if (covers(scope, where)) takeBack(counts)
      }
    },
    forgetBefore: (at) => {
      const oldest = state.entries[stretch]
      if (oldest !== undefined && oldest.at <= plusMs(at, -hour)) forget(plusMs(at, -hour))
    },
    trim: (at) => forget(plusMs(at, -hour)),
    forgetParts: () => parts.clear(),
  }
}

const totalOf = ({ entries, forgotten }: Counts): number => entries.at(-1)?.upTo ?? forgotten
const withinOf = (counts: Counts, at: Instant, windowMs: number): number => {
  const { entries, forgotten } = counts
  const start = firstAfter(entries, plusMs(at, -windowMs))
  return totalOf(counts) - (entries[start - 1]?.upTo ?? forgotten)
}
const add = (counts: Counts, at: Instant): void => {
  const last = counts.entries.at(-1)
  if (last?.at === at) last.upTo += 1
  else counts.entries.push({ at, upTo: totalOf(counts) + 1 })
}
const takeBack = (counts: Counts): void => {
  const { entries, forgotten } = counts
  const last = entries.at(-1)
  if (last === undefined) return
  last.upTo -= 1
  if (last.upTo === (entries.at(-2)?.upTo ?? forgotten)) entries.pop()
}
const forgetIn = (counts: Counts, upTo: Instant): void => {
  const gone = firstAfter(counts.entries, upTo)
  counts.forgotten = counts.entries[gone - 1]?.upTo ?? counts.forgotten
  counts.entries = counts.entries.slice(gone)
}
const countsOf = ({ entries, forgotten, places }: VelocityState, scope: Scope): Counts => {
  const counts: Counts = { entries: [], forgotten: 0 }
  let next = 0
  for (const { at, upTo } of entries)
    for (; next < upTo - forgotten; next += 1) {
      const where = places[next]
      if (where !== undefined && covers(scope, where)) add(counts, at)
    }
  return counts
}

/** The same object for the same place, as far as it was seen lately: an hour may hold many orders of few places. */
const sharing = (): ((where: Where) => Where) => {
  const seen = new Map<Where['account'], Map<Where['symbol'], Map<Where['strategy'], Where>>>()
  let shared = 0
  return ({ account, strategy, symbol }) => {
    const known = seen.get(account)?.get(symbol)?.get(strategy)
    if (known !== undefined) return known
    if (shared === placesShared) {
      seen.clear()
      shared = 0
    }
    shared += 1
    const where = { account, strategy, symbol }
    const ofAccount = innerOf(seen, account)
    innerOf(ofAccount, symbol).set(strategy, where)
    return where
  }
}
const placesShared = 4096

/** The place of the first entry after an instant; the length where there is none. */
const firstAfter = (entries: readonly Entry[], instant: Instant): number => {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry !== undefined && entry.at <= instant) low = middle + 1
    else high = middle
  }
  return low
}
