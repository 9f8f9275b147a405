/** Where ticks are missing, gathered by symbol: from the first that is missing to the last. */
import type { GapReason, TickBatch, TickGap } from '#adapters/postgres/ticks'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface TickHoles {
  readonly addTick: (tick: Tick) => void
  readonly addGap: (gap: TickGap) => void
  /** A batch that is lost, with the holes that it would have told of. */
  readonly addBatch: (batch: TickBatch) => void
  readonly isEmpty: () => boolean
  /** All of them; there are none afterwards. */
  readonly take: () => readonly TickGap[]
}

interface Hole {
  first: Instant
  last: Instant
  ticks: number
}

export const tickHoles = (reason: GapReason): TickHoles => {
  const holes = new Map<MarketSymbol, Hole>()
  const widen = (symbol: MarketSymbol, first: Instant, last: Instant, ticks: number): void => {
    const hole = holes.get(symbol)
    if (hole === undefined) {
      holes.set(symbol, { first, last, ticks })
      return
    }
    if (first < hole.first) hole.first = first
    if (last > hole.last) hole.last = last
    hole.ticks += ticks
  }
  const addTick = ({ symbol, venueAt }: Tick): void => widen(symbol, venueAt, venueAt, 1)
  const addGap = ({ symbol, first, last, ticks = 0 }: TickGap): void =>
    widen(symbol, first, last, ticks)
  return {
    addTick,
    addGap,
    addBatch: ({ ticks, gaps }) => {
      for (const tick of ticks) addTick(tick)
      for (const gap of gaps) addGap(gap)
    },
    isEmpty: () => holes.size === 0,
    take: () => {
      const gaps = [...holes].map(([symbol, { first, last, ticks }]) => ({
        symbol,
        first,
        last,
        reason,
        // Where none was counted, nobody knows how many.
        ...(ticks === 0 ? {} : { ticks }),
      }))
      holes.clear()
      return gaps
    },
  }
}
