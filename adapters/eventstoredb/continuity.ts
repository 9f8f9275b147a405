/** Whether a follower gets every event of the streams it follows; what a scavenge took away leaves a gap. */
import type { StoreRecord } from './translate.ts'

export interface Continuity {
  /** What is missing before this event, or undefined. Told of every event in order, each once. */
  readonly gapBefore: (record: StoreRecord) => string | undefined
}

/** Streams whose last revision is kept. Of those that were forgotten a gap is no longer seen here. */
const streamsMax = 20_000

/** `fromBeginning`: the follower began with the first event of all, so that each stream begins at 0. */
export const continuity = (fromBeginning: boolean): Continuity => {
  const last = new Map<string, bigint>()
  let hasForgotten = false
  return {
    gapBefore: ({ streamId, revision }) => {
      const before = last.get(streamId)
      const isFirst = before === undefined
      // What was heard of last is forgotten last.
      last.delete(streamId)
      last.set(streamId, revision)
      if (last.size > streamsMax) {
        const [oldest] = last.keys()
        if (oldest !== undefined) last.delete(oldest)
        hasForgotten = true
      }
      if (isFirst && (hasForgotten || !fromBeginning)) return undefined
      const wanted = isFirst ? 0n : before + 1n
      if (revision === wanted) return undefined
      return `the server no longer has revision ${String(wanted)} of this stream, though it has ${String(revision)}: it was truncated and scavenged`
    },
  }
}
