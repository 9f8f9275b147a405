/** Connections to PostgreSQL: opened when first needed, thrown away at any doubt, opened again at the next use. */
import pg from 'pg'
import type { AppName } from '#schemas/writers'
import { roleOf } from './schema/role-names.ts'
import { turns } from './turns.ts'

export interface Address {
  readonly url: string
  /** Whose rights are used: the login's own, or by `set role` where the login may. */
  readonly app: AppName
}

export interface Statement {
  /** Prepared once in each connection under this name. */
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** One connection at a time; statements are answered in the order in which they were asked. */
export interface Session {
  /**
   * Rows as lists of values, int8 as bigint. Rejects after that time, in which it waits its turn too; a connection
   * that was already asked is then thrown away.
   */
  readonly query: (statement: Statement, msMax: number) => Promise<readonly unknown[][]>
  readonly close: () => Promise<void>
}

const connectMsMax = 3_000
const bigintOid = 20

type Parser = (value: string) => unknown
const getTypeParser = (oid: number, format?: 'text' | 'binary'): Parser =>
  oid === bigintOid ? BigInt : (pg.types.getTypeParser(oid, format) as Parser)

/** For clients and pools alike: int8 is a bigint, never a rounded number. */
export const typesOfOurs = { getTypeParser } as pg.CustomTypesConfig

/**
 * Every statement of ours goes by an index. A plan made while a table was small would be kept when it
 * has grown, so plans that read whole tables are ruled out.
 */
const settle = (app: AppName): string => `
  select set_config('role', '${roleOf(app)}', false) where session_user <> '${roleOf(app)}';
  set timezone = 'UTC'; set datestyle = 'ISO'; set statement_timeout = '30s';
  set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan`

/** A new connection with the app's rights. Cut off, not said goodbye to, where it does not answer. */
export const connect = async ({ url, app }: Address, msMax = connectMsMax): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: msMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: `daybook ${app}`,
    types: typesOfOurs,
  })
  // Whoever waits for an answer is told; between statements there is nobody to tell.
  client.on('error', () => undefined)
  try {
    await inTime(client.connect(), msMax)
    await inTime(client.query(settle(app)), msMax)
    return client
  } catch (e) {
    cut(client)
    throw e
  }
}

/** Ends a connection at once, whatever it is doing. */
export const cut = (client: pg.Client): void => {
  client.end().catch(() => undefined)
  client.connection.stream.destroy()
}

export const inTime = async <A>(work: Promise<A>, msMax: number): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer from PostgreSQL within ${String(Math.round(msMax))} ms`))
    }, msMax)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

export const openSession = (address: Address): Session => {
  let current: Promise<pg.Client> | undefined
  let closed = false
  const drop = (which: Promise<pg.Client>): void => {
    if (current === which) current = undefined
    which.then(cut, () => undefined)
  }
  const inTurn = turns()
  const connected = (): Promise<pg.Client> => {
    if (current !== undefined) return current
    const opening = connect(address)
    current = opening
    opening.then(
      (client) => {
        client.once('end', () => {
          if (current === opening) current = undefined
        })
      },
      () => {
        if (current === opening) current = undefined
      },
    )
    return opening
  }
  return {
    query: async ({ name, text, values }, msMax) => {
      let used: Promise<pg.Client> | undefined
      let isLate = false
      const asked = inTurn(async () => {
        if (closed) throw new Error('this connection was closed by its own user')
        if (isLate) throw new Error('nobody waits for this any more')
        used = connected()
        const client = await used
        return client.query<unknown[]>({ name, text, values: [...values], rowMode: 'array' })
      })
      try {
        const { rows } = await inTime(asked, msMax)
        return rows
      } catch (e) {
        isLate = true
        asked.catch(() => undefined)
        // An error that the server spoke leaves the connection whole; anything else does not.
        const isWhole = e instanceof pg.DatabaseError && e.severity === 'ERROR'
        if (used !== undefined && !isWhole) drop(used)
        throw e
      }
    },
    close: async () => {
      closed = true
      const used = current
      current = undefined
      if (used === undefined) return
      const client = await used.catch(() => undefined)
      if (client === undefined) return
      await inTime(client.end(), 500).catch(() => {
        cut(client)
      })
    },
  }
}
