import { expect } from 'vitest'
import { claim, type Claim, claimOf, emptyLoad, type Load, release } from '#domain/risk/load'
import { terms } from '#domain/risk/testing/words'
import type { Quantity } from '#schemas/values/decimal'
import { fc, prop } from '#testing/prop'

const anyClaim = fc
  .record({
    side: fc.constantFrom('buy', 'sell'),
    type: fc.constantFrom('market', 'limit', 'stop', 'stopLimit'),
    limit: fc.constantFrom('90', '100'),
    stop: fc.constantFrom('90', '110'),
    quantity: fc.constantFrom(1n, 1n, 2n, 5n),
  })
  .map(({ side, type, limit, stop, quantity }) =>
    claimOf(
      terms({
        side,
        ...(/limit/i.test(type) ? { at: limit } : {}),
        ...(/stop/.test(type) ? { stop } : {}),
      }),
      quantity as Quantity,
    ),
  )
const claims = fc.array(fc.record({ each: anyClaim, isReleased: fc.boolean() }), { maxLength: 12 })

const claimed = (all: readonly Claim[]) => {
  const load = emptyLoad()
  for (const each of all) claim(load, each)
  return load
}
/** What it was last valued by is no part of it. */
const shown = (load: Load) => ({
  ...load,
  stopBuys: load.stopBuys?.claims ?? [],
  stopSells: load.stopSells?.claims ?? [],
})

prop('what was claimed and released is as if it had never been claimed', claims, (all) => {
  const left = claimed(all.map(({ each }) => each))
  for (const { each, isReleased } of all) if (isReleased) release(left, each)
  const expected = claimed(all.flatMap(({ each, isReleased }) => (isReleased ? [] : [each])))
  expect(shown(left)).toStrictEqual(shown(expected))
})
