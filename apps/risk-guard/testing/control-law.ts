/**
 * I10 and I11 on whatever log: two guards, three persons who ask, agree, engage and release, a trader and a gateway
 * do what they want at once, and the finished log is judged by plain recomputation.
 */
import { expect } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { faultsIn, openStage, type Stage, type TestGuard } from '#apps/risk-guard/testing/stage'
import type { EventLog } from '#domain/kernel/event-log'
import { isHolding } from '#domain/risk/holdings'
import { isRiskEvent } from '#domain/risk/standing'
import { controlFaults } from '#domain/risk/testing/control-judge'
import {
  controlAsked,
  endorsing,
  isRequest,
  proposed,
  releaseAsked,
} from '#domain/risk/testing/control-words'
import { engagersIn, openRequests } from '#domain/risk/testing/oracle-control'
import {
  accepted,
  amount,
  cancelled,
  engaged,
  foreignFill,
  lapsed,
  main,
  orderId,
  submitted,
} from '#domain/risk/testing/words'
import type { FixedClock } from '#domain/testing/fixed'
import type { RecordedEvent } from '#schemas/envelope'
import type { ControlRequest } from '#schemas/events/control'
import type { LedgerEvent } from '#schemas/events/ledger'
import { riskStream } from '#schemas/streams'
import type { PersonId, StrategyId } from '#schemas/values/ids'
import type { BookControl, Limits } from '#schemas/values/trading'
import { fc } from '#testing/prop'

type Deed =
  | { readonly does: 'propose'; readonly which: number; readonly by: number }
  | { readonly does: 'control'; readonly to: BookControl; readonly by: number }
  | { readonly does: 'release'; readonly of: readonly number[]; readonly by: number }
  | { readonly does: 'endorse'; readonly back: number; readonly by: number }
  | {
      readonly does: 'engage'
      readonly halt: boolean
      readonly scoped: boolean
      readonly by: number
    }
  | { readonly does: 'ask'; readonly side: 'buy' | 'sell'; readonly strategy: string }
  | { readonly does: 'settle'; readonly pick: number; readonly how: number }
  | { readonly does: 'wait'; readonly ms: number }
/** What the others do, one after the other, while each guard reads so many events, or nothing. */
interface Round {
  readonly deeds: readonly Deed[]
  readonly reads: readonly [number, number]
}
export interface Course {
  readonly control: BookControl
  readonly rounds: readonly Round[]
}

const by = fc.constantFrom(0, 1, 2, 0, 1, 2, 3)
const control = fc.constantFrom<BookControl>('single', 'dual')
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('propose'), which: fc.nat({ max: 4 }), by }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('control'), to: control, by }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('release'),
      of: fc.constantFrom([0], [0], [1], [0, 1], [0, 1, 2]),
      by,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('endorse'),
      back: fc.constantFrom(0, 0, 0, 1, 2),
      by,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('engage'),
      halt: fc.boolean(),
      scoped: fc.boolean(),
      by,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      does: fc.constant('ask'),
      side: fc.constantFrom('buy', 'sell'),
      strategy: fc.constantFrom('one', 'two'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('settle'),
      pick: fc.nat({ max: 9 }),
      how: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('wait'),
      ms: fc.constantFrom(3, 1_100, 30_000, 60_000, 60_000, 86_400_001),
    }),
  },
)
const reads = fc.constantFrom(0, 3, 100_000, 100_000)
export const courseOf = (rounds: number): fc.Arbitrary<Course> =>
  fc.record({
    control,
    rounds: fc.array(
      fc.record({
        deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
        reads: fc.tuple(reads, reads),
      }),
      { minLength: Math.floor(rounds / 3), maxLength: rounds, size: 'max' },
    ),
  })

const persons = ['ann', 'ben', 'cem'] as readonly string[] as readonly PersonId[]
/** By what is in force, each of them tightens or loosens. */
const proposals: readonly Limits[] = [
  { maxOpenOrders: 3 },
  { maxOpenOrders: 9 },
  { maxOrderNotional: amount('400') },
  { maxOrderNotional: amount('90000'), maxOrdersPerHour: 9_000 },
  { maxOrdersPerHour: 6_000 },
]

