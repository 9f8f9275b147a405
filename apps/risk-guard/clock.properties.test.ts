/** A clock that somebody sets between decisions, back or forth, does not stand in the way of what reduces. */
import { expect, test } from 'vitest'
import { faultsIn, openStage, type Stage } from '#apps/risk-guard/testing/stage'
import { foreignFill, noon } from '#domain/risk/testing/words'
import { msBetween, plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import { fc, prop } from '#testing/prop'

/** Long a bitcoin; nothing is old but what is older than 5 s. */
const long = async (): Promise<Stage> => {
  const stage = await openStage({ maxLogLagMs: 5000, maxMarkAgeMs: 5000 })
  await stage.write(foreignFill({ quantity: '1', strategy: 'manual' }))
  return stage
}

test('after 10 s back what reduces passes at once, and what increases waits', async () => {
  const stage = await long()
  const guard = stage.guard()
  await stage.ask(1, { quantity: '0.1' })
  await guard.read()
  stage.clock.step(-10_000)
  stage.trade('65000')
  await stage.ask(2, { side: 'sell', quantity: '0.1' })
  await stage.ask(3, { quantity: '0.1' })
  await guard.read()
  expect(await stage.decisions()).toStrictEqual(['1: approved', '2: reducing'])
  stage.clock.advance(4_900)
  await stage.ask(4, { side: 'sell', quantity: '0.1' })
  await guard.read()
  stage.clock.advance(4_200)
  stage.trade('65000')
  await stage.ask(5, { quantity: '0.1' })
  await guard.read()
  expect((await stage.decisions()).slice(2)).toStrictEqual([
    '4: reducing',
    '3: stale',
    '5: approved',
  ])
})

interface Turn {
  readonly stepMs: number
  readonly side: 'buy' | 'sell'
  readonly waitMs: number
}
const hourMs = 3_600_000
const turn: fc.Arbitrary<Turn> = fc.record({
  stepMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: -15_000, max: 15_000 }),
    fc.integer({ min: -hourMs, max: hourMs }),
  ),
  side: fc.constantFrom('buy', 'sell'),
  waitMs: fc.oneof(fc.constantFrom(0, 1000, 4999, 5000), fc.integer({ min: 0, max: 5000 })),
})

prop(
  'whatever steps the clock takes, what reduces is approved in time, and every decision derives again',
  fc.array(turn, { minLength: 1, maxLength: 12 }),
  async (turns) => {
    const stage = await long()
    const guard = stage.guard()
    for (const [n, { stepMs, side, waitMs }] of turns.entries()) {
      stage.clock.step(stepMs)
      stage.trade('65000')
      await stage.ask(n, { side, quantity: '0.01' })
      stage.clock.advance(waitMs)
      const before = atOf(await decisionsOf(stage))
      await guard.read()
      const outcome = (await stage.decisions()).find((each) => each.startsWith(`${String(n)}: `))
      const behind = msBetween(stage.clock.now(), before) > 1000
      if (side === 'sell') expect(outcome).toBe(`${String(n)}: reducing`)
      else expect(outcome).toBe(behind ? undefined : `${String(n)}: approved`)
    }
    const decisions = await decisionsOf(stage)
    for (const [n, { event, metadata }] of decisions.entries()) {
      expect(event.clock).toBe(metadata.occurredAt)
      expect(event.at).toBe(Math.max(event.clock, atOf(decisions.slice(0, n))))
      if (event.type === 'OrderApproved') expect(event.expiresAt).toBe(plusMs(event.clock, 5000))
    }
    expect(faultsIn(await stage.events())).toStrictEqual([])
  },
  { numRuns: 200 },
)

type Decided = RecordedEvent<OrderApproved | OrderDenied>
const decisionsOf = async (stage: Stage): Promise<readonly Decided[]> =>
  (await stage.events()).flatMap((recorded): readonly Decided[] => {
    const { event } = recorded
    return event.type === 'OrderApproved' || event.type === 'OrderDenied'
      ? [{ ...recorded, event }]
      : []
  })
/** Of the last decision; that of the day where there is none. */
const atOf = (decisions: readonly Decided[]): OrderApproved['at'] =>
  decisions.at(-1)?.event.at ?? noon
