import { describe, expect, test } from 'vitest'
import { plusMs } from '#domain/values/instant'
import { foldAll } from '#projections/fold'
import { marks } from '#projections/marks'
import { marked } from '#projections/testing/money-stories'
import { fillOf, fixed, orderId, recorded, started, type Told } from '#projections/testing/stories'
import { orderStream } from '#schemas/streams'
import type { Price, Quantity } from '#schemas/values/decimal'

const now = plusMs(started, 36_000_000)
const taken = marked(0, fixed('40000') as Price, now)
const filled = (times: { readonly venueAt: number; readonly receivedAt: number }): Told => {
  const asked = { n: 0, side: 'buy', quantity: fixed('1') as Quantity } as const
  const fill = fillOf(asked, { quantity: asked.quantity, price: fixed('65000') as Price, trade: 1 })
  return { stream: orderStream(orderId(0)), event: { ...fill, ...times } as typeof fill }
}
/** What is known of the symbol in the end. */
const known = (...story: readonly Told[]) =>
  [...foldAll(marks, recorded(story)).changed.values()]
    .filter(({ until }) => until === undefined)
    .map(({ price, at }) => [price / 10n ** 18n, at])

describe('the price of a fill', () => {
  test('is one of when it was traded, and not of when it was found', () => {
    const late = filled({ venueAt: started, receivedAt: plusMs(now, 500) })
    expect(known(taken, late)).toStrictEqual([[40_000n, now]])
    expect(known(late)).toStrictEqual([[65_000n, started]])
    expect(known(late, taken)).toStrictEqual([[40_000n, now]])
  })
  test('is one of when it was heard, where the clock of the venue is ahead', () => {
    const ahead = filled({ venueAt: plusMs(now, 60_000), receivedAt: plusMs(now, 5) })
    expect(known(taken, ahead)).toStrictEqual([[65_000n, plusMs(now, 5)]])
  })
})
