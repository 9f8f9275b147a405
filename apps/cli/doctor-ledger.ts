/** What the ledger itself says: whether it answers, whether it is ready, and how each of its apps is doing. */
import { existsSync, readFileSync } from 'node:fs'
import { isRow, type Row } from './output.ts'
import { ask, type HttpReply } from './run/http.ts'
import { withoutSecrets } from '#apps/process/secrets'
import { type Finding, ok, unknown, warning, wrong } from './finding.ts'

const answerWithinMs = 5_000
/** Clocks further apart than this make ages and deadlines doubtful. */
const clocksApartMsMax = 1_000

export interface Place {
  readonly url: string
  readonly key: string | undefined
  /** Of an app, where the logs are on this machine. */
  readonly logOf: (app: string) => string | undefined
}

/** Everything that can be asked over HTTP; nothing more is asked once nobody answers. */
export const ledgerFindings = async (
  place: Place,
  now: () => number,
): Promise<readonly Finding[]> => {
  const alive = await asked(`${place.url}/healthz`)
  if (alive === undefined) {
    const todo = 'Look at the supervisor and the log of the api; is the address right?'
    return [wrong('api', `nobody answers at ${place.url}`, todo)]
  }
  if (appOf(alive) !== 'api') {
    const todo = 'Is it another program? Choose another port with --port.'
    return [wrong('api', `what answers at ${place.url} is no ledger`, todo)]
  }
  const ready = await asked(`${place.url}/readyz`)
  return [
    ok('api', `answers at ${place.url}`),
    readyFinding(ready),
    ...(await statusFindings(place, now)),
  ]
}

const readyFinding = (ready: HttpReply | undefined): Finding => {
  if (ready === undefined) return unknown('ready', 'no answer')
  if (ready.status === 200) return ok('ready', 'the api takes orders')
  const detail = rowOf(ready)?.['detail']
  const says = typeof detail === 'string' ? detail : `HTTP ${String(ready.status)}`
  return wrong('ready', says, todoFor(says))
}
const todoFor = (says: string): string => {
  if (/cannot be read/.test(says)) {
    return 'Nothing new is approved until it can be. Who wrote it, and with which build? Its stream is named.'
  }
  return /event log is unreachable/.test(says)
    ? 'Until the log answers nothing new is decided or sent. Is its server up, and DAYBOOK_LOG right? It is tried again by itself.'
    : 'Wait a little; if it stays, look at the app that it names.'
}

const statusFindings = async (
  { url, key, logOf }: Place,
  now: () => number,
): Promise<readonly Finding[]> => {
  if (key === undefined) return [unknown('apps', 'no key: give --key, or set DAYBOOK_KEY')]
  const before = now()
  const reply = await asked(`${url}/v1/status`, key)
  const status = reply === undefined ? undefined : rowOf(reply)
  if (reply?.status === 401) {
    return [wrong('key', 'the ledger does not know this key', 'Give the right one with --key.')]
  }
  if (reply?.status !== 200 || status === undefined) {
    const detail = status?.['detail']
    const says = typeof detail === 'string' ? detail : `HTTP ${String(reply?.status ?? 'none')}`
    const todo =
      'Look at what keeps the api from being ready; else at the database of the read models.'
    return [wrong('apps', `their state cannot be read: ${says}`, todo)]
  }
  const apps = Array.isArray(status['apps']) ? status['apps'].filter(isRow) : []
  return [clockFinding(status, (before + now()) / 2), ...apps.map((app) => appFinding(app, logOf))]
}

const clockFinding = (status: Row, here: number): Finding => {
  const there = Date.parse(String(status['at']))
  if (Number.isNaN(there)) return unknown('clock', 'the ledger did not say its time')
  const apart = Math.round(Math.abs(there - here))
  return apart <= clocksApartMsMax
    ? ok('clock', "this machine's and the ledger's agree")
    : warning('clock', `${String(apart)} ms from the ledger's`, 'Set both by NTP.')
}

const appFinding = (app: Row, logOf: Place['logOf']): Finding => {
  const name = String(app['name'])
  const detail = typeof app['detail'] === 'string' ? `: ${app['detail']}` : ''
  const state = `${String(app['state'])}${detail}`
  if (state === 'ready') return ok(name, state)
  if (app['state'] === 'ready') return warning(name, state, 'It runs; see what it says.')
  const log = logOf(name)
  const last = log === undefined ? undefined : lastTrouble(log)
  return wrong(
    name,
    last === undefined || state.includes(last) ? state : `${state}; it last complained: ${last}`,
    log === undefined ? 'Look at its log.' : `Look at its log: ${log}`,
  )
}

const linesRead = 400
/** The last thing that the app logged as a warning or worse. */
const lastTrouble = (path: string): string | undefined => {
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-linesRead)
  const spoken = lines.flatMap((line) => {
    const row = parsed(line)
    const level = row?.['level']
    return level === 'warn' || level === 'error' || level === 'fatal' ? [row] : []
  })
  const last = spoken.at(-1)
  return last === undefined ? undefined : withoutSecrets(String(last['message']))
}

const asked = async (url: string, key?: string): Promise<HttpReply | undefined> => {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return ask(url, { headers, withinMs: answerWithinMs }).catch(() => undefined)
}

const appOf = (reply: HttpReply): unknown => rowOf(reply)?.['app']
const rowOf = ({ text }: HttpReply): Row | undefined => parsed(text)
const parsed = (text: string): Row | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isRow(value) ? value : undefined
  } catch {
    return undefined
  }
}
