/** What is done to a whole ledger under load, whichever log it is on, and what it is held to afterwards. */
import { setTimeout } from 'node:timers/promises'
import { commonFindings } from '#apps/demo/judge/all'
import { gather } from '#apps/demo/judge/evidence'
import type { Finding } from '#apps/demo/judge/finding'
import type { LogRow, Rows } from '#apps/demo/judge/log-row'
import { venueFindings } from '#apps/demo/judge/venue'
import type { Ledger } from '#apps/demo/ledger'
import type { Acknowledged, Load } from './load.ts'
import { isAlive, killAndAwait, postmasterPid, statusOf, until } from './processes.ts'

export const apps = ['risk-guard', 'gateway', 'paper-venue', 'projector', 'market-data', 'api']

/** SIGKILL to one app after the other; each is awaited. */
export const killOneByOne = async ({ url, key }: Ledger): Promise<void> => {
  for (const app of apps) {
    await killAndAwait(url, key, app)
    await setTimeout(500)
  }
}

/** Until so many more orders were promised. */
export const untilMore = async (
  load: Load,
  orders: number,
  after: string,
  withinMs?: number,
): Promise<void> => {
  const before = load.acknowledged().length
  const isSo = (): boolean => load.acknowledged().length > before + orders
  await until(`${String(orders)} orders after ${after}`, isSo, withinMs)
}

/** SIGKILL to PostgreSQL, with whatever it was doing. */
export const killPostgres = ({ data }: Ledger): void => {
  process.kill(postmasterPid(data), 'SIGKILL')
}

/** SIGKILL to the supervisor, every app, PostgreSQL and what else there is, in the same moment. */
export const killEverything = async (
  { url, key, data, supervisor }: Ledger,
  others: readonly number[] = [],
): Promise<void> => {
  let pids: readonly number[] = []
  await until('a process of every app', async () => {
    pids = (await statusOf(url, key)).flatMap(({ pid }) => (pid === null ? [] : [pid]))
    return pids.length >= apps.length
  })
  const all = [supervisor.pid ?? 0, ...pids, postmasterPid(data), ...others]
  for (const pid of all) process.kill(pid, 'SIGKILL')
  await until('all of them to be gone', () => all.every((pid) => !isAlive(pid)))
}

/** P1: what was answered stands in the log, where the answer said. */
export const lostOf = (
  promised: readonly Acknowledged[],
  log: readonly LogRow[],
): readonly string[] => {
  const byPosition = new Map(log.map((row) => [String(row.position), row]))
  return promised.flatMap(({ id, logPosition }) => {
    const row = byPosition.get(logPosition)
    return row?.type === 'OrderIntentRecorded' && row.data['orderId'] === id ? [] : [id]
  })
}

/** I24: what the same request under the same key is answered now. */
export const askedAgain = async (
  { url, key: bearer }: Ledger,
  { key, body }: Acknowledged,
): Promise<{ readonly status: number; readonly isReplayed: boolean; readonly order: unknown }> => {
  const reply = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body,
  })
  const isReplayed = reply.headers.get('idempotent-replayed') === 'true'
  return { status: reply.status, isReplayed, order: await reply.json() }
}

export interface Judgement {
  readonly log: readonly LogRow[]
  /** What does not hold, or held of nothing. */
  readonly broken: readonly Finding[]
}

/** By code that shares nothing with the folds. */
export const judged = async (rows: Rows): Promise<Judgement> => {
  const evidence = await gather(rows)
  const log = evidence.rows
  const found = [...commonFindings(evidence), ...(await venueFindings(rows, log))]
  const broken = found.filter(
    ({ verdict, examined, invariant }) =>
      verdict !== 'holds' || (examined === 0 && !isOfAmendments(invariant)),
  )
  return { log, broken }
}
/** Nobody asks for any here: no route does yet. */
const isOfAmendments = (invariant: string): boolean => invariant.endsWith(' amend')
