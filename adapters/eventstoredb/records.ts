/** Reading records through the client: always so many at most, in time, and never left open behind us. */
import type { StreamingRead } from '@eventstore/db-client'
import type { Line } from './line.ts'
import { clientFailure } from './failure.ts'
import { Silence } from './time.ts'
import { bytesOf, positionOf, type StoreRecord } from './translate.ts'

interface Resolved {
  readonly event?: StoreRecord
}

export interface Records<A = StoreRecord> {
  readonly records: readonly A[]
  /**
   * The server gave no more of them. Some servers end an answer as if it were whole where they have failed, so only
   * what ends without a single record is an end.
   */
  readonly isEnd: boolean
}

/** What one answer may hold. Of the largest events some fifteen thousand would fill the memory. */
const answerBytesMax = 8 * 1024 * 1024

/**
 * Leaving a loop over the client's stream does not end its call, and a hundred such calls are all that a connection
 * has; so this is the only place that reads one, and it always cancels.
 */
const gather = async <A>(
  read: StreamingRead<Resolved>,
  keep: (record: StoreRecord) => A | undefined,
): Promise<Records<A> & { readonly seen: number }> => {
  const records: A[] = []
  let seen = 0
  let bytes = 0
  let isWhole = false
  try {
    await new Promise<void>((resolve, reject) => {
      read.on('error', reject)
      read.on('end', () => {
        isWhole = true
        resolve()
      })
      // Without an end before it, it was cancelled: then what is missing is not known.
      read.on('close', () => reject(new Silence('the answer was cut off before its end')))
      read.on('data', ({ event }: Resolved) => {
        // After the end of a page some may still be on their way.
        if (event === undefined || bytes >= answerBytesMax) return
        seen += 1
        const kept = keep(event)
        if (kept !== undefined) records.push(kept)
        bytes += bytesOf(event)
        if (bytes >= answerBytesMax) resolve()
      })
    })
  } finally {
    if (!isWhole) {
      read.on('error', () => undefined)
      read.cancel().catch(() => undefined)
    }
  }
  return { records, seen, isEnd: isWhole && records.length === 0 }
}

/**
 * Of all events after a position (0n: from the beginning), system events too. `keep` is told of each as it comes, so
 * that what the client makes of it need not be held: that is half of all the memory of a page.
 */
export const recordsAfter = <A>(
  line: Line,
  msMax: number,
  after: bigint,
  count: number,
  keep: (record: StoreRecord, position: bigint | undefined) => A,
): Promise<Records<A>> =>
  line.use(msMax, async (client) => {
    // Reading begins with the record at the position itself, subscribing after it.
    const { records, seen, isEnd } = await gather(
      client.readAll({
        fromPosition: after === 0n ? 'start' : { commit: after, prepare: after },
        maxCount: count + 1,
        requiresLeader: true,
      }),
      (record) => {
        const position = positionOf(record)
        return position !== undefined && position <= after ? undefined : keep(record, position)
      },
    )
    return { records, isEnd: isEnd && seen <= 1 }
  })

/** The last of all records before a position, or the very last. */
export const lastRecord = (line: Line, msMax: number, before?: bigint): Promise<StoreRecord> =>
  line.use(msMax, async (client) => {
    const { records } = await gather(
      client.readAll({
        direction: 'backwards',
        fromPosition: before === undefined ? 'end' : { commit: before, prepare: before },
        maxCount: 1,
        requiresLeader: true,
      }),
      (record) => record,
    )
    const [last] = records
    // The server's own records come before all of ours.
    if (last === undefined) throw new Silence('EventStoreDB gave no record of all that it holds')
    return last
  })

export interface StreamSlice {
  readonly from: bigint | 'end'
  readonly count: number
}

/** Of one stream, from a revision on or from its end backwards; undefined where there is no such stream. */
export const recordsOf = (
  line: Line,
  msMax: number,
  stream: string,
  { from, count }: StreamSlice,
): Promise<Records | undefined> =>
  line.use(msMax, async (client) => {
    try {
      return await gather(
        client.readStream(stream, {
          fromRevision: from,
          direction: from === 'end' ? 'backwards' : 'forwards',
          maxCount: count,
          requiresLeader: true,
        }),
        (record) => record,
      )
    } catch (e) {
      if (clientFailure(e)._tag === 'missing') return undefined
      throw e
    }
  })
