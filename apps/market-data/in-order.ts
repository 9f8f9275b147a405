/** Several recordings read as one: of what each has next, what the venue did first comes first. */
import * as E from 'fp-ts/lib/Either.js'
import type { Read, Recording } from '#adapters/recording/reader'
import type { MarketSymbol } from '#schemas/values/ids'

export interface ReadOf {
  readonly symbol: MarketSymbol
  readonly read: Read
}

interface Voice {
  readonly symbol: MarketSymbol
  readonly rows: AsyncGenerator<Read, void, void>
  next: IteratorResult<Read, void>
}

/** One row of each is held at a time. Where two are of the same moment, the recording that was named first is first. */
export async function* inOrder(recordings: readonly Recording[]): AsyncGenerator<ReadOf, void> {
  const voices: Voice[] = []
  try {
    for (const { symbol, trades } of recordings) {
      const rows = trades()
      voices.push({ symbol, rows, next: await rows.next() })
    }
    for (;;) {
      const [voice] = voices.filter(({ next }) => next.done !== true).toSorted(byTime)
      if (voice === undefined || voice.next.done === true) return
      yield { symbol: voice.symbol, read: voice.next.value }
      voice.next = await voice.rows.next()
    }
  } finally {
    for (const { rows } of voices) await rows.return()
  }
}

const byTime = (a: Voice, b: Voice): number => timeOf(a) - timeOf(b)
/** What cannot be read has no time, and is said at once. */
const timeOf = ({ next }: Voice): number =>
  next.done === true || E.isLeft(next.value) ? 0 : next.value.right.venueAt
