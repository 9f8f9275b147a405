/** What `daybook run` was asked for, from options and environment, checked before anything is touched. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { venueNames } from '#adapters/exchange/venues'
import { isEventStoreUrl } from '#adapters/eventstoredb/address'
import { faultInLogUrl } from '#apps/process/log-address'
import { UsageError } from '#apps/process/failure'
import { settingText } from '#apps/process/secret-files'
import type { Environment, RunSettings } from './environment.ts'

/** As they were typed. */
export interface RunOptions {
  readonly data?: string
  readonly port?: string
  readonly key?: string
  readonly log?: string
  readonly database?: string
  readonly market?: string
  readonly symbols?: string
  readonly venue?: string
  readonly limits?: string
  readonly empty?: boolean
}

/** An option wins over its variable, and that over the default. An empty variable is none. */
export const runSettings = (options: RunOptions, environment: Environment): RunSettings => {
  const of = (option: string | undefined, variable: string): string | undefined => {
    if (option !== undefined) return option
    const text = settingText(environment, variable)
    return text === '' ? undefined : text
  }
  return {
    data: resolve(of(options.data, 'DAYBOOK_DATA') ?? 'daybook-data'),
    port: portOf(of(options.port, 'DAYBOOK_PORT') ?? '8080'),
    key: of(options.key, 'DAYBOOK_KEY'),
    log: logOf(of(options.log, 'DAYBOOK_LOG') ?? 'embedded'),
    database: databaseOf(of(options.database, 'DAYBOOK_DATABASE')),
    market: marketOf(of(options.market, 'DAYBOOK_MARKET') ?? 'simulated'),
    symbols: symbolsOf(of(options.symbols, 'DAYBOOK_SYMBOLS')),
    venue: venueOf(of(options.venue, 'DAYBOOK_VENUE') ?? 'paper'),
    limits: limitsOf(of(options.limits, 'DAYBOOK_LIMITS')),
    empty:
      options.empty ??
      ['yes', 'true', '1'].includes(settingText(environment, 'DAYBOOK_EMPTY') ?? ''),
  }
}

const portOf = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new UsageError(`The port is ${text}; give --port a whole number from 0 (any) to 65535.`)
  }
  return Number(text)
}

const isPostgres = (text: string): boolean =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)

const logOf = (text: string): string => {
  if (text === 'embedded') return text
  const fault = faultInLogUrl(text)
  if (fault === undefined) return text
  throw new UsageError(
    isEventStoreUrl(text)
      ? `The log cannot be used: ${fault}.`
      : 'The log is --log embedded, postgres://user:password@host/db, or esdb://user:password@host:2113.',
  )
}

const databaseOf = (text: string | undefined): string | undefined => {
  if (text === undefined || isPostgres(text)) return text
  throw new UsageError(
    'The database of the read models is --database postgres://user:password@host/db, or left out ' +
      'for the embedded one; only the log can be in EventStoreDB.',
  )
}

/** Whose prices can be heard as they are made. */
const venues: readonly string[] = venueNames

/** What stands behind the colon is judged by market-data, which uses it; a file is found from here. */
const marketOf = (text: string): string => {
  if (/^simulated(:\d{1,10})?$/.test(text)) return text
  if (text.startsWith('simulated')) {
    throw new UsageError(
      `The market is ${text}; a seed is a whole number, such as --market simulated:7.`,
    )
  }
  if (text.startsWith('replay:')) return replayOf(text.slice('replay:'.length))
  if (venues.includes(text)) return text
  throw new UsageError(
    `The market is ${text}; there is --market simulated[:seed], replay:<file>[,<file> …][@speed], ` +
      `${venues.join(', ')}.`,
  )
}

/** `@` is a speed only after the last `/`. */
const replayOf = (place: string): string => {
  const at = place.lastIndexOf('@')
  const split = at > place.lastIndexOf('/') ? at : place.length
  const files = place
    .slice(0, split)
    .split(',')
    .map((file) => resolve(file))
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) throw new UsageError(`The recording ${missing} does not exist.`)
  return `replay:${files.join(',')}${place.slice(split)}`
}

const symbolGrammar = /^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}(:[A-Z0-9]{1,20})?$/
const symbolsOf = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  const symbols = text.split(',').map((symbol) => symbol.trim())
  const wrong = symbols.find((symbol) => !symbolGrammar.test(symbol))
  if (wrong !== undefined) {
    throw new UsageError(
      `${JSON.stringify(wrong)} is not a symbol; they look like --symbols BTC/USDT,ETH/USDT:USDT.`,
    )
  }
  return symbols.join(',')
}

const venueOf = (text: string): string => {
  if (text === 'paper') return text
  throw new UsageError(
    `The venue is ${text}; this build trades at --venue paper and at no other yet.`,
  )
}

/** The path, once it is known to hold JSON. What stands in it is judged by the api, which uses it. */
const limitsOf = (path: string | undefined): string | undefined => {
  if (path === undefined) return undefined
  const file = resolve(path)
  try {
    JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'
    throw new UsageError(
      `The limits file ${file} ${why}. It holds limits by name, such as {"maxOrderNotional":"50000"}.`,
    )
  }
  return file
}
