/** What persons ask of a book's control, and what its guards make of it. */
import { describe, expect, test } from 'vitest'
import { beforeAppend, faultsIn, openStage, type Stage } from '#apps/risk-guard/testing/stage'
import {
  killSwitchId,
  proposalId,
  proposed,
  releaseAsked,
} from '#domain/risk/testing/control-words'
import { amount, engaged, foreignFill, main } from '#domain/risk/testing/words'
import type { RecordedEvent } from '#schemas/envelope'
import type { StrategyId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const less: Limits = { maxOrderNotional: amount('100') }
const more: Limits = { maxOrderNotional: amount('99999') }
const minute = 60_000

/** The rulings on the log as `number: what`. */
const rulings = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.events()).flatMap(({ event }) => {
    if (!('proposalId' in event) || !('rules' in event)) return []
    const n = Array.from({ length: 99 }, (_, index) => index).find(
      (each) => proposalId(each) === event.proposalId,
    )
    const what = event.type === 'ControlRefused' ? event.reason.code : event.type
    return [`${String(n)}: ${what}`]
  })
const sound = async (stage: Stage): Promise<void> =>
  expect(faultsIn(await stage.events())).toStrictEqual([])

describe('limits', () => {
  test('that tighten bind every order that is decided from then on, whenever it was asked for', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.ask(1)
    await stage.write(proposed(1, less))
    await stage.ask(2)
    await guard.read()
    expect(await rulings(stage)).toStrictEqual(['1: RiskLimitsSet'])
    expect(await stage.decisions()).toStrictEqual(['1: orderNotional', '2: orderNotional'])
    await sound(stage)
  })
  test('that loosen are set in their time, without any order that comes', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.write(proposed(1, more))
    await guard.read()
    stage.clock.advance(minute - 1)
    await guard.read()
    expect(await rulings(stage)).toStrictEqual([])
    stage.clock.advance(1)
    await guard.read()
    await guard.read()
    expect(await rulings(stage)).toStrictEqual(['1: RiskLimitsSet'])
    expect(guard.guard.standings.of(main)?.desk.opened()?.limits).toMatchObject(more)
    await sound(stage)
  })
  test('say which request they answer', async () => {
    const stage = await openStage()
    await stage.write(proposed(1, less))
    await stage.guard().read()
    const of = (events: readonly RecordedEvent[], type: string) =>
      events.find(({ event }) => event.type === type)
    const asked = of(await stage.events(), 'RiskLimitsProposed')
    const set = of(await stage.events(), 'RiskLimitsSet')
    expect(set?.metadata.causationId).toBe(asked?.metadata.id)
    expect(set?.metadata.correlationId).toBe(asked?.metadata.correlationId)
    expect(set?.metadata.actor).toStrictEqual({ app: 'risk-guard' })
  })
  test('that wait are known to a guard that starts anew, and set once', async () => {
    const stage = await openStage()
    await stage.write(proposed(1, more))
    await stage.guard().read()
    stage.clock.advance(minute)
    await stage.guard().read()
    await stage.guard().read()
    expect(await rulings(stage)).toStrictEqual(['1: RiskLimitsSet'])
    await sound(stage)
  })
  test('are set once by two guards at once', async () => {
    const stage = await openStage()
    const [one, two] = [stage.guard(), stage.guard()]
    await stage.write(proposed(1, more))
    await stage.write(proposed(2, { maxOpenOrders: 300 }))
    await Promise.all([one.read(), two.read()])
    stage.clock.advance(minute)
    await Promise.all([one.read(), two.read()])
    await Promise.all([one.read(), two.read()])
    expect(await rulings(stage)).toStrictEqual(['1: RiskLimitsSet', '2: RiskLimitsSet'])
    expect(one.told.conflicts + two.told.conflicts).toBe(1)
    await sound(stage)
  })
  test('are not set upon what somebody else wrote first', async () => {
    const stage = await openStage()
    let raced = false
    const guard = stage.guard(
      beforeAppend(stage, async () => {
        if (!raced) await stage.write(engaged(1, 'halt'))
        raced = true
      }),
    )
    await stage.write(proposed(1, less))
    await guard.read()
    expect(await rulings(stage)).toStrictEqual([])
    await guard.read()
    expect(await rulings(stage)).toStrictEqual(['1: RiskLimitsSet'])
    await sound(stage)
  })
  test('of a book that nobody has opened wait until somebody has', async () => {
    const stage = await openStage({}, false)
    await stage.write(proposed(1, less))
    await stage.guard().read()
    expect(await rulings(stage)).toStrictEqual([])
  })
})

describe('a kill switch', () => {
  test('is released in its time, and only that one', async () => {
    const stage = await openStage()
    await stage.write(foreignFill({ quantity: '1', strategy: 'manual' }))
    const guard = stage.guard()
    await stage.write(engaged(1, 'reduce'))
    await stage.write(releaseAsked(1, 1))
    await stage.write(engaged(2, 'halt', { strategy: 'other' as StrategyId }))
    stage.clock.advance(minute - 1)
    stage.trade('65000')
    await stage.ask(1)
    await stage.ask(2, { side: 'sell' })
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: killSwitch', '2: reducing'])
    stage.clock.advance(1)
    await stage.ask(3)
    await guard.read()
    expect(await rulings(stage)).toStrictEqual(['1: KillSwitchReleased'])
    expect((await stage.decisions()).at(-1)).toBe('3: approved')
    const standing = guard.guard.standings.of(main)?.desk.killSwitches()
    expect(standing?.map((each) => each.killSwitchId)).toStrictEqual([killSwitchId(2)])
    await sound(stage)
  })
  test('that nobody knows, or that stands no more, is refused at once', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.write(releaseAsked(1, 1))
    await guard.read()
    await stage.write(engaged(1, 'halt'))
    await stage.write(releaseAsked(2, 1))
    await stage.write(releaseAsked(3, 1))
    stage.clock.advance(minute)
    await guard.read()
    expect(await rulings(stage)).toStrictEqual([
      '1: unknownKillSwitch',
      '2: KillSwitchReleased',
      '3: nothingToRelease',
    ])
    await sound(stage)
  })
  test('keeps its release waiting while the clock is set back', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.ask(1)
    await guard.read()
    await stage.write(engaged(1, 'halt'))
    await stage.write(releaseAsked(1, 1))
    stage.clock.advance(minute)
    stage.clock.step(-5000)
    await guard.read()
    expect(await rulings(stage)).toStrictEqual([])
    stage.clock.advance(5000)
    await guard.read()
    expect(await rulings(stage)).toStrictEqual(['1: KillSwitchReleased'])
    await sound(stage)
  })
})
