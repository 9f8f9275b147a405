/** Lists, newest first, in pages. */
import * as t from 'io-ts'
import { leaf } from '#schemas/leaf'
import { Whole } from '#schemas/values/count'
import { Instant } from '#schemas/values/instant'

export const pageLimitMax = 1000
export const pageLimitDefault = 100

/** How many: 1 to 1000, as text, for it is a query parameter. */
export const PageLimit = leaf<number, string>(
  'PageLimit',
  {
    is: (u): u is number =>
      typeof u === 'number' && Number.isInteger(u) && u >= 1 && u <= pageLimitMax,
    parse: (u) =>
      typeof u === 'string' && /^([1-9][0-9]{0,2}|1000)$/.test(u) ? Number(u) : undefined,
    refusal: () => ({
      code: 'invalid',
      detail: `must be a whole number from 1 to ${String(pageLimitMax)}`,
    }),
    encode: String,
    plain: true,
  },
  { type: 'integer', minimum: 1, maximum: pageLimitMax, default: pageLimitDefault },
)

const cursor = /^[\x21-\x7e]{1,200}$/
/** The id of an object in the same list: the page begins after it, or ends before it. */
export const Cursor = leaf<string, string>(
  'Cursor',
  {
    is: (u): u is string => typeof u === 'string' && cursor.test(u),
    parse: (u) => (typeof u === 'string' && cursor.test(u) ? u : undefined),
    refusal: () => ({ code: 'invalid', detail: 'must be the id of an object in this list' }),
    encode: (a) => a,
    plain: false,
  },
  { type: 'string', pattern: cursor.source },
)

/** A query that lets its reader see his own writes: it waits until the read models have reached this position. */
export const afterQuery = { after: Whole }
/** What every list takes. */
export const pageQuery = {
  ...afterQuery,
  limit: PageLimit,
  startingAfter: Cursor,
  endingBefore: Cursor,
}
/** What happened at `from` or later, and before `to`. */
export const timeQuery = { from: Instant, to: Instant }
export interface PageQuery {
  readonly after?: bigint
  readonly limit?: number
  readonly startingAfter?: string
  readonly endingBefore?: string
}

export const listOf = <C extends t.Mixed>(item: C) =>
  t.strict({ data: t.readonlyArray(item), hasMore: t.boolean }, `List<${item.name}>`)

/** A text, or nothing to say: replies have the same fields whatever is known. */
export const Nullable = t.union([t.string, t.null])
