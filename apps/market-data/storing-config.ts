/** What storing is told: where, for how long, and by which name its ticks are known. */
import { basename } from 'node:path'
import * as t from 'io-ts'
import { ofEveryApp, optional } from '#apps/process/settings'

const daysMost = 36_500
const daysDefault = 7

/** Days; 0 and off keep them for ever. */
export const parseRetention = (text: string): number | 'off' | undefined => {
  if (text === 'off' || text === '0') return 'off'
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= daysMost ? Number(text) : undefined
}

const Retention = new t.Type<number | 'off', unknown, unknown>(
  'Retention',
  (u): u is number | 'off' => typeof u === 'number' || u === 'off',
  (u, context) => {
    const days = typeof u === 'string' ? parseRetention(u) : undefined
    return days === undefined ? t.failure(u, context) : t.success(days)
  },
  t.identity,
)

export const storingConfig = {
  /** Without a database no tick is stored. */
  database: ofEveryApp.database,
  ticksRetention: optional(
    'DAYBOOK_TICKS_RETENTION',
    Retention,
    `the days that ticks are kept for, 1 to ${String(daysMost)}, or off to keep them for ever`,
    daysDefault,
  ),
} as const

/** A recording is known by its file, however fast it is told, and never by the venue that it is of. */
export const storedName = (source: string): string => {
  const replayed = /^replay:(.*)@[^@/]*$/.exec(source)
  if (replayed === null) return shortened(source)
  const files = (replayed[1] ?? '').split(',').map((path) => basename(path))
  return shortened(`replay:${files.join(',')}`)
}

/** The database takes no longer name, for it is asked for by it: a session of many files is cut. */
const bytesMax = 300
const ellipsis = '…'
const shortened = (name: string): string => {
  if (Buffer.byteLength(name) <= bytesMax) return name
  const kept = Buffer.from(name).subarray(0, bytesMax - Buffer.byteLength(ellipsis))
  // A character that was cut through is left out.
  return kept.toString('utf8').replace(/\uFFFD$/, '') + ellipsis
}
