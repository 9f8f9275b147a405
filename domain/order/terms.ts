/** What makes two sets of terms the same. */
import type { Terms } from '#schemas/values/trading'

/** Every field of the terms, once; the compiler refuses this record when a field is missing. */
const every: Readonly<Record<keyof Terms, true>> = {
  account: true,
  strategy: true,
  venue: true,
  symbol: true,
  side: true,
  orderType: true,
  quantity: true,
  timeInForce: true,
  postOnly: true,
  reduceOnly: true,
  limitPrice: true,
  stopPrice: true,
  expireAt: true,
}
export const termFields = Object.keys(every) as readonly (keyof Terms)[]

/** The fields in which they differ; none: they are the same. */
export const differingFields = (a: Partial<Terms>, b: Partial<Terms>): readonly (keyof Terms)[] =>
  termFields.filter((field) => a[field] !== b[field])
