/** What waits to be stored: a bounded queue that remembers where it had no room. */
import type { TickBatch, TickGap } from '#adapters/postgres/ticks'
import type { Tick } from '#schemas/market/tick'
import { tickHoles } from './storing-holes.ts'

export interface TickQueue {
  /** Takes no time to speak of. False where there was no room. */
  readonly add: (tick: Tick) => boolean
  /** A hole that lies before whatever is added next. */
  readonly note: (gap: TickGap) => void
  /** What came first, as far as one batch goes; nothing where nothing waits. */
  readonly take: () => TickBatch | undefined
  /** How many ticks wait. */
  readonly length: () => number
  /** Whether a batch is full, so that waiting for more is no use. */
  readonly hasBatch: () => boolean
}

interface Filling {
  readonly ticks: Tick[]
  readonly gaps: readonly TickGap[]
}

/**
 * When it is full, what comes is dropped until half of it is free: one hole of some length instead of many small ones.
 * The oldest are kept, so that what is stored stays whole up to the hole.
 */
export const tickQueue = (ticksMax: number, batchMax: number): TickQueue => {
  const batches: Filling[] = []
  const holes = tickHoles('overflow')
  let waiting = 0
  let isFull = false

  const fresh = (gaps: readonly TickGap[] = []): Filling => {
    const filling = { ticks: [], gaps }
    batches.push(filling)
    return filling
  }
  /** They lie behind all that waits, and before what comes next. */
  const closeHoles = (): void => {
    if (!holes.isEmpty()) fresh(holes.take())
  }
  return {
    add: (tick) => {
      if (waiting >= ticksMax) isFull = true
      else if (waiting <= ticksMax / 2) isFull = false
      if (isFull) {
        holes.addTick(tick)
        return false
      }
      closeHoles()
      const last = batches.at(-1)
      const filling = last === undefined || last.ticks.length >= batchMax ? fresh() : last
      filling.ticks.push(tick)
      waiting += 1
      return true
    },
    note: (gap) => {
      if (isFull) holes.addGap(gap)
      else fresh([gap])
    },
    take: () => {
      if (batches.length === 0) closeHoles()
      const first = batches.shift()
      waiting -= first?.ticks.length ?? 0
      return first
    },
    length: () => waiting,
    hasBatch: () => batches.length > 1 || (batches[0]?.ticks.length ?? 0) >= batchMax,
  }
}
