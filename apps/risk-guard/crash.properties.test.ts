import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { faultsIn, openStage, type Stage, type TestGuard } from '#apps/risk-guard/testing/stage'
import type { EventLog } from '#domain/kernel/event-log'
import { covers } from '#domain/order/kill-switch'
import { proposed, releaseAsked } from '#domain/risk/testing/control-words'
import {
  accepted,
  cancelled,
  engaged,
  filled,
  foreignFill,
  lapsed,
  submitted,
} from '#domain/risk/testing/words'
import type { RecordedEvent } from '#schemas/envelope'
import type { StrategyId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

/** What becomes of an append: in each way that a process can die, or be told nothing. */
type Fate = 'written' | 'diesBefore' | 'diesAfter' | 'lost' | 'answerLost' | 'raced'
const fate: fc.Arbitrary<Fate> = fc.constantFrom(
  'written',
  'written',
  'written',
  'diesBefore',
  'diesAfter',
  'lost',
  'answerLost',
  'raced',
)
type Deed =
  | { readonly type: 'ask'; readonly side: 'buy' | 'sell'; readonly strategy: string }
  | { readonly type: 'read'; readonly guard: number; readonly events: number }
  | { readonly type: 'settle'; readonly pick: number; readonly how: number }
  | { readonly type: 'kill'; readonly halt: boolean; readonly scoped: boolean }
  | { readonly type: 'propose'; readonly which: number }
  | { readonly type: 'release' }
  | { readonly type: 'wait'; readonly ms: number }
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      strategy: fc.constantFrom('one', 'two'),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('read' as const),
      guard: fc.nat({ max: 1 }),
      events: fc.constantFrom(2, 1000, 1000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('settle' as const),
      pick: fc.nat({ max: 9 }),
      how: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('kill' as const),
      halt: fc.boolean(),
      scoped: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('propose' as const), which: fc.nat({ max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('release' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.constantFrom(3, 400, 1100, 30_000, 60_000),
    }),
  },
)
const scenario = fc.record({
  fates: fc.array(fate, { minLength: 40, maxLength: 40 }),
  deeds: fc.array(deed, { minLength: 10, maxLength: 40, size: 'max' }),
})

/** In parts that end in time on a busy machine. */
for (const part of ['first', 'second', 'third'])
  prop(
    `guards that die, race and hear nothing at any append decide everything once, and rightly, ${part} part`,
    scenario,
    async ({ fates, deeds }) => {
      const stage = await openStage({ maxOpenOrders: 6, maxOrdersPerSecond: 99 })
      await stage.write(foreignFill({ quantity: '1', strategy: 'one' }))
      const settled = new Set<number>()
      const world = { stage, fates: [...fates], asks: 0, kills: 0, requests: 0, settled }
      const guards = [startIn(world), startIn(world)]
      for (const each of deeds) await act(world, guards, each)
      // Faults stop, and one guard that starts anew has the last word.
      world.fates = []
      stage.trade('65000')
      const last = stage.guard()
      await last.read()
      expect(undecided(await stage.events())).toStrictEqual([])
      stage.clock.advance(60_000)
      await last.read()
      const events = await stage.events()
      expect(faultsIn(events)).toStrictEqual([])
      expect(unruled(events)).toStrictEqual([])
      expect(approvedPastKillSwitch(events)).toStrictEqual([])
      expect(approvedPastLimits(events)).toStrictEqual([])
    },
    { numRuns: 100 },
  )

const proposals: readonly Limits[] = [
  { maxOpenOrders: 3 },
  { maxOpenOrders: 9 },
  { maxOpenOrders: 5, maxOrdersPerSecond: 50 },
  { maxOrdersPerHour: 9000 },
]
const numbersUpTo = (most: number): readonly number[] =>
  Array.from({ length: most }, (_, index) => index + 1)

interface World {
  readonly stage: Stage
  fates: Fate[]
  asks: number
  kills: number
  requests: number
  readonly settled: Set<number>
}
class Died extends Error {}

const startIn = (world: World): TestGuard => world.stage.guard(fated(world))
const fated =
  (world: World): EventLog['append'] =>
  async (stream, expected, events) => {
    const { log } = world.stage
    const away = E.left({ _tag: 'StoreUnreachable', detail: 'nobody answers' } as const)
    const write = () => log.append(stream, expected, events)
    switch (world.fates.shift() ?? 'written') {
      case 'written':
        return write()
      case 'diesBefore':
        throw new Died()
      case 'diesAfter':
        await write()
        throw new Died()
      case 'lost':
        return away
      case 'answerLost':
        await write()
        return away
      case 'raced':
        await engage(world, false, true)
        return write()
    }
  }
const engage = (world: World, isHalt: boolean, isScoped: boolean): Promise<void> => {
  world.kills += 1
  const scope = isScoped ? { strategy: 'two' as StrategyId } : {}
  return world.stage.write(engaged(world.kills, isHalt ? 'halt' : 'reduce', scope))
}

const act = async (world: World, guards: TestGuard[], each: Deed): Promise<void> => {
  const { stage } = world
  switch (each.type) {
    case 'ask':
      world.asks += 1
      return stage.ask(world.asks, { side: each.side, strategy: each.strategy })
    case 'read': {
      try {
        await guards[each.guard]?.read(each.events)
      } catch (thrown) {
        if (!(thrown instanceof Died)) throw thrown
        guards[each.guard] = startIn(world)
      }
      return
    }
    case 'settle':
      return settle(world, each.pick, each.how)
    case 'kill':
      return engage(world, each.halt, each.scoped)
    case 'propose':
      world.requests += 1
      return stage.write(proposed(world.requests, proposals[each.which] ?? {}))
    case 'release':
      world.requests += 1
      return stage.write(releaseAsked(world.requests, ...numbersUpTo(world.kills)))
    case 'wait':
      stage.clock.advance(each.ms)
      return stage.trade('65000')
  }
}
/** What the gateway does next: it lapses an undecided order, or sends an approved one and hears of its end. */
const settle = async ({ stage, settled }: World, pick: number, how: number): Promise<void> => {
  const decisions = await stage.decisions()
  const approved = decisions
    .filter((line) => /approved|reducing/.test(line))
    .map((line) => Number(line.split(':')[0]))
    .filter((n) => !settled.has(n))
  const n = approved[pick % Math.max(1, approved.length)]
  if (n === undefined) return
  settled.add(n)
  if (how === 0) return stage.write(lapsed(n))
  await stage.write(submitted(n))
  await stage.write(accepted(n))
  if (how === 1) return stage.write(filled(n, { quantity: '0.1' }))
  if (how === 2) return stage.write(cancelled(n, '0.05'))
}

const undecided = (events: readonly RecordedEvent[]): readonly string[] => {
  const answered = new Set(
    events.flatMap(({ event }) =>
      event.type === 'OrderApproved' || event.type === 'OrderDenied' || event.type === 'OrderLapsed'
        ? [event.orderId]
        : [],
    ),
  )
  return events.flatMap(({ event }) =>
    event.type === 'OrderIntentRecorded' && !answered.has(event.orderId) ? [event.orderId] : [],
  )
}
const unruled = (events: readonly RecordedEvent[]): readonly string[] => {
  const ruled = new Set(
    events.flatMap(({ event }) =>
      'proposalId' in event && 'rules' in event ? [event.proposalId] : [],
    ),
  )
  return events.flatMap(({ event }) =>
    'proposalId' in event && !ruled.has(event.proposalId) ? [event.proposalId] : [],
  )
}
/** The limits that were set last are the ones that an approval names. */
const approvedPastLimits = (events: readonly RecordedEvent[]): readonly unknown[] =>
  events.flatMap(({ event }, index) => {
    if (event.type !== 'OrderApproved') return []
    const before = events.slice(0, index).map((each) => each.event)
    const set = before.findLast(({ type }) => type === 'RiskLimitsSet')
    const inForce = set?.type === 'RiskLimitsSet' ? set.limits.maxOpenOrders : 6
    const named = event.checks.find(([code]) => code === 'openOrders')?.[2]
    return named === String(inForce) ? [] : [event.orderId, named, inForce]
  })
/** I10, by looking at every approval and every kill switch before it that was not released before it. */
const approvedPastKillSwitch = (events: readonly RecordedEvent[]): readonly string[] =>
  events.flatMap(({ event }, index) => {
    if (event.type !== 'OrderApproved') return []
    const forbidden = events
      .slice(0, index)
      .some(
        ({ event: earlier }) =>
          earlier.type === 'KillSwitchEngaged' &&
          !events
            .slice(0, index)
            .some(
              ({ event: later }) =>
                later.type === 'KillSwitchReleased' &&
                later.killSwitchIds.includes(earlier.killSwitchId),
            ) &&
          covers(earlier.scope, event.terms) &&
          (earlier.mode === 'halt' || !event.reducing),
      )
    return forbidden ? [event.orderId] : []
  })
