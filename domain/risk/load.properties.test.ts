import { expect } from 'vitest'
import { claimed, claimOf, type Load, nothingHeld, released } from '#domain/risk/load'
import { terms } from '#domain/risk/testing/words'
import type { Quantity } from '#schemas/values/decimal'
import { fc, prop } from '#testing/prop'

const claim = fc
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
const claims = fc.array(fc.record({ claim, isReleased: fc.boolean() }), { maxLength: 12 })

/** In whatever order they came. */
const sorted = (load: Load) => ({ ...load, stops: load.stops.map(asText).toSorted() })
const asText = (value: object): string =>
  Object.entries(value)
    .map(([key, each]) => `${key} ${String(each)}`)
    .toSorted()
    .join(', ')

prop('what was claimed and released is as if it had never been claimed', claims, (all) => {
  const everything = all.reduce((load, each) => claimed(load, each.claim), nothingHeld)
  const left = all
    .filter(({ isReleased }) => isReleased)
    .reduce((load, each) => released(load, each.claim), everything)
  const expected = all
    .filter(({ isReleased }) => !isReleased)
    .reduce((load, each) => claimed(load, each.claim), nothingHeld)
  expect(sorted(left)).toStrictEqual(sorted(expected))
})
