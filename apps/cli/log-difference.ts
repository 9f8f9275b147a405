/** Where two logs are not the same: the first event that differs, and in what; and what a log itself has lost. */
import type { StoredEvent } from '#schemas/envelope'
import type { Unmovable } from './log-moving.ts'

export interface Difference {
  readonly field: (typeof compared)[number]
  readonly source: StoredEvent
  readonly target: StoredEvent
}

/** Position and time are the store's own. The order in which two logs are read is the order of both. */
const compared = ['id', 'stream', 'revision', 'type', 'data', 'metadata'] as const

export const differenceBetween = (
  source: StoredEvent | undefined,
  target: StoredEvent,
): Difference | undefined => {
  if (source === undefined) return undefined
  const field = compared.find((name) => source[name] !== target[name])
  return field === undefined ? undefined : { field, source, target }
}

const shownMax = 60
/** The two values, from a little before where they part. */
export const shownDifference = ({ field, source, target }: Difference): string => {
  const [a, b] = [String(source[field]), String(target[field])]
  let at = 0
  while (at < Math.min(a.length, b.length) && a[at] === b[at]) at += 1
  const from = Math.max(0, at - shownMax / 3)
  const part = (text: string): string =>
    JSON.stringify(`${from > 0 ? '…' : ''}${text.slice(from, from + shownMax)}`)
  return `its ${field} is ${part(a)} in the source and ${part(b)} in the target`
}

export interface Gaps {
  /** Told of every event in order: what of its stream is missing before it. */
  readonly gapBefore: (event: StoredEvent) => Unmovable | undefined
}

/** Every stream begins at 0 and goes on by one. It remembers each stream's last revision, some 100 bytes. */
export const openGaps = (): Gaps => {
  const last = new Map<string, bigint>()
  return {
    gapBefore: (event) => {
      const wanted = (last.get(event.stream) ?? -1n) + 1n
      last.set(event.stream, event.revision)
      if (event.revision === wanted) return undefined
      const detail = `revision ${wanted.toString()} of its stream should come here, and is missing: the source was truncated or damaged`
      return { event, detail }
    },
  }
}
