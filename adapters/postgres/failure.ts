/** What PostgreSQL's errors mean for us: it surely said no, or we do not know. */

/** `refused`: it answered, and nothing was done. `lost`: no answer, or a passing trouble; perhaps it was done. */
export interface DatabaseFailure {
  readonly _tag: 'refused' | 'lost'
  /** SQLSTATE; absent where no server spoke. */
  readonly code?: string
  readonly detail: string
}

/** SQLSTATE of what is not there: schema, table, function, database. */
const missing: ReadonlySet<string> = new Set(['3F000', '42P01', '42883', '3D000'])
/** Classes in which the statement itself was at fault: data, constraints, rights, limits, our own refusals. */
const refusals: ReadonlySet<string> = new Set(['22', '23', '42', '54', 'P0'])

const codeOf = (e: Error): string | undefined =>
  'code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code) ? e.code : undefined

const wordsOf = (e: Error): string => {
  // Node gathers the failures of several addresses of one host in an error without words.
  const gathered = e instanceof AggregateError ? e.errors : []
  return e.message || gathered.map((one) => (one instanceof Error ? one.message : '')).join('; ')
}

export const databaseFailure = (e: unknown): DatabaseFailure => {
  if (!(e instanceof Error)) return { _tag: 'lost', detail: String(e) }
  const code = codeOf(e)
  const detail = wordsOf(e)
  if (code === undefined) return { _tag: 'lost', detail }
  if (missing.has(code)) {
    return {
      _tag: 'lost',
      code,
      detail: `${detail}. This database was not made ready for Daybook: run daybook migrate.`,
    }
  }
  if (code === '42501' && /set role/.test(detail)) {
    return {
      _tag: 'lost',
      code,
      detail: `${detail}. Grant it to the login that the address names: run daybook migrate with it.`,
    }
  }
  return { _tag: refusals.has(code.slice(0, 2)) ? 'refused' : 'lost', code, detail }
}
