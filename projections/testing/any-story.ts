/** Generated logs: orders that go as they should, and sayings in any order at all. */
import { anyPrice, anyQuantity } from '#domain/testing/fills'
import {
  type Asked,
  deposited,
  fillOf,
  foreign,
  opened,
  orderId,
  said,
  type Saying,
  sayings,
  type Told,
} from '#projections/testing/stories'
import { orderStream } from '#schemas/streams'
import { fc } from '#testing/prop'

const anySaying = fc.constantFrom(...(Object.keys(sayings) as Saying[]))
const anyAsked: fc.Arbitrary<Asked> = fc.record({
  n: fc.nat({ max: 11 }),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  quantity: anyQuantity,
})

const anyStep: fc.Arbitrary<(trade: number) => Told> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ name: anySaying, asked: anyAsked }).map(
      ({ name, asked }) =>
        () =>
          said(name, asked),
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({ asked: anyAsked, quantity: anyQuantity, price: anyPrice })
      .map(({ asked, quantity, price }) => (trade: number) => ({
        stream: orderStream(orderId(asked.n)),
        event: fillOf(asked, { quantity, price, trade }),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ asked: anyAsked, price: anyPrice }).map(
      ({ asked, price }) =>
        (trade: number) =>
          foreign(asked, trade, price),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 1 }).map((n) => () => deposited(n, '1000.000000000000000001')),
  },
)

/** Any facts in any order: fills before approvals, decisions on orders that were never asked for. */
export const anyStory: fc.Arbitrary<readonly Told[]> = fc
  .array(anyStep, { maxLength: 60 })
  .map((steps) => [opened(0), opened(1), ...steps.map((step, trade) => step(trade))])
