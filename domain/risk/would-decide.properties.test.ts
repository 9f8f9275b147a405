import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { standingsFold } from '#domain/risk/standing'
import { decideNow, guardOf, readOn } from '#domain/risk/testing/guard'
import { play, symbols } from '#domain/risk/testing/history'
import { testLog, type TestLog } from '#domain/risk/testing/log'
import { dayMeansAt } from '#domain/risk/testing/day-words'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { snapshotOf } from '#domain/risk/testing/snapshot'
import { history } from '#domain/risk/testing/steps'
import { type Asked, btc, intent, main } from '#domain/risk/testing/words'
import { wouldDecide } from '#domain/risk/would-decide'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { StrategyId } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const order = fc.record({
  symbol: fc.nat({ max: 5 }).map((n) => symbols[n % symbols.length] ?? btc),
  side: fc.constantFrom('buy', 'sell') as fc.Arbitrary<'buy' | 'sell'>,
  quantity: fc.constantFrom('0.02', '0.1', '0.5', '1', '3', '40'),
  at: fc.constantFrom(undefined, '98', '101', '120'),
  strategy: fc.constantFrom('manual', 'robot') as fc.Arbitrary<string> as fc.Arbitrary<StrategyId>,
  reduceOnly: fc.boolean(),
})

/** What the order becomes when it is placed at once, at the same marks. */
const dryRunIsTrue = ([each, { at, ...rest }, quietMs]: readonly [
  Parameters<typeof play>[0],
  Omit<Asked, 'at'> & { readonly at: string | undefined },
  number,
]): void => {
  const { log, heard, now } = play(each, () => undefined)
  const clock = plusMs(now, quietMs)
  const asked: Asked = {
    ...rest,
    ...(at === undefined ? {} : { at }),
    decideBy: plusMs(clock, 5000),
  }
  const standings = standingsFold()
  for (const recorded of log.events) standings.apply(recorded)
  const standing = standings.of(main)
  if (standing === undefined) throw new Error('the book comes first')
  const before = snapshotOf(standing)
  const written = continued(log).append(intent(999, asked), clock)
  const told = wouldDecide(standing, {
    ...dayMeansAt(clock),
    intent: asIntent(written),
    marks: heard,
    sessionAt: sessionsInUtc,
  })
  expect(snapshotOf(standing)).toBe(before)

  log.append(intent(999, asked), clock)
  const guard = guardOf()
  readOn(guard, log, Infinity)
  decideNow(guard, log, heard, clock, (event) => log.append(event, clock))
  const decided = log.events.find(
    ({ event }) =>
      (event.type === 'OrderApproved' || event.type === 'OrderDenied') &&
      event.orderId === asIntent(written).event.orderId,
  )
  if (E.isLeft(told)) throw new Error(told.left._tag)
  expect(told.right).toStrictEqual(decided?.event)
}
/** The same log, so that what is written to it is not in the other. */
const continued = (log: TestLog): TestLog => {
  const copy = testLog()
  for (const { event, metadata } of log.events) copy.append(event, metadata.occurredAt)
  return copy
}
const asIntent = (recorded: RecordedEvent): RecordedEvent<OrderIntentRecorded> => {
  const { event } = recorded
  if (event.type !== 'OrderIntentRecorded') throw new Error('it is an intent')
  return { ...recorded, event }
}

prop(
  'a dry run says what the guard decides when the same order is placed then, and leaves nothing behind',
  fc.tuple(history, order, fc.constantFrom(0, 300, 2500, 6000)),
  dryRunIsTrue,
  { numRuns: 300 },
)
