/** Pages of other origins may ask only where these are listed by name (the Fetch standard's CORS protocol). */

export interface Cors {
  /** What an answer says to a page of this origin; nothing: the browser keeps the answer from it. */
  readonly headersFor: (origin: string | undefined) => Readonly<Record<string, string>>
  /** What a browser is told that asks first; undefined: it may not. */
  readonly preflight: (
    origin: string | undefined,
    methods: readonly string[],
  ) => Readonly<Record<string, string>> | undefined
}

const none: Readonly<Record<string, string>> = {}
/** What a page sends beside the headers that it may always send. */
const sent = 'Authorization, Content-Type, Idempotency-Key, Prefer'
/** What a page may read beside what it may always read. */
const told =
  'Request-Id, Location, Idempotent-Replayed, Preference-Applied, Retry-After, RateLimit, RateLimit-Policy'
const preflightSeconds = '600'

export const corsOf = (origins: readonly string[]): Cors => {
  const allowed = new Set(origins)
  const isAllowed = (origin: string | undefined): origin is string =>
    origin !== undefined && allowed.has(origin)
  // Who lists origins answers them differently, whether or not one of them asks.
  const varying = origins.length === 0 ? none : { vary: 'Origin' }
  return {
    headersFor: (origin) =>
      isAllowed(origin)
        ? {
            ...varying,
            'access-control-allow-origin': origin,
            'access-control-expose-headers': told,
          }
        : varying,
    preflight: (origin, methods) =>
      isAllowed(origin)
        ? {
            ...varying,
            'access-control-allow-origin': origin,
            'access-control-allow-methods': methods.join(', '),
            'access-control-allow-headers': sent,
            'access-control-max-age': preflightSeconds,
          }
        : undefined,
  }
}
