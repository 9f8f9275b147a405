/** How far a copy is: on one line of a terminal, or a line every few seconds where there is none. */
import * as E from 'fp-ts/lib/Either.js'
import type { StoredLog } from '#domain/kernel/stored-log'
import { liveLine } from './live-line.ts'
import type { CopyProgress } from './log-copying.ts'

export interface ShownProgress {
  readonly tell: (progress: CopyProgress) => void
  readonly close: () => void
}

export const openProgress = async (
  source: Pick<StoredLog, 'head'>,
  err: (text: string) => void,
  isTerminal = process.stderr.isTTY === true,
): Promise<ShownProgress> => {
  const head = await source.head()
  const end = E.isRight(head) ? head.right : 0n
  const begun = performance.now()
  const line = liveLine(err, isTerminal)
  const lineOf = ({ same, added, position }: CopyProgress): string => {
    const seconds = (performance.now() - begun) / 1000
    const share = end === 0n ? 100 : Number((position * 100n) / end)
    const pace = Math.round(Math.max(same, added) / Math.max(seconds, 0.001))
    return (
      `${same.toLocaleString('en-US')} events compared, ${added.toLocaleString('en-US')} added, ` +
      `${String(Math.min(share, 100))} % of the source, ${pace.toLocaleString('en-US')} a second`
    )
  }
  return {
    tell: (progress) => line.show(() => lineOf(progress)),
    close: line.close,
  }
}
