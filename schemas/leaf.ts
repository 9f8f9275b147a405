/** The codec of one value that has no parts: a price, an id, an instant. */
import * as t from 'io-ts'
import type { Scan } from '#schemas/bytes'
import { annotate, type JsonSchema } from '#schemas/codec'

/** The wrong kind of JSON or no such value at all, or a value that is not allowed here. */
export interface Refusal {
  readonly code: 'malformed' | 'invalid'
  readonly detail: string
}

/** What compiled decoders and encoders call directly, without the allocations of a Validation. */
export interface Leaf<A> {
  readonly is: (u: unknown) => u is A
  /** The value, or undefined where it is refused. */
  readonly parse: (u: unknown) => A | undefined
  /** Why `parse` refused it. */
  readonly refusal: (u: unknown) => Refusal
  /** Its JSON: a string or a number. */
  readonly encode: (a: A) => string | number
  /** What `parse` makes of its JSON, read from bytes; where it is not said, by way of its text. */
  readonly scan?: Scan<A>
  /** Its JSON as text never needs an escape. */
  readonly plain: boolean
}

const leaves = new WeakMap<t.Any, Leaf<unknown>>()
export const leafOf = (codec: t.Any): Leaf<unknown> | undefined => leaves.get(codec)

/** The io-ts codec of a leaf, with the JSON Schema that says the same. */
export const leaf = <A, O extends string | number>(
  name: string,
  parts: Leaf<A> & { readonly encode: (a: A) => O },
  schema: JsonSchema,
): t.Type<A, O, unknown> => {
  const { is, parse, refusal, encode } = parts
  const codec = new t.Type<A, O, unknown>(
    name,
    is,
    (u, context) => {
      const value = parse(u)
      return value === undefined ? t.failure(u, context, refusal(u).detail) : t.success(value)
    },
    encode,
  )
  leaves.set(codec, parts as unknown as Leaf<unknown>)
  return annotate(codec, schema)
}