/** Plays it on the log, and answers the finished log, of which nothing may be wrong. */
export const controlHolds = async (
  { control: from, rounds }: Course,
  openLog: (clock: FixedClock) => EventLog = memoryEventLog,
): Promise<readonly RecordedEvent[]> => {
  const stage = await openStage({ maxOpenOrders: 6 }, true, openLog)
  const world: World = { stage, orders: 0, kills: 0, asked: [], working: new Set() }
  const guards = [stage.guard(), stage.guard()] as const
  await act(world, { does: 'control', to: from, by: 0 })
  await stage.write(foreignFill({ quantity: '1', strategy: 'one' }))
  await readAll(guards)
  for (const { deeds, reads: most } of rounds) {
    const [one, two] = guards
    await Promise.all([
      inTurn(deeds, (each) => act(world, each)),
      most[0] > 0 ? one.read(most[0]) : undefined,
      most[1] > 0 ? two.read(most[1]) : undefined,
    ])
  }
  stage.trade('65000')
  await readAll(guards)
  const events = await stage.events()
  expect(controlFaults(main, events)).toStrictEqual([])
  expect(faultsIn(events)).toStrictEqual([])
  expect(dueIn(stage, events)).toStrictEqual([])
  return events
}

/** Long enough for whoever lost a race to hear of it, and to go on from there. */
const readAll = async (guards: readonly TestGuard[]): Promise<void> => {
  for (let n = 0; n < 3; n += 1) await inTurn(guards, (guard) => guard.read())
}
const inTurn = async <A>(all: readonly A[], work: (each: A) => Promise<void>): Promise<void> => {
  for (const each of all) await work(each)
}

interface World {
  readonly stage: Stage
  orders: number
  kills: number
  /** Requests so far, the newest last. */
  readonly asked: ControlRequest[]
  /** Orders that the gateway has sent. */
  readonly working: Set<number>
}

const act = async (world: World, each: Deed): Promise<void> => {
  const { stage, asked } = world
  const request = async (event: LedgerEvent, who: number): Promise<void> => {
    if (isRequest(event)) asked.push(event)
    await stage.write(event, persons[who])
  }
  switch (each.does) {
    case 'propose':
      return request(proposed(asked.length + 1, proposals[each.which] ?? {}), each.by)
    case 'control':
      return request(controlAsked(asked.length + 1, each.to), each.by)
    case 'release': {
      // Of the newest, which are the likeliest to stand.
      const named = each.of.map((back) => world.kills - back).filter((n) => n > 0)
      return named.length === 0
        ? act(world, { does: 'engage', halt: false, scoped: true, by: each.by })
        : request(releaseAsked(asked.length + 1, ...named), each.by)
    }
    case 'endorse': {
      const about = asked.at(-1 - each.back)
      return about === undefined ? undefined : stage.write(endorsing(about), persons[each.by])
    }
    case 'engage': {
      world.kills += 1
      const scope = each.scoped ? { strategy: 'two' as StrategyId } : {}
      return stage.write(
        engaged(world.kills, each.halt ? 'halt' : 'reduce', scope),
        persons[each.by],
      )
    }
    case 'ask':
      world.orders += 1
      return stage.ask(world.orders, {
        side: each.side,
        strategy: each.strategy,
        quantity: '0.001',
        at: '65000',
      })
    case 'settle':
      return settle(world, each.pick, each.how)
    case 'wait':
      stage.clock.advance(each.ms)
      return stage.trade('65000')
  }
}

/** The gateway sends what is approved, or lets it lapse, and cancels what it has sent. */
const settle = async ({ stage, working }: World, pick: number, how: number): Promise<void> => {
  const approved = (await stage.decisions()).flatMap((told) => {
    const [number, outcome] = told.split(': ')
    return outcome === 'approved' || outcome === 'reducing' ? [Number(number)] : []
  })
  const n = approved.at(-1 - (pick % Math.max(1, approved.length)))
  if (n === undefined) return
  const asked = await termsOf(stage, n)
  if (working.has(n)) return how === 0 ? stage.write(cancelled(n)) : undefined
  working.add(n)
  if (how === 1) return stage.write(lapsed(n))
  await stage.write({ ...submitted(n), terms: asked } as LedgerEvent)
  await stage.write(accepted(n))
}
const termsOf = async ({ events }: Stage, n: number) => {
  const intent = (await events()).find(
    ({ event }) => event.type === 'OrderIntentRecorded' && event.orderId === orderId(n),
  )?.event
  return intent?.type === 'OrderIntentRecorded' ? intent.terms : undefined
}

/** Requests that nobody has ruled on although it was time. */
const dueIn = ({ clock }: Stage, events: readonly RecordedEvent[]): readonly unknown[] => {
  const risk = events.flatMap(({ event, stream }) =>
    stream === riskStream(main) && isRiskEvent(event) ? [event] : [],
  )
  const held = events.filter(({ stream }) => isHolding(stream))
  const open = openRequests(main, risk, held, clock.now(), engagersIn(events))
  return [...open].filter(([, { type }]) => type !== 'waits')
}
