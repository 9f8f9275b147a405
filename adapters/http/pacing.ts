/** How fast somebody may ask: for each key and each address a bucket that fills again steadily. */
import * as E from 'fp-ts/lib/Either.js'
import type { KeyId } from '#schemas/values/ids'
import type { Fault } from './faults.ts'
import type { Admit, Caller, Lane } from './route.ts'

/** So many a second for ever, and so many at once after a pause. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}
export interface RateSettings {
  readonly requests: Rate
  /** Cancels have a bucket of their own: whoever places too much can still take it back. */
  readonly cancels: Rate
  /** Keys that were missing, unknown or revoked, by the address that they came from. */
  readonly wrongKeys: Rate
}

/** By what one key may ask in a second; twice that after a pause. */
export const ratesOf = (asked: number): RateSettings => ({
  requests: rateOf(asked),
  cancels: rateOf(asked),
  wrongKeys: { perSecond: 5, burst: 50 },
})
/** What a bot does not reach, and a loop that has run wild does. */
export const requestsPerSecond = 2_000
/** Where 0 is asked for nobody counts. */
const rateOf = (asked: number): Rate => {
  const perSecond = asked === 0 ? Number.POSITIVE_INFINITY : asked
  return { perSecond, burst: 2 * perSecond }
}

/** How it stands with one bucket after somebody has taken from it, or could not. */
export interface Pace {
  readonly waitMs: number
  readonly remaining: number
}
export interface Buckets {
  readonly take: (name: string, now: number) => Pace
}

/** What is kept of those that were not heard of for longest is forgotten beyond that. */
const namesMax = 10_000

/**
 * The generic cell rate algorithm (ITU-T I.371): of each name only the moment is kept at which its bucket would
 * be full again.
 */
export const buckets = ({ perSecond, burst }: Rate): Buckets => {
  const intervalMs = 1_000 / perSecond
  const burstMs = intervalMs * burst
  const fullAt = new Map<string, number>()
  const waitOf = (full: number, now: number): number => full + intervalMs - burstMs - now
  return {
    take: (name, now) => {
      const full = Math.max(fullAt.get(name) ?? now, now)
      const waitMs = waitOf(full, now)
      if (waitMs > 0) return { waitMs, remaining: 0 }
      fullAt.delete(name)
      fullAt.set(name, full + intervalMs)
      if (fullAt.size > namesMax) forgetOldest(fullAt)
      return {
        waitMs: 0,
        remaining: Math.floor((burstMs - (full + intervalMs - now)) / intervalMs),
      }
    },
  }
}
const forgetOldest = (map: Map<string, unknown>): void => {
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}

/** What one request is told of its pace: RateLimit header fields (draft-ietf-httpapi-ratelimit-headers). */
export interface Paced {
  readonly fault: Fault | undefined
  readonly headers: Readonly<Record<string, string>>
}
export type PaceOf = (caller: Caller, lane: Lane) => Paced | undefined

/** Undefined: nobody counts this. */
export const pacing = (
  { requests, cancels }: Pick<RateSettings, 'requests' | 'cancels'>,
  monotonicMs: () => number,
): PaceOf => {
  const lanes = { requests: laneOf('requests', requests), cancels: laneOf('cancels', cancels) }
  return ({ keyId }, lane) => (lane === 'free' ? undefined : lanes[lane](keyId, monotonicMs()))
}

const laneOf = (name: string, rate: Rate) => {
  if (!Number.isFinite(rate.perSecond)) return () => undefined
  const bucket = buckets(rate)
  const seconds = Math.max(1, Math.round(rate.burst / rate.perSecond))
  const policy = `"${name}";q=${String(rate.burst)};w=${String(seconds)}`
  return (keyId: KeyId, now: number): Paced => {
    const { waitMs, remaining } = bucket.take(keyId, now)
    const fault: Fault | undefined =
      waitMs > 0 ? { _tag: 'TooManyRequests', perSecond: rate.perSecond, waitMs } : undefined
    const wait = waitMs > 0 ? `;t=${String(Math.ceil(waitMs / 1_000))}` : ''
    return {
      fault,
      headers: {
        'ratelimit-policy': policy,
        ratelimit: `"${name}";r=${String(remaining)}${wait}`,
      },
    }
  }
}

/**
 * Nobody is told faster than that, from one address, that his keys are wrong. A good key is always let in, so
 * that who shares an address with somebody who tries keys is not shut out with him: a secret of 256 bits is not
 * found by trying, however fast.
 */
export const guarded = (
  admit: (authorization: string | undefined) => E.Either<Fault, Caller>,
  wrongKeys: Rate,
  monotonicMs: () => number,
): Admit => {
  const failed = buckets(wrongKeys)
  return (authorization, address) => {
    const admitted = admit(authorization)
    if (E.isRight(admitted) || !isWrongKey(admitted.left)) return admitted
    const { waitMs } = failed.take(address, monotonicMs())
    const { perSecond } = wrongKeys
    return waitMs > 0 ? E.left({ _tag: 'TooManyKeysTried', perSecond, waitMs }) : admitted
  }
}

const isWrongKey = ({ _tag }: Fault): boolean =>
  _tag === 'KeyMissing' || _tag === 'KeyUnknown' || _tag === 'KeyRevoked'
