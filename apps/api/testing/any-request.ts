/** Requests made up from the descriptions of the routes: right ones, nearly right ones, and nonsense. */
import type * as t from 'io-ts'
import type { KeyedRoute, Route } from '#adapters/http/route'
import { namesNotYet } from '#schemas/codec'
import { structureOf } from '#schemas/structure'
import { damaged } from '#schemas/testing/mutations'
import { arbitraryOf } from '#schemas/testing/values'
import { fc } from '#testing/prop'

/** Names that mean something in the ledger that is asked; a few of each, so that requests meet. */
export interface Meaningful {
  readonly [field: string]: readonly unknown[]
}
/** What is known to ask from: names, and a body for each route that is right as it is. */
export interface Known {
  readonly meaningful: Meaningful
  readonly bodyFor: (route: Route) => unknown
}
export interface AnyRequest {
  readonly route: Route
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  /** A text is sent as it is. */
  readonly body: unknown
  readonly hasBody: boolean
  readonly contentType: string
  readonly idempotencyKey: string | undefined
  readonly prefer: string | undefined
}

export const awkward = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '-0',
    '1e5',
    '9'.repeat(40),
    '0.1',
    'NaN',
    'null',
    'main',
    'BTC/USDT',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '../../etc/passwd',
    "' or 1=1 --",
  ),
)
/** A URL cannot hold half of a character. */
export const whole = (text: string): string => text.replace(/\p{Surrogate}/gu, '?')

export const anyRequest = (routes: readonly Route[], known: Known): fc.Arbitrary<AnyRequest> =>
  fc.oneof(...routes.map((route) => ({ weight: weightOf(route), arbitrary: of(route, known) })))

/** Where more can go wrong more is asked. */
const weightOf = (route: Route): number => (route.body === undefined ? 1 : 4)

const of = (route: Route, { meaningful, bodyFor }: Known): fc.Arbitrary<AnyRequest> =>
  fc.record({
    route: fc.constant(route),
    path: pathOf(route, meaningful),
    query: queryOf(route, meaningful),
    body: bodyOf(route, meaningful, bodyFor(route)),
    hasBody: fc.constantFrom(
      ...(route.body === undefined ? [false, false, true] : [true, true, true, true, false]),
    ),
    contentType: fc.constantFrom(
      ...Array.from({ length: 9 }, () => 'application/json'),
      'application/json; charset=utf-8',
      'text/plain',
      'application/json;;',
    ),
    idempotencyKey: idempotencyKeyOf(route),
    prefer: fc.constantFrom(undefined, 'wait=0', 'wait=1', 'wait=x', 'respond-async'),
  })

const pathOf = ({ path }: Route, meaningful: Meaningful): fc.Arbitrary<string> => {
  const parts = path
    .split('/')
    .map((part) =>
      part.startsWith(':')
        ? fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom(...(meaningful[placeOf(path)] ?? ['main'])) },
            { weight: 1, arbitrary: awkward },
          )
        : fc.constant(part),
    )
  return fc
    .tuple(...parts)
    .map((texts) => texts.map((text) => encodeURIComponent(whole(String(text)))).join('/'))
}
/** What the id in a path is one of: `orders`, `accounts`, `keys`. */
const placeOf = (path: string): string => path.split('/')[2] ?? ''

const queryOf = (
  { query }: Route,
  meaningful: Meaningful,
): fc.Arbitrary<readonly (readonly [string, string])[]> => {
  const nonsense = fc.tuple(
    fc.oneof(fc.constantFrom('limit', 'after', '__proto__'), awkward),
    awkward,
  )
  const known = query === undefined ? [] : fieldsOf(query)
  const right = known.map(({ key, codec }) =>
    fc.tuple(fc.constant(key), texts(key, codec, meaningful)),
  )
  if (right.length === 0) {
    const none = { weight: 9, arbitrary: fc.constant([]) }
    return fc.oneof(none, { weight: 1, arbitrary: nonsense.map((pair) => [asWhole(pair)]) })
  }
  const some = fc.oneof(...right)
  return fc
    .array(fc.oneof({ weight: 9, arbitrary: some }, { weight: 1, arbitrary: nonsense }), {
      maxLength: 4,
    })
    .map((pairs) => pairs.map(asWhole))
}
const asWhole = ([name, value]: readonly [string, string]) => [whole(name), whole(value)] as const
const fieldsOf = (codec: t.Any) => {
  const shape = structureOf(codec)
  return shape.kind === 'record' ? [...shape.required, ...shape.optional] : []
}
const texts = (key: string, codec: t.Any, meaningful: Meaningful): fc.Arbitrary<string> => {
  const known = (meaningful[key] ?? ['1', '1000']).map(String)
  return fc.oneof(fc.constantFrom(...known), encoded(codec).map(String), awkward)
}
/** What decodes, as it is sent; of a codec of which no values are known, something. */
const encoded = (codec: t.Any): fc.Arbitrary<unknown> => {
  try {
    return arbitraryOf(codec as t.Type<unknown, unknown, unknown>).map((value): unknown =>
      codec.encode(value),
    )
  } catch {
    return fc.constantFrom('1', '1000', '2026-01-01T00:00:00Z')
  }
}

const bodyOf = ({ body }: Route, meaningful: Meaningful, right: unknown): fc.Arbitrary<unknown> => {
  if (body === undefined) return fc.constantFrom({}, '{}', '')
  const made = encoded(body).chain((value) => meant(value, meaningful))
  const later = fc.constantFrom('surely', ...namesNotYet(body))
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(right) },
    { weight: 3, arbitrary: damaged(fc.constant(right)) },
    { weight: 4, arbitrary: made },
    { weight: 2, arbitrary: damaged(made) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(made, later)
        .map(([value, name]) => ({ ...(value as object), [name]: 1 })),
    },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: awkward },
    { weight: 1, arbitrary: fc.nat(40_000).map((n) => '['.repeat(n)) },
  )
}
/** With names that the ledger knows in most of the places where it would look them up. */
const meant = (value: unknown, meaningful: Meaningful): fc.Arbitrary<unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fc.constant(value)
  const fields = Object.entries(value).map(([key, inner]): [string, fc.Arbitrary<unknown>] => {
    const known = meaningful[key]
    return [
      key,
      known === undefined
        ? meant(inner, meaningful)
        : fc.oneof(
            { weight: 5, arbitrary: fc.constantFrom(...known) },
            { weight: 1, arbitrary: fc.constant(inner) },
          ),
    ]
  })
  return fc.record(Object.fromEntries(fields))
}

/** A header may hold what Node lets one hold. */
const headerText = fc.string().map((text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, ''))
const idempotencyKeyOf = (route: Route): fc.Arbitrary<string | undefined> => {
  const named = (route as Partial<KeyedRoute>).idempotencyKey !== undefined
  return named
    ? fc.oneof(
        { weight: 8, arbitrary: fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme-ascii' }) },
        { weight: 1, arbitrary: headerText },
        { weight: 1, arbitrary: fc.constant(undefined) },
      )
    : fc.constantFrom(undefined, 'a')
}
