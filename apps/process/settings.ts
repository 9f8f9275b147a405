/** Settings come from the environment, once, at the start. A wrong one is named with what to set instead. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { UsageError } from './failure.ts'
import { faultInLogUrl, logExamples } from './log-address.ts'
import { withFiles } from './secret-files.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** One variable: how it is read, and what to set, as the end of a sentence. */
export interface Setting<A> {
  readonly variable: string
  readonly codec: t.Decoder<unknown, A>
  readonly says: string
  /** Why a text is refused, where more can be said of it than that. It never repeats a password. */
  readonly fault?: (text: string) => string | undefined
  /** Taken where the variable is absent or empty; without one the variable is required. */
  readonly fallback?: { readonly value: A }
}
export type Settings = Readonly<Record<string, Setting<unknown>>>
export type SettingsOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer A> ? A : never
}

export const required = <A>(
  variable: string,
  codec: t.Decoder<unknown, A>,
  says: string,
): Setting<A> => ({ variable, codec, says })

export const optional = <A, B>(
  variable: string,
  codec: t.Decoder<unknown, A>,
  says: string,
  value: B,
): Setting<A | B> => ({ variable, codec, says, fallback: { value } })

/** Every setting decoded, or one sentence for each that is missing or wrong. */
export const readSettings = <S extends Settings>(
  settings: S,
  environment: Environment,
): E.Either<readonly string[], SettingsOf<S>> => {
  const read = Object.entries(settings).map(
    ([name, setting]) => [name, readSetting(setting, environment[setting.variable])] as const,
  )
  const problems = read.flatMap(([, value]) => (E.isLeft(value) ? [value.left] : []))
  if (problems.length > 0) return E.left(problems)
  const values = read.flatMap(([name, value]) => (E.isRight(value) ? [[name, value.right]] : []))
  return E.right(Object.fromEntries(values) as SettingsOf<S>)
}

/** The settings of this process; ends it with exit code 2 where one is missing or wrong. */
export const settingsFrom = <S extends Settings>(
  settings: S,
  environment: Environment = process.env,
): SettingsOf<S> => {
  const variables = Object.values(settings).map(({ variable }) => variable)
  const read = readSettings(settings, withFiles(environment, variables))
  if (E.isLeft(read)) throw new UsageError(read.left.join('\n'))
  return read.right
}

const readSetting = <A>(setting: Setting<A>, text: string | undefined): E.Either<string, A> => {
  if (text === undefined || text === '') {
    return setting.fallback === undefined
      ? E.left(`${setting.variable} is missing: set it to ${setting.says}.`)
      : E.right(setting.fallback.value)
  }
  const decoded = setting.codec.decode(text)
  if (E.isRight(decoded)) return E.right(decoded.right)
  const fault = setting.fault?.(text)
  // The text is not repeated: it may hold a password.
  return E.left(
    fault === undefined
      ? `${setting.variable} is not usable: set it to ${setting.says}.`
      : `${setting.variable} is not usable: ${fault}.`,
  )
}

const fromText = <A>(name: string, is: t.Is<A>, parse: (text: string) => A | undefined) =>
  new t.Type<A, A, unknown>(
    name,
    is,
    (u, context) => {
      const value = typeof u === 'string' ? parse(u) : undefined
      return value === undefined ? t.failure(u, context) : t.success(value)
    },
    t.identity,
  )

const isString = (u: unknown): u is string => typeof u === 'string'
const url = (name: string, ...protocols: readonly string[]) =>
  fromText(name, isString, (text) =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined,
  )

const isNumber = (u: unknown): u is number => typeof u === 'number'
export const wholeNumber = (name: string, from: number, to: number) =>
  fromText(name, isNumber, (text) =>
    /^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to
      ? Number(text)
      : undefined,
  )

/** 0 is any free port. */
export const Port = wholeNumber('Port', 0, 65_535)
export const Clients = wholeNumber('Clients', 1, 4_000)
export const Milliseconds = wholeNumber('Milliseconds', 0, 3_600_000)
const LogUrl = fromText('LogUrl', isString, (text) =>
  faultInLogUrl(text) === undefined ? text : undefined,
)
export const PostgresUrl = url('PostgresUrl', 'postgres:', 'postgresql:')
export const SocketUrl = url('SocketUrl', 'ws:', 'wss:')
export const Text = fromText('Text', isString, (text) => text)
export const Flag = fromText(
  'Flag',
  (u): u is boolean => typeof u === 'boolean',
  (text) =>
    ['yes', 'true', '1'].includes(text)
      ? true
      : ['no', 'false', '0'].includes(text)
        ? false
        : undefined,
)

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** What several apps need, each under the same name. */
export const shared = {
  log: {
    ...required('DAYBOOK_LOG', LogUrl, `the event log, such as ${logExamples}`),
    fault: faultInLogUrl,
  },
  database: required(
    'DAYBOOK_DATABASE',
    PostgresUrl,
    'the database of the read models, such as postgres://daybook:password@127.0.0.1:5432/daybook',
  ),
  hub: required('DAYBOOK_HUB', SocketUrl, 'the tick hub, such as ws://127.0.0.1:7001'),
  paper: required('DAYBOOK_PAPER', SocketUrl, 'the paper venue, such as ws://127.0.0.1:7002'),
} as const

/** What apps/process itself needs of every app. */
export const ofEveryApp = {
  healthPort: optional('DAYBOOK_HEALTH_PORT', Port, 'a port from 0 to 65535', 0),
  /** Of this machine only, unless somebody else is to ask: Prometheus beside the container. */
  healthHost: optional('DAYBOOK_HEALTH_HOST', Text, 'an address of this machine', '127.0.0.1'),
  database: optional('DAYBOOK_DATABASE', PostgresUrl, shared.database.says, undefined),
  instance: optional('DAYBOOK_INSTANCE', Text, 'a name for this process', undefined),
  logLevel: optional(
    'DAYBOOK_LOG_LEVEL',
    fromText('LogLevel', isString, (text) => (levels.includes(text) ? text : undefined)),
    `one of ${levels.join(', ')}`,
    'info',
  ),
} as const
