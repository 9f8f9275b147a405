/** How many of something: events, orders, milliseconds. Never money. */
import type * as t from 'io-ts'
import { scanFamiliar, scanWhole } from '#schemas/bytes'
import { leaf } from '#schemas/leaf'

const isCount = (u: unknown): u is number =>
  typeof u === 'number' && Number.isSafeInteger(u) && u >= 0

/** A whole number from 0 to 2^53 - 1. */
export const Count = leaf<number, number>(
  'Count',
  {
    is: isCount,
    parse: (u) => (isCount(u) ? u : undefined),
    refusal: (u) => ({
      code: typeof u === 'number' ? 'invalid' : 'malformed',
      detail: 'must be a whole number, not below 0',
    }),
    scan: scanWhole,
    encode: (a) => a,
    plain: true,
  },
  { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
)
export type Count = t.TypeOf<typeof Count>

const whole = /^(0|[1-9][0-9]{0,18})$/
const wholeEnd = 10n ** 19n

/** A number that JSON would have to round is a string instead: log positions and revisions. */
const parseWhole = (u: unknown): bigint | undefined =>
  typeof u === 'string' && whole.test(u) ? BigInt(u) : undefined
export const Whole = leaf<bigint, string>(
  'Whole',
  {
    is: (u): u is bigint => typeof u === 'bigint' && u >= 0n && u < wholeEnd,
    parse: parseWhole,
    scan: scanFamiliar(parseWhole),
    refusal: () => ({ code: 'malformed', detail: 'must be a whole number in a string' }),
    encode: (a) => a.toString(),
    plain: true,
  },
  { type: 'string', pattern: whole.source },
)
