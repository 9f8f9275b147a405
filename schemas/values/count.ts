/** How many of something: events, orders, milliseconds. Never money. */
import * as t from 'io-ts'
import { annotate } from '#schemas/codec'

/** A whole number from 0 to 2^53 - 1. */
export const Count = annotate(
  new t.Type<number, number, unknown>(
    'Count',
    (u): u is number => typeof u === 'number' && Number.isSafeInteger(u) && u >= 0,
    (u, context) =>
      typeof u === 'number' && Number.isSafeInteger(u) && u >= 0
        ? t.success(u)
        : t.failure(u, context, 'must be a whole number, not below 0'),
    (a) => a,
  ),
  { type: 'integer', minimum: 0 },
)
export type Count = t.TypeOf<typeof Count>

/** A number that JSON would have to round is a string instead: log positions and revisions. */
export const Whole = annotate(
  new t.Type<bigint, string, unknown>(
    'Whole',
    (u): u is bigint => typeof u === 'bigint' && u >= 0n,
    (u, context) =>
      typeof u === 'string' && /^(0|[1-9][0-9]{0,18})$/.test(u)
        ? t.success(BigInt(u))
        : t.failure(u, context, 'must be a whole number in a string'),
    (a) => a.toString(),
  ),
  { type: 'string', pattern: '^(0|[1-9][0-9]{0,18})$' },
)
