import { expect } from 'vitest'
import { hour, minute, noVelocity, second, velocityFold, type Where } from '#domain/risk/velocity'
import type { Instant } from '#schemas/values/instant'
import type { Scope } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const account = fc.constantFrom('main', 'second')
const strategy = fc.constantFrom('manual', 'alpha')
const symbol = fc.constantFrom('BTC/USDT', 'ETH/USDT')
const where = fc.record({ account, strategy, symbol }) as fc.Arbitrary<Where>
const scope = fc.record({ account, strategy, symbol }, { requiredKeys: [] }) as fc.Arbitrary<Scope>
const steps = fc.array(
  fc.record({
    after: fc.constantFrom(0, 0, 0, 1, 999_999, 1_000_000, 59_000_000, 3_600_000_000),
    approved: fc.array(where, { maxLength: 3 }),
    isKept: fc.boolean(),
    asked: fc.array(scope, { maxLength: 2 }),
    isLimited: fc.constantFrom(false, false, true),
    isTrimmed: fc.constantFrom(false, false, true),
  }),
  { maxLength: 60 },
)
const isIn = (part: Scope, place: Where): boolean =>
  [
    part.account ?? place.account,
    part.strategy ?? place.strategy,
    part.symbol ?? place.symbol,
  ].join() === [place.account, place.strategy, place.symbol].join()

prop(
  'counts what a plain list would, of the book and of any part, also after taking some of it back',
  steps,
  (each) => {
    const velocity = velocityFold()
    const kept: { readonly at: number; readonly place: Where }[] = []
    const expectPlain = (now: number, part?: Scope): void => {
      for (const window of [second, minute, hour]) {
        const expected = kept.filter(
          ({ at, place }) => at > now - window * 1000 && isIn(part ?? {}, place),
        ).length
        expect(velocity.within(now as Instant, window, part)).toBe(expected)
      }
    }
    let now = 0
    for (const { after, approved, isKept, asked, isLimited, isTrimmed } of each) {
      now += after
      const at = now as Instant
      const undo = approved.map((place) => velocity.count(at, place))
      // Also while it is not known yet whether it will be kept.
      for (const part of asked) velocity.within(at, minute, part)
      if (isLimited) velocity.forgetParts()
      if (isKept) {
        kept.push(...approved.map((place) => ({ at: now, place })))
        if (isTrimmed) velocity.trim(at)
        else velocity.forgetBefore(at)
      } else for (const back of undo.toReversed()) back()
      expectPlain(now)
      for (const part of asked) expectPlain(now, part)
    }
  },
)

const place = { account: 'main', strategy: 'manual', symbol: 'BTC/USDT' } as unknown as Where

prop(
  'still counts right after many were forgotten, and keeps no more than the hour',
  fc.integer({ min: 1, max: 5_000_000 }),
  (apart) => {
    const state = noVelocity()
    const velocity = velocityFold(state)
    const total = 5000
    for (let n = 1; n <= total; n += 1) {
      velocity.count((n * apart) as Instant, place)
      velocity.forgetBefore((n * apart) as Instant)
    }
    for (const window of [second, minute, hour]) {
      const expected = Math.min(total, Math.ceil((window * 1000) / apart))
      expect(velocity.within((total * apart) as Instant, window)).toBe(expected)
      expect(velocity.within((total * apart) as Instant, window, { account: place.account })).toBe(
        expected,
      )
    }
    velocity.trim((total * apart) as Instant)
    expect(state.places.length).toBe(velocity.within((total * apart) as Instant, hour))
  },
  { numRuns: 30 },
)
