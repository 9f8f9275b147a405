/** Older frames, made again from the log for those who come later or have fallen behind. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog, ReadFailure } from '#domain/kernel/event-log'
import { readUnknown, type Stretch, takeIn, unknownOrders } from './stream-frames.ts'
import { type OrderRows, orderRows } from './stream-orders.ts'
import { toldTypes } from './stream-table.ts'

const stretchesMax = 64
/** Readers who go on where another read ended find the orders as they were there. */
const trailsMax = 4

export interface Archive {
  /** Frames after a position; none, up to the same position, where the log goes no further. */
  readonly after: (position: bigint) => Promise<E.Either<ReadFailure, Stretch>>
  readonly stats: () => ArchiveStats
}
export interface ArchiveStats {
  /** Pages read from the log. */
  readonly read: number
}

interface Asked {
  readonly position: bigint
  readonly answer: (found: E.Either<ReadFailure, Stretch>) => void
}

export interface ArchiveSettings {
  readonly log: Pick<EventLog, 'read' | 'readAll'>
  /** Small, for each of a thousand readers may hold as much. */
  readonly pageEvents: number
  readonly ordersMax: number
  readonly defect: (thrown: unknown) => void
}

export const openArchive = (settings: ArchiveSettings): Archive => {
  const { log, pageEvents, ordersMax, defect } = settings
  const trails = new Map<bigint, OrderRows>()
  let stretches: readonly Stretch[] = []
  let asked: Asked[] = []
  let working = false
  const counts = { read: 0 }

  const known = (position: bigint): Stretch | undefined =>
    stretches.find(({ after, upTo }) => after <= position && position < upTo)

  const read = async (position: bigint): Promise<E.Either<ReadFailure, Stretch>> => {
    const page = await log.readAll(position, { types: toldTypes }, pageEvents)
    if (E.isLeft(page)) return page
    counts.read += 1
    const rows = trails.get(position) ?? orderRows(ordersMax)
    const unknown = await readUnknown(log, unknownOrders(page.right.events, rows))
    if (E.isLeft(unknown)) return unknown
    const frames = takeIn(page.right, rows, unknown.right)
    const { upTo } = page.right
    trails.delete(position)
    trails.set(upTo, rows)
    const [oldest] = trails.size > trailsMax ? trails.keys() : []
    if (oldest !== undefined) trails.delete(oldest)
    const stretch = { after: position, upTo, frames }
    if (upTo > position) stretches = [...stretches.slice(1 - stretchesMax), stretch]
    return E.right(stretch)
  }
  /**
   * In rounds: whoever asks gets one stretch a round, so that nobody is kept waiting by one who reads the whole
   * log; and in the order of the log, so that a thousand who come back to much the same place share what is read.
   */
  const work = async (): Promise<void> => {
    while (asked.length > 0) {
      const round = asked.toSorted((a, b) => (a.position < b.position ? -1 : 1))
      asked = []
      for (const { position, answer } of round) {
        const found = known(position)
        answer(found === undefined ? await read(position) : E.right(found))
      }
    }
    // Nothing is awaited since the last look, so nobody who asks is overlooked.
    working = false
  }
  return {
    after: (position) =>
      new Promise((resolve) => {
        asked.push({ position, answer: resolve })
        if (working) return
        working = true
        work().catch(defect)
      }),
    stats: () => counts,
  }
}
