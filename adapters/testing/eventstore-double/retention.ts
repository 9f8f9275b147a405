/** What a stream's metadata says about which of its events may still be read. */
import type { KeptEvent } from './shelf.ts'

export interface Retention {
  readonly truncateBefore: bigint
  readonly maxCount?: number
  readonly maxAgeMs?: number
}

export const retentionIn = (metadata: KeptEvent): Retention => {
  const said = JSON.parse(Buffer.from(metadata.data).toString()) as Record<string, unknown>
  const { $tb: before, $maxCount: maxCount, $maxAge: maxAge } = said
  return {
    // As a number long.MaxValue is rounded up.
    truncateBefore:
      typeof before !== 'number' ? 0n : before >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(before),
    ...(typeof maxCount === 'number' ? { maxCount } : {}),
    ...(typeof maxAge === 'number' ? { maxAgeMs: maxAge * 1000 } : {}),
  }
}
