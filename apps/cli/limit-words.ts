/** Limits as they are written on a command line: one by one, or in a file. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { UsageError } from '#apps/process/failure'
import { isRow, type Row } from './output.ts'

export interface LimitWords {
  readonly set: readonly string[]
  readonly file?: string
}

export const withLimitWords = (command: Command): Command =>
  command
    .option(
      '--set <name=value>',
      'a limit as it is to be, a map or a list as a whole; again for more',
      collected,
      [],
    )
    .option('--file <path>', 'a JSON file with limits by name')
const collected = (text: string, before: readonly string[]): readonly string[] => [...before, text]

/** As `set` and `file` say; what is set by name wins. Undefined: neither says anything. */
export const limitsGiven = ({ set, file }: LimitWords): Row | undefined => {
  if (set.length === 0 && file === undefined) return undefined
  return { ...(file === undefined ? {} : limitsIn(file)), ...Object.fromEntries(set.map(limitOf)) }
}
const limitsIn = (path: string): Row => {
  const value = parsed(readable(path))
  if (!isRow(value)) throw new UsageError(`${path} is not a JSON object of limits by name.`)
  return value
}
const readable = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : ''}`)
  }
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
/** Counts are numbers, amounts and ratios texts, lists and what is by name JSON: as the ledger shows them. */
const limitOf = (text: string): readonly [string, unknown] => {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--set ${text}: it looks like --set maxOrderNotional=20000.`)
  const [name, value] = [text.slice(0, at), text.slice(at + 1)]
  if (/^[{[]/.test(value)) return [name, json(text, value)]
  return [name, counts.has(name) && /^\d{1,15}$/.test(value) ? Number(value) : value]
}
const json = (text: string, value: string): unknown => {
  const read = parsed(value)
  if (read === undefined)
    throw new UsageError(
      `--set ${text}: this is not JSON. In a shell it stands in single quotes: --set 'maxPosition={"BTC/USDT":"2"}'`,
    )
  return read
}
const counts = new Set([
  'duplicateWindowMs',
  'maxOpenOrders',
  'maxUnknownOrders',
  'maxOrdersPerSecond',
  'maxOrdersPerMinute',
  'maxOrdersPerHour',
  'maxMarkAgeMs',
  'maxLogLagMs',
])
export const countLimits: ReadonlySet<string> = counts
