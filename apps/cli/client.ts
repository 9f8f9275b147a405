/** Speaks to the ledger over HTTP: each request within a deadline, and again with the same key where that is safe. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { isRow, type Row } from './output.ts'
import { ask, type HttpReply } from './run/http.ts'

/** The ledger said no, or did not answer. Exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: Row
  readonly idempotencyKey?: string
  readonly waitSeconds?: number
}

export interface Client {
  readonly send: (request: Request) => Promise<Row>
}

export interface ClientSettings {
  readonly connection: Connection
  readonly say: (sentence: string) => void
  /** How long a ledger that does not answer is asked again. */
  readonly patienceMs?: number
}

const answerWithinMs = 10_000
const pauseMs = 250

type Outcome =
  | { readonly _tag: 'Answered'; readonly body: Row }
  | { readonly _tag: 'Refused'; readonly sentence: string }
  /** Perhaps done, perhaps not: the same again is safe. */
  | { readonly _tag: 'Unclear'; readonly sentence: string; readonly retryAfterMs: number }
  | { readonly _tag: 'Absent' }

export const client = ({ connection, say, patienceMs = 8_000 }: ClientSettings): Client => ({
  send: async (request) => {
    const giveUpAt = performance.now() + patienceMs
    let mayBeDone = false
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await attemptOf(connection, request)
      if (outcome._tag === 'Answered') return outcome.body
      if (outcome._tag === 'Refused') throw new Refusal(outcome.sentence)
      mayBeDone ||= outcome._tag === 'Unclear'
      const comesBack = connection.supervised || mayBeDone
      if (!comesBack || performance.now() > giveUpAt) {
        throw new Refusal(unanswered(connection, request, outcome, mayBeDone))
      }
      if (attempt === 0) say('The ledger does not answer; asking again …')
      await sleep(outcome._tag === 'Unclear' ? outcome.retryAfterMs : pauseMs)
    }
  },
})

const unanswered = (
  { url, howToStart, supervised }: Connection,
  { method, idempotencyKey }: Request,
  outcome: Outcome,
  mayBeDone: boolean,
): string => {
  const why =
    outcome._tag === 'Unclear'
      ? outcome.sentence
      : supervised
        ? `The ledger at ${url} is starting or restarting, and does not answer yet.`
        : `No ledger answers at ${url}. ${howToStart}`
  if (!mayBeDone || method === 'GET') return why
  const again =
    idempotencyKey === undefined ? 'Ask again: it is done at most once.' : sameKey(idempotencyKey)
  return `${why}\nWhether it was done is not known. ${again}`
}
const sameKey = (key: string): string =>
  `Ask again with --idempotency-key ${shellQuoted(key)}: it is done at most once.`
export const shellQuoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

const attemptOf = async (connection: Connection, request: Request): Promise<Outcome> => {
  try {
    const url = urlOf(connection, request)
    const reply = await ask(url, {
      method: request.method,
      headers: headersOf(connection, request),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      withinMs: answerWithinMs + (request.waitSeconds ?? 0) * 1000,
    })
    return outcomeOf(reply, url)
  } catch (error) {
    return failed(error)
  }
}

const urlOf = ({ url }: Connection, { path, query = {} }: Request): string => {
  const known = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  )
  const text = new URLSearchParams(known).toString()
  return `${url}${path}${text === '' ? '' : `?${text}`}`
}

export const headersOf = (
  { key }: Pick<Connection, 'key'>,
  { body, idempotencyKey, waitSeconds }: Request,
): Record<string, string> => ({
  authorization: `Bearer ${key}`,
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  ...(waitSeconds === undefined ? {} : { prefer: `wait=${String(waitSeconds)}` }),
})

const outcomeOf = ({ status, retryAfter, text }: HttpReply, url: string): Outcome => {
  const body = parsed(text)
  if (status >= 200 && status < 300) {
    return isRow(body)
      ? { _tag: 'Answered', body }
      : { _tag: 'Refused', sentence: `${url} answered, but not as a ledger does.` }
  }
  const sentence = problemSentence(status, body)
  const retryAfterMs = 1000 * Math.min(10, Number(retryAfter ?? 1) || 1)
  return status === 503 || status === 429
    ? { _tag: 'Unclear', sentence, retryAfterMs }
    : { _tag: 'Refused', sentence }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** A problem as sentences; each wrong field by the option that sets it. */
export const problemSentence = (status: number, problem: unknown): string => {
  if (!isRow(problem) || typeof problem['detail'] !== 'string') {
    return `The answer was HTTP ${String(status)}.`
  }
  const { title, code, detail } = problem
  const errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isRow) : []
  if (errors.length === 0) return `${detail} (${String(code)})`
  const lines = errors.map(
    ({ pointer, detail: says }) => `  ${optionOf(String(pointer))}: ${String(says)}`,
  )
  return [`${String(title)} (${String(code)}):`, ...lines].join('\n')
}

/** Their fields are options of their own here. */
const grouped: ReadonlySet<string> = new Set(['scope', 'tradingDay'])
/** `/limitPrice` is `--limit-price` here, and a limit is named with `--set`. */
const optionOf = (pointer: string): string => {
  const [first = '', ...rest] = pointer.split('/').slice(1)
  if (first === '') return 'request'
  const [inside, ...deeper] = rest.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (first === 'limits' && inside !== undefined) return ['--set', inside, ...deeper].join(' ')
  if (grouped.has(first) && inside !== undefined) return `--${inside}`
  const option = `--${first.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return [option, ...rest].join('/')
}

const failed = (thrown: unknown): Outcome => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  // Nothing was sent: there was nobody to send it to.
  if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) {
    return { _tag: 'Absent' }
  }
  return {
    _tag: 'Unclear',
    sentence: 'The connection was lost before the answer came.',
    retryAfterMs: pauseMs,
  }
}
