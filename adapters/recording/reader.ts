/** Reads one file of recorded trades as a stream, row by row, gzipped or plain. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import type { MarketSymbol } from '#schemas/values/ids'
import { type Columns, columnsOf, type RecordedTrade, symbolOfFile, tradeOf } from './translate.ts'

export type { RecordedTrade } from './translate.ts'

/** What is wrong with a recording, with the file and, where there is one, the line. */
export interface UnusableRecording {
  readonly _tag: 'UnusableRecording'
  readonly detail: string
}
/** One row that is no trade; the others may well be. */
export interface UnreadableRow {
  readonly _tag: 'UnreadableRow'
  readonly detail: string
}
export type Read = E.Either<UnusableRecording | UnreadableRow, RecordedTrade>
export interface Recording {
  readonly path: string
  readonly symbol: MarketSymbol
  /** The trades in the order of the file, and in between the rows that are none. What makes it unusable is the last. */
  readonly trades: () => AsyncGenerator<Read, void, void>
}

/** Opens a recording far enough to know that it is one. Without a symbol it is the one of the file's name. */
export const openRecording = async (
  path: string,
  symbol = symbolOfFile(basename(path)),
): Promise<E.Either<UnusableRecording, Recording>> => {
  if (symbol === undefined) {
    return unusable(
      `${path}: its name does not say of what symbol it is; say so, for example BTC/USDT`,
    )
  }
  for await (const line of linesOf(path)) {
    if (E.isLeft(line)) return line
    const columns = columnsOf(line.right)
    if (E.isLeft(columns)) return unusable(`${path}:1 ${columns.left}`)
    return E.right({ path, symbol, trades: () => tradesOf(path, columns.right) })
  }
  return unusable(`${path} is empty`)
}

const unusable = (detail: string): E.Either<UnusableRecording, never> =>
  E.left({ _tag: 'UnusableRecording', detail })

async function* tradesOf(path: string, columns: Columns): AsyncGenerator<Read, void, void> {
  let number = 0
  for await (const line of linesOf(path)) {
    number += 1
    if (E.isLeft(line)) return yield line
    if (number === 1 || line.right.trim() === '') continue
    const trade = tradeOf(columns, line.right, number)
    if (E.isLeft(trade)) {
      const detail = `${path}:${String(number)} is not a trade: ${trade.left}`
      yield E.left({ _tag: 'UnreadableRow', detail })
    } else if (trade.right !== undefined) yield E.right(trade.right)
  }
}

/** Longer than any row: what has no line end in so much is not a table. */
const lineMax = 64 * 1024

async function* linesOf(
  path: string,
): AsyncGenerator<E.Either<UnusableRecording, string>, void, void> {
  let rest = ''
  let number = 0
  try {
    for await (const chunk of textOf(path)) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        number += 1
        yield E.right(line.replace(/\r$/, ''))
      }
      if (rest.length > lineMax) {
        return yield unusable(`${path}:${String(number + 1)} is longer than ${String(lineMax)}`)
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return yield unusable(`${path}: cannot be read after line ${String(number)}: ${reason}`)
  }
  if (rest !== '') yield E.right(rest)
}

/** Text in pieces that do not cut a character. */
const textOf = (path: string): Readable => {
  const file = createReadStream(path)
  if (!path.endsWith('.gz')) return file.setEncoding('utf8')
  const unpacked = createGunzip()
  file.on('error', (error) => unpacked.destroy(error))
  unpacked.on('close', () => file.destroy())
  return file.pipe(unpacked).setEncoding('utf8')
}
