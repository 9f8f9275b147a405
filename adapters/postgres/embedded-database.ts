/** Makes the one database that a fresh server needs. */
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'

/** `url` names the database; it is made through the one that every server has. */
export const ensureDatabase = async (
  url: string,
  name: string,
): Promise<E.Either<string, void>> => {
  const address = new URL(url)
  address.pathname = '/postgres'
  const client = new pg.Client({
    connectionString: address.href,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
    return E.right(undefined)
  } catch (e) {
    return E.left(
      `The database ${name} could not be opened: ${e instanceof Error ? e.message : String(e)}. ` +
        'If the password beside the data folder was changed or lost, put the old one back.',
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}
