/** What the next frames for a reader are; those who want the same are given the same bytes. */
import type { FrameType } from '#schemas/api/stream'
import type { AccountId } from '#schemas/values/ids'
import { type Frame, placeAfter, type Stretch } from './stream-frames.ts'

/** What a reader wants; absent: everything. */
export interface Filter {
  readonly account?: AccountId | undefined
  readonly types?: ReadonlySet<FrameType> | undefined
}
/** Two filters that let the same through have the same key. */
export const keyOf = ({ account, types }: Filter): string =>
  `${account ?? ''} ${types === undefined ? '' : [...types].join(',')}`

/** What belongs to no account concerns every account. */
export const passes = ({ account, types }: Filter, frame: Frame): boolean =>
  (account === undefined || frame.account === undefined || frame.account === account) &&
  (types === undefined || types.has(frame.type))

export interface Batch {
  readonly bytes: Uint8Array | undefined
  readonly count: number
  /** Where the reader stands once he has it. */
  readonly upTo: bigint
}

const batchBytesMax = 32 * 1024

export const batchAfter = ({ frames, upTo }: Stretch, position: bigint, filter: Filter): Batch => {
  const parts: Uint8Array[] = []
  let bytes = 0
  for (let n = placeAfter(frames, position); n < frames.length; n += 1) {
    const frame = frames[n]
    if (frame === undefined || !passes(filter, frame)) continue
    const isFull = bytes > 0 && bytes + frame.bytes.length > batchBytesMax
    if (isFull) return joined(parts, (frames[n - 1] ?? frame).position)
    parts.push(frame.bytes)
    bytes += frame.bytes.length
  }
  return joined(parts, upTo)
}

const joined = (parts: readonly Uint8Array[], upTo: bigint): Batch => ({
  bytes: parts.length <= 1 ? parts[0] : Buffer.concat(parts),
  count: parts.length,
  upTo,
})

/** The last batch of each filter: a thousand readers who are level with each other share one. */
export interface Batches {
  readonly of: (stretch: Stretch, position: bigint, filter: Filter, key: string) => Batch
  /** Holds nothing any more. */
  readonly clear: () => void
}
export const sharedBatches = (): Batches => {
  const last = new Map<string, { position: bigint; until: bigint; batch: Batch }>()
  return {
    of: (stretch, position, filter, key) => {
      const known = last.get(key)
      if (known?.position === position && known.until === stretch.upTo) return known.batch
      const batch = batchAfter(stretch, position, filter)
      last.set(key, { position, until: stretch.upTo, batch })
      return batch
    },
    clear: () => last.clear(),
  }
}
