/** Speaks to the ledger over HTTP: each request within a deadline, and again with the same key where that is safe. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { isRow, type Row } from './output.ts'

/** The ledger said no, or did not answer. Exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE'
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
    const reply = await fetch(urlOf(connection, request), {
      method: request.method,
      headers: headersOf(connection, request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs + (request.waitSeconds ?? 0) * 1000),
    })
    return outcomeOf(reply, await reply.text())
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

const outcomeOf = (reply: Response, text: string): Outcome => {
  const body = parsed(text)
  if (reply.ok) {
    return isRow(body)
      ? { _tag: 'Answered', body }
      : { _tag: 'Refused', sentence: `${reply.url} answered, but not as a ledger does.` }
  }
  const sentence = problemSentence(reply.status, body)
  const retryAfterMs = 1000 * Math.min(10, Number(reply.headers.get('retry-after') ?? 1) || 1)
  return reply.status === 503 || reply.status === 429
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

/** `/limitPrice` is `--limit-price` here. */
const optionOf = (pointer: string): string => {
  const [first = '', ...rest] = pointer.split('/').slice(1)
  if (first === '') return 'request'
  const option = `--${first.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return [option, ...rest].join('/')
}

const failed = (thrown: unknown): Outcome => {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
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
