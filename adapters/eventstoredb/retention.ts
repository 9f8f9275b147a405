/** Settings of a stream that let the server throw events away. Daybook sets none, and goes no further where one stands. */
import type { Line } from './line.ts'
import { recordsOf } from './records.ts'

const keys = ['$maxCount', '$maxAge', '$tb'] as const

/** What such a setting says, or undefined where there is none. */
const retentionIn = (data: unknown): string | undefined => {
  if (typeof data !== 'object' || data === null) return undefined
  const standing = Object.entries(data).filter(([key]) => keys.some((one) => one === key))
  if (standing.length === 0) return undefined
  return standing.map(([key, value]) => `${key} ${String(value)}`).join(', ')
}

/** By what is set for this stream now; what was set once and taken back does no harm any more. */
export const retentionOf = async (
  line: Line,
  msMax: number,
  stream: string,
): Promise<string | undefined> => {
  const found = await recordsOf(line, msMax, `$$${stream}`, { from: 'end', count: 1 })
  return retentionIn(found?.[0]?.data)
}

/** A stream that is not there, though something is set for it, was deleted. */
export const deletionOf = async (
  line: Line,
  msMax: number,
  stream: string,
): Promise<string | undefined> => {
  const standing = await retentionOf(line, msMax, stream)
  return standing === undefined
    ? undefined
    : `this stream was deleted or truncated (${standing}): its events are hidden`
}
