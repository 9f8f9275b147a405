import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { beforeAppend, faultsIn, openStage } from '#apps/risk-guard/testing/stage'
import type { EventLog } from '#domain/kernel/event-log'
import {
  accepted,
  engaged,
  filled,
  foreignFill,
  main,
  orderId,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import { riskStream } from '#schemas/streams'

describe('somebody who writes first', () => {
  test('a kill switch: nothing is written, and nothing is approved after it', async () => {
    const stage = await openStage()
    let raced = false
    const race = beforeAppend(stage, async () => {
      if (!raced) await stage.write(engaged(1, 'halt'))
      raced = true
    })
    const guard = stage.guard(race)
    await stage.ask(1)
    await guard.read()
    expect(guard.told.conflicts).toBe(1)
    expect(await stage.decisions()).toStrictEqual([])
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: killSwitch'])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('is waited for: it is not decided again upon what is known to be old', async () => {
    const stage = await openStage()
    let attempts = 0
    const race = beforeAppend(stage, async () => {
      attempts += 1
      if (attempts === 1) await stage.write(engaged(1, 'reduce'))
    })
    const guard = stage.guard(race)
    await stage.ask(1)
    await guard.read()
    // A page that says it is the head, and does not hold what came in between.
    await guard.guard.onPage({ events: [], upTo: 5n, atHead: true })
    expect(attempts).toBe(1)
    await guard.read()
    expect(attempts).toBe(2)
  })
  test('two guards at once decide everything once', async () => {
    const stage = await openStage({ maxOrdersPerSecond: 99 })
    const [one, two] = [stage.guard(), stage.guard()]
    for (let n = 1; n <= 20; n += 1) {
      await stage.ask(n, { quantity: '0.001' })
      await Promise.all([one.read(), two.read()])
    }
    await Promise.all([one.read(), two.read()])
    expect((await stage.decisions()).length).toBe(20)
    expect(faultsIn(await stage.events())).toStrictEqual([])
    expect(one.told.conflicts + two.told.conflicts).toBeGreaterThan(0)
  })
  test('a guard that lags decides nothing until it has caught up', async () => {
    const stage = await openStage()
    const [fast, slow] = [stage.guard(), stage.guard()]
    for (let n = 1; n <= 5; n += 1) {
      await stage.ask(n, { quantity: '0.001' })
      await fast.read()
      await slow.read(1)
    }
    await stage.write(engaged(1, 'halt'))
    for (let n = 0; n < 20; n += 1) await slow.read(1)
    await stage.ask(6)
    await slow.read()
    expect(slow.told.conflicts).toBe(0)
    expect((await stage.decisions()).at(-1)).toBe('6: killSwitch')
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})

describe('a log that does not answer', () => {
  test('is tried again with the same bytes until it is known', async () => {
    const stage = await openStage()
    const seen = new Set<string>()
    let answers = 0
    const append: EventLog['append'] = async (stream, expected, events) => {
      seen.add(JSON.stringify(events, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v)))
      answers += 1
      // The second attempt is written, and its answer lost.
      const away = E.left({ _tag: 'StoreUnreachable', detail: 'gone' } as const)
      if (answers === 1) return away
      const appended = await stage.log.append(stream, expected, events)
      return answers === 2 ? away : appended
    }
    const guard = stage.guard(append)
    await stage.ask(1)
    await guard.read()
    expect([seen.size, answers, guard.told.unreachable]).toStrictEqual([1, 3, 2])
    await stage.ask(2)
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: approved', '2: approved'])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('does not keep a guard that is told to stop', async () => {
    const stage = await openStage()
    const guard = stage.guard(async () => {
      guard.stop()
      return E.left({ _tag: 'StoreUnreachable', detail: 'gone' })
    })
    await stage.ask(1)
    await guard.read()
    expect(await stage.decisions()).toStrictEqual([])
  })
})

describe('the clock', () => {
  test('set back a little does not move the time of decisions back', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.ask(1)
    await guard.read()
    stage.clock.step(-900)
    await stage.ask(2)
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: approved', '2: approved'])
    const ats = (await stage.risk()).flatMap((event) =>
      event.type === 'OrderApproved' ? [event.at] : [],
    )
    expect(ats[0]).toBe(ats[1])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('set back by more closes what increases until it has caught up', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.write(foreignFill({ quantity: '1', strategy: 'manual' }))
    await stage.ask(1)
    await guard.read()
    stage.clock.step(-1500)
    await stage.ask(2)
    await stage.ask(3, { side: 'sell', quantity: '0.5' })
    await stage.ask(4, { quantity: '0.000001' })
    await guard.read()
    expect((await stage.decisions()).slice(1)).toStrictEqual([
      '3: reducing',
      '4: quantityIncrement',
    ])
    stage.clock.advance(499)
    await guard.read()
    expect((await stage.decisions()).length).toBe(3)
    stage.clock.advance(1)
    await guard.read()
    expect((await stage.decisions()).at(-1)).toBe('2: approved')
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('set back does not keep what reduces behind what must wait', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.write(foreignFill({ quantity: '1', strategy: 'manual' }))
    await stage.ask(1)
    await guard.read()
    stage.clock.step(-1500)
    for (let n = 2; n < 300; n += 1) await stage.ask(n, { quantity: '0.001' })
    await stage.ask(300, { side: 'sell', quantity: '0.5' })
    await guard.read()
    expect((await stage.decisions()).slice(1)).toStrictEqual(['300: reducing'])
  })
  test('set back leaves nothing on the log while nothing is decided', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await stage.ask(1)
    await guard.read()
    const eth = symbolOf('ETH/USDT')
    await stage.write(foreignFill({ symbol: eth, quantity: '1' }))
    stage.trade('3200', eth)
    stage.clock.step(-1500)
    await stage.ask(2)
    await guard.read()
    expect((await stage.risk()).length).toBe(3)
    stage.clock.advance(1500)
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: approved', '2: approved'])
    expect(guard.told.conflicts).toBe(0)
  })
})

describe('a guard that starts', () => {
  test('knows from the log what it had approved', async () => {
    const stage = await openStage({ maxOpenOrders: 2 })
    const first = stage.guard()
    await stage.ask(1)
    await stage.ask(2)
    await first.read()
    await stage.write(submitted(1))
    await stage.write(accepted(1))
    await stage.write(filled(1, { quantity: '0.1' }))
    const second = stage.guard()
    await stage.ask(3)
    await stage.ask(4)
    await second.read()
    expect((await stage.decisions()).slice(2)).toStrictEqual(['3: approved', '4: openOrders'])
    const standing = second.guard.standings.of(main)
    expect(standing?.desk.outcomeOf(orderId(1))).toBeUndefined()
    expect(standing?.desk.outcomeOf(orderId(2))).toBe('approved')
  })
  test('stops where its stream does not go on as it was folded', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    await guard.read()
    const other = await openStage()
    await other.write(engaged(1, 'halt'))
    await other.write(engaged(2, 'halt'))
    const events = (await other.events()).slice(-1)
    await expect(guard.guard.onPage({ events, upTo: 6n, atHead: true })).rejects.toThrow(
      `${riskStream(main)} does not go on as it was folded`,
    )
  })
})
