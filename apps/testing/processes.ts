/** The processes of a running ledger, by name, to be killed and waited for. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export interface AppStatus {
  readonly name: string
  readonly state: string
  readonly pid: number | null
  readonly detail: string | null
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** What GET /v1/status says of every app; empty while it does not answer. */
export const statusOf = async (url: string, key: string): Promise<readonly AppStatus[]> => {
  try {
    const reply = await fetch(`${url}/v1/status`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(2000),
    })
    if (!reply.ok) return []
    return ((await reply.json()) as { readonly apps: readonly AppStatus[] }).apps
  } catch {
    return []
  }
}

/** Asks until it is so; the name says what was waited for in vain. */
export const until = async (
  name: string,
  isSo: () => Promise<boolean> | boolean,
  withinMs = 60_000,
): Promise<void> => {
  const givenUp = Date.now() + withinMs
  while (!(await isSo())) {
    if (Date.now() > givenUp) throw new Error(`waited ${String(withinMs)} ms for: ${name}`)
    await setTimeout(50)
  }
}

export const pidOf = async (url: string, key: string, app: string): Promise<number> => {
  let pid: number | undefined
  await until(`a pid of ${app}`, async () => {
    pid = (await statusOf(url, key)).find(({ name }) => name === app)?.pid ?? undefined
    return pid !== undefined
  })
  return pid ?? Number.NaN
}

/** The first line of postmaster.pid, as PostgreSQL itself keeps it. */
export const postmasterPid = (data: string): number =>
  Number(readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])

/** Kills an app and waits until another process has taken its place and says that it is ready. */
export const killAndAwait = async (url: string, key: string, app: string): Promise<void> => {
  const pid = await pidOf(url, key, app)
  process.kill(pid, 'SIGKILL')
  await until(`${app} to come back`, async () => {
    const now = (await statusOf(url, key)).find(({ name }) => name === app)
    return now !== undefined && now.pid !== pid && now.state === 'ready'
  })
}
