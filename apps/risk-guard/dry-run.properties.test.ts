/** A dry run is asked of the domain alone: here it is held to what the guard itself does. */
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { type BatchTools, nextBatch } from '#apps/risk-guard/batch'
import { watchBy } from '#apps/risk-guard/watching'
import { enveloper } from '#domain/kernel/envelop'
import type { Marks } from '#domain/market/marks'
import type { PlausibleMarks } from '#domain/market/plausible'
import { type Entry, type StandingFold, standingsFold } from '#domain/risk/standing'
import { play, symbols } from '#domain/risk/testing/history'
import { testLog, type TestLog } from '#domain/risk/testing/log'
import { snapshotOf } from '#domain/risk/testing/snapshot'
import { type History, history } from '#domain/risk/testing/steps'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { amount, type Asked, btc, intent, main, ratio } from '#domain/risk/testing/words'
import { wouldDecide } from '#domain/risk/would-decide'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'
import type { Price } from '#schemas/values/decimal'
import type { StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const utc = (zone: string) => (zone === 'UTC' ? 0 : undefined)
const order = fc.record({
  symbol: fc.nat({ max: 5 }).map((n) => symbols[n % symbols.length] ?? btc),
  side: fc.constantFrom('buy', 'sell') as fc.Arbitrary<'buy' | 'sell'>,
  quantity: fc.constantFrom('0.02', '0.1', '0.5', '1', '3', '40'),
  at: fc.constantFrom(undefined, '98', '101', '120'),
  strategy: fc.constantFrom('manual', 'robot') as fc.Arbitrary<string> as fc.Arbitrary<StrategyId>,
  reduceOnly: fc.boolean(),
})

/** What a book may lose, and where the market goes just before. */
const day = fc.record({
  maxDailyLoss: fc.constantFrom(undefined, '0.5', '20'),
  maxDrawdown: fc.constantFrom(undefined, '0.001', '0.1'),
  percent: fc.constantFrom(100, 100, 60, 103, 140),
})

/** What the order becomes when it is placed at once, at the same marks. */
const dryRunIsTrue = ([each, { at, ...rest }, { percent, ...loss }, quietMs]: readonly [
  History,
  Omit<Asked, 'at'> & { readonly at: string | undefined },
  Day,
  number,
]): void => {
  const { log, heard: before, now } = play(losing(each, loss), () => undefined)
  const clock = plusMs(now, quietMs)
  const heard = moved(before, percent, clock)
  const asked: Asked = {
    ...rest,
    ...(at === undefined ? {} : { at }),
    decideBy: plusMs(clock, 5000),
  }
  const standings = standingsFold()
  for (const recorded of log.events) standings.apply(recorded)
  const standing = standings.of(main)
  if (standing === undefined) throw new Error('the book comes first')
  const marks: PlausibleMarks = { ...heard, by: () => heard }
  const watch = watchBy(utc, sha256, systemIds)
  const stood = snapshotOf(standing)
  const written = continued(log).append(intent(999, asked), clock)
  const told = wouldDecide(standing, {
    ...watch,
    clock,
    intent: asIntent(written),
    marks: heard,
    sessionAt: sessionsInUtc,
  })
  expect(snapshotOf(standing)).toBe(stood)

  const placed = log.append(intent(999, asked), clock)
  standings.apply(placed)
  const decided = decidedBy(standing, { marks, watch, clock }).find(
    (event) => 'orderId' in event && event.orderId === asIntent(written).event.orderId,
  )
  if (E.isLeft(told)) throw new Error(told.left._tag)
  expect(told.right).toStrictEqual(decided)
}
type Day = Readonly<Record<'maxDailyLoss' | 'maxDrawdown', string | undefined>> & {
  readonly percent: number
}
const losing = (
  { limits, ...rest }: History,
  { maxDailyLoss, maxDrawdown }: Omit<Day, 'percent'>,
): History => ({
  ...rest,
  limits: {
    ...limits,
    ...(maxDailyLoss === undefined ? {} : { maxDailyLoss: amount(maxDailyLoss) }),
    ...(maxDrawdown === undefined ? {} : { maxDrawdown: ratio(maxDrawdown) }),
  },
})
const moved = ({ symbols: known, markOf }: Marks, percent: number, at: Instant): Marks => ({
  symbols: known,
  markOf: (symbol) => {
    const mark = markOf(symbol)
    if (mark === undefined || percent === 100) return mark
    return { ...mark, price: ((mark.price * BigInt(percent)) / 100n) as Price, at }
  },
})
/** All that a guard writes which has read that far, one append after the other, as long as it has something to write. */
const decidedBy = (
  standing: StandingFold,
  { clock, ...means }: Pick<BatchTools, 'marks' | 'watch'> & { readonly clock: Instant },
): readonly Entry[] => {
  const now = () => clock
  const envelop = enveloper('risk-guard', systemIds, { ...systemClock, now })
  const tools: BatchTools = { ...means, envelop, sessionAt: sessionsInUtc, now }
  const written: Entry[] = []
  for (;;) {
    const batch = nextBatch(standing, tools)
    if (batch.length === 0) return written
    standing.confirm(batch)
    written.push(...batch.map(({ event }) => event))
  }
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
  fc.tuple(history, order, day, fc.constantFrom(0, 300, 2500, 6000)),
  dryRunIsTrue,
  { numRuns: 300 },
)
