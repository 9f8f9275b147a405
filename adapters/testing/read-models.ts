/** Holds the tables of read models to a fold of the same events in memory. */
import pg from 'pg'
import type { AnyReadModel } from '#projections/all'
import { cellsOf, foldAll } from '#projections/fold'
import type { RecordedEvent } from '#schemas/envelope'

export const withClient = async <A>(
  url: string,
  work: (client: pg.Client) => Promise<A>,
): Promise<A> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("set timezone = 'UTC'")
    return await work(client)
  } finally {
    await client.end()
  }
}

/** What each table has too much or too little of, journals too; nothing where every row is the same. */
export const differencesFrom = async (
  client: pg.Client,
  models: readonly AnyReadModel[],
  events: readonly RecordedEvent[],
): Promise<readonly string[]> => {
  const differences: string[] = []
  for (const model of models) {
    const { changed, entries } = foldAll(model, events)
    const rows = [...changed.values()].map((row) => cellsOf(model, row))
    differences.push(...(await differencesIn(client, model.name, rows)))
    if (model.journal !== undefined) {
      differences.push(...(await differencesIn(client, model.journal.name, entries)))
    }
  }
  return differences
}

const differencesIn = async (
  client: pg.Client,
  view: string,
  expected: readonly (readonly unknown[])[],
): Promise<readonly string[]> => {
  const { rows } = await client.query<unknown[]>({
    text: `select * from read.${view}`,
    rowMode: 'array',
    types: { getTypeParser: () => String },
  })
  const stored = counted(rows)
  const folded = counted(expected)
  const [few, many] = [beyond(folded, stored), beyond(stored, folded)]
  return [...few.map((row) => `${view} lacks ${row}`), ...many.map((row) => `${view} has ${row}`)]
}

/** Each row as text, and how often it is there. */
const counted = (rows: readonly (readonly unknown[])[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const text = JSON.stringify(row.map(normal))
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return counts
}
const beyond = (
  some: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
): readonly string[] =>
  [...some].filter(([text, count]) => count !== others.get(text)).map(([text]) => text)

/** PostgreSQL's way of writing times, truth and documents is not ours; what they say is. */
const normal = (cell: unknown): unknown => {
  if (typeof cell !== 'string') return cell
  if (cell === 't' || cell === 'true') return true
  if (cell === 'f' || cell === 'false') return false
  if (/^[{[]/.test(cell)) return JSON.stringify(ordered(JSON.parse(cell)))
  return cell.replace(/^(\d{4}-\d{2}-\d{2}) (.*)\+00$/, '$1T$2Z')
}
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  )
}
