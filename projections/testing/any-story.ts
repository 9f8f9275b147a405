/** Generated logs: orders that go as they should, and sayings in any order at all. */
import { anyPrice, anyQuantity } from '#domain/testing/fills'
import { deposited, funded, marked, opened, withdrawn } from '#projections/testing/money-stories'
import {
  type Asked,
  fillOf,
  fixed,
  foreign,
  orderId,
  said,
  type Saying,
  sayings,
  started,
  type Told,
} from '#projections/testing/stories'
import { plusMs } from '#domain/values/instant'
import { orderStream } from '#schemas/streams'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import { fc } from '#testing/prop'

const anySaying = fc.constantFrom(...(Object.keys(sayings) as Saying[]))
const anyAsked: fc.Arbitrary<Asked> = fc.record({
  n: fc.nat({ max: 11 }),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  quantity: anyQuantity,
})

/** Received or paid, to the last digit. */
const anyFunding = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }) as fc.Arbitrary<Amount>

/** When a venue says that it was, and when it was heard: mostly at once, and now and then hours later. */
const anyTimes = fc
  .record({
    minute: fc.integer({ min: -20, max: 90 }),
    late: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 600 })),
  })
  .map(({ minute, late }) => ({
    venueAt: plusMs(started, minute * 60_000),
    receivedAt: plusMs(started, (minute + late) * 60_000),
  }))

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
      .record({ asked: anyAsked, quantity: anyQuantity, price: anyPrice, times: anyTimes })
      .map(({ asked, quantity, price, times }) => (trade: number) => ({
        stream: orderStream(orderId(asked.n)),
        event: { ...fillOf(asked, { quantity, price, trade }), ...times },
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
    arbitrary: fc.tuple(fc.constantFrom(deposited, withdrawn), fc.nat({ max: 1 })).map(
      ([moved, n]) =>
        () =>
          moved(n, '1000.000000000000000001'),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.nat({ max: 1 }),
        anyFunding,
        fc.array(fc.tuple(fc.nat({ max: 2 }), anyFunding)),
        anyTimes,
      )
      .map(
        ([n, amount, shares, times]) =>
          () =>
            funded(n, amount, shares, times),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat({ max: 2 }), anyPrice, fc.integer({ min: -20, max: 90 })).map(
      ([n, price, minute]) =>
        () =>
          marked(n, price, plusMs(started, minute * 60_000)),
    ),
  },
)

/** Most events follow at once, some much later, and some are said to have happened before others that were told first. */
const anyPause = fc.oneof(
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: -40, max: 60 }).map((minutes) => minutes * 60_000) },
)

/** Any facts in any order: fills before approvals, decisions on orders that were never asked for. */
export const anyStory: fc.Arbitrary<readonly Told[]> = fc
  .array(fc.tuple(anyStep, anyPause), { maxLength: 60 })
  .map((steps) => {
    let at = started
    const told = steps.map(([step, pause], trade): Told => {
      at = plusMs(at, pause)
      return { ...step(trade), at }
    })
    return [opened(0), opened(1), ...told]
  })

/** One place, turned round and closed again and again, and paid for late and in time. */
export const anyFundedStory: fc.Arbitrary<readonly Told[]> = fc
  .array(
    fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const, undefined),
      size: fc.integer({ min: 1, max: 2 }),
      amount: anyFunding,
      times: anyTimes,
    }),
    { maxLength: 20 },
  )
  .map((steps) =>
    steps.map(({ side, size, amount, times }, trade): Told => {
      if (side === undefined) return funded(1, amount, [[11, amount]], times)
      const asked = { n: 11, side, quantity: fixed(String(size)) as Quantity }
      const fill = fillOf(asked, { ...asked, price: fixed('64000') as Price, trade })
      return { stream: orderStream(orderId(11)), event: { ...fill, ...times } }
    }),
  )
