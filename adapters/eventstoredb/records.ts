/** Reading records through the client: always so many at most, in time, and never left open behind us. */
import type { StreamingRead } from '@eventstore/db-client'
import type { Client } from './client.ts'
import type { Line } from './line.ts'
import { clientFailure } from './failure.ts'
import { CutShort, Silence } from './time.ts'
import { bytesOf, positionOf, type StoreRecord } from './translate.ts'

interface Resolved {
  readonly event?: StoreRecord
}

export interface Records<A = StoreRecord> {
  readonly records: readonly A[]
  /** There are no more of them. */
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
  enoughMs?: number,
): Promise<Records<A> & { readonly seen: number }> => {
  const records: A[] = []
  let seen = 0
  let bytes = 0
  let isWhole = false
  let isLate = false
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const late = (): void => {
        isLate = true
        if (records.length > 0) resolve()
      }
      if (enoughMs !== undefined) timer = setTimeout(late, enoughMs)
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
        if (bytes >= answerBytesMax || (isLate && records.length > 0)) resolve()
      })
    })
  } finally {
    clearTimeout(timer)
    if (!isWhole) {
      read.on('error', () => undefined)
      read.cancel().catch(() => undefined)
    }
  }
  return { records, seen, isEnd: isWhole && records.length === 0 }
}

/** Of a call, after which it gives what it has: over a slow line a large page would never come in time. */
const enough = 0.5

/** Some servers end an answer as if it were whole where they have failed: nobody believes them that it was all. */
const unlessAll = (isAll: boolean): void => {
  if (!isAll) throw new CutShort('the server ended its answer before the end of what it has')
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
  line.use(msMax, async (client, msLeft) => {
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
      msLeft * enough,
    )
    if (!isEnd || seen > 1) return { records, isEnd: false }
    unlessAll((positionOf(await lastOf(client)) ?? 0n) <= after)
    return { records, isEnd: true }
  })

/** The last of all records before a position, or the very last, of the node that this client asks or of the leader. */
export const lastOf = async (
  client: Client,
  { before, requiresLeader = true }: { before?: bigint; requiresLeader?: boolean } = {},
): Promise<StoreRecord> => {
  const { records } = await gather(
    client.readAll({
      direction: 'backwards',
      fromPosition: before === undefined ? 'end' : { commit: before, prepare: before },
      maxCount: 1,
      requiresLeader,
    }),
    (record) => record,
  )
  const [last] = records
  // The server's own records come before all of ours.
  if (last === undefined) throw new Silence('EventStoreDB gave no record of all that it holds')
  return last
}

export const lastRecord = (line: Line, msMax: number, before?: bigint): Promise<StoreRecord> =>
  line.use(msMax, (client) => lastOf(client, before === undefined ? {} : { before }))

export interface StreamSlice {
  readonly from: bigint | 'end'
  readonly count: number
}

const sliceOf = async (
  client: Client,
  stream: string,
  { from, count }: StreamSlice,
  enoughMs?: number,
): Promise<readonly StoreRecord[] | undefined> => {
  const read = client.readStream(stream, {
    fromRevision: from,
    direction: from === 'end' ? 'backwards' : 'forwards',
    maxCount: count,
    requiresLeader: true,
  })
  try {
    const { records } = await gather(read, (record) => record, enoughMs)
    return records
  } catch (e) {
    if (clientFailure(e)._tag === 'missing') return undefined
    throw e
  }
}

/**
 * Of one stream, from a revision on or from its end backwards; undefined where there is no such stream. Backwards the
 * newest come first, and those that come in time are enough: a kill switch is looked for there, and must not wait.
 */
export const recordsOf = (
  line: Line,
  msMax: number,
  stream: string,
  slice: StreamSlice,
): Promise<readonly StoreRecord[] | undefined> =>
  line.use(msMax, (client, msLeft) =>
    sliceOf(client, stream, slice, slice.from === 'end' ? msLeft * enough : undefined),
  )

/** Of one stream after a revision, so many at most, and whether they are all; undefined where there is no such stream. */
export const recordsSince = (
  line: Line,
  msMax: number,
  stream: string,
  after: bigint,
  count: number,
): Promise<Records | undefined> =>
  line.use(msMax, async (client, msLeft) => {
    const slice = { from: after + 1n, count }
    const records = await sliceOf(client, stream, slice, msLeft * enough)
    if (records === undefined) return undefined
    if (records.length === count) return { records, isEnd: false }
    const end = await sliceOf(client, stream, { from: 'end', count: 1 })
    const isEnd = (end?.[0]?.revision ?? 0n) <= (records.at(-1)?.revision ?? after)
    unlessAll(isEnd || records.length > 0)
    return { records, isEnd }
  })
