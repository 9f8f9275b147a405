/** Traders, risk officers and a treasurer at work, as the api would write down what they ask for. */
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { dice, type Roll } from '#apps/demo/strategies/prices'
import { fold } from '#domain/kernel/decider'
import { enveloper } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import { orderDecider } from '#domain/order/order'
import { settlingMs } from '#domain/risk/control'
import { killSwitchId, proposed } from '#domain/risk/testing/control-words'
import { streamOf } from '#domain/risk/testing/log'
import {
  accountOpened,
  bookOpened,
  deposited,
  engaged,
  intent,
  limits,
  main,
} from '#domain/risk/testing/words'
import { plusMs } from '#domain/values/instant'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderEvent } from '#schemas/events/order'
import { orderStream } from '#schemas/streams'
import type { AccountId, Line, OrderId, ProposalId, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface TortureLoad {
  readonly asked: () => number
  /** Nothing more is asked for; every kill switch that stands is asked to be released. */
  readonly stop: () => Promise<void>
}
type Log = Pick<EventLog, 'append' | 'read'>

export const accounts = ['main', 'second', 'third'] as readonly string[] as readonly AccountId[]
const strategies = ['s1', 's2'] as readonly string[] as readonly StrategyId[]
const pauseMs = 20

/** As the api appends: at the exact revision, again where somebody was faster. */
const append = async (log: Log, event: LedgerEvent, at: Instant): Promise<void> => {
  const clock = { ...systemClock, now: () => at }
  const cause = { correlationId: systemIds.correlationId() }
  const asked = enveloper('api', systemIds, clock)(event, cause)
  const stream = streamOf(event)
  for (;;) {
    const before = await log.read(stream, -1n)
    if (E.isLeft(before)) throw new Error(before.left._tag)
    const isKill = event.type === 'KillSwitchEngaged'
    const expected = isKill ? 'streamExists' : (before.right.at(-1)?.revision ?? 'noStream')
    const appended = await log.append(stream, expected, [asked])
    if (E.isRight(appended)) return
    if (appended.left._tag !== 'RevisionConflict') throw new Error(appended.left._tag)
  }
}
const now = systemClock.now
/** Long enough ago that it takes effect at once. */
const longAgo = (): Instant => plusMs(now(), -settlingMs - 1_000)

export const furnish = async (log: Log): Promise<void> => {
  const pace = { maxOrdersPerSecond: 9_999, maxOrdersPerMinute: 99_999, maxOrdersPerHour: 99_999 }
  await append(log, bookOpened(pace), now())
  for (const name of accounts) {
    await append(log, accountOpened('1', name), now())
    await append(log, deposited('1000000', 'USDT', name), now())
  }
}

interface Desk {
  readonly log: Log
  readonly roll: Roll
  /** Of the run: no number is used twice. */
  readonly count: () => number
  readonly orders: number[]
  readonly killed: number[]
}
const place = async ({ log, roll, count, orders }: Desk): Promise<void> => {
  const n = count()
  const side = roll(10) < 6 ? 'buy' : 'sell'
  const isMarket = roll(3) === 0
  const asked = {
    side,
    quantity: `0.${String(1 + roll(9))}`,
    account: accounts[roll(accounts.length)] ?? 'main',
    strategy: strategies[roll(strategies.length)] ?? 's1',
    ...(isMarket ? {} : { at: String(96 + roll(9)) }),
  } as const
  await append(log, intent(n, { ...asked, decideBy: plusMs(now(), 5_000) } as never), now())
  orders.push(n)
}
const cancel = async ({ log, roll, orders }: Desk): Promise<void> => {
  const n = orders[orders.length - 1 - roll(Math.min(20, orders.length))]
  if (n === undefined) return
  const orderId = orderIdOf(n)
  const read = await log.read(orderStream(orderId), -1n)
  if (E.isLeft(read)) throw new Error(read.left._tag)
  const history = read.right.map(({ event }) => event as OrderEvent)
  const asked = { type: 'RequestCancel', orderId, denied: false } as const
  const decided = orderDecider.decide(asked, fold(orderDecider)(history))
  const [event] = E.isRight(decided) ? decided.right : []
  if (event !== undefined) await append(log, event, now())
}
const engage = async ({ log, roll, count, killed }: Desk): Promise<void> => {
  const n = count()
  const strategy = strategies[roll(strategies.length)] ?? strategies[0]
  const scopes = [{}, { strategy }, { account: accounts[roll(accounts.length)] }] as const
  const scope = scopes[roll(scopes.length)] ?? {}
  await append(log, engaged(n, roll(2) === 0 ? 'halt' : 'reduce', scope as never), now())
  killed.push(n)
}
const release = async ({ log, count, killed }: Desk): Promise<void> => {
  if (killed.length === 0) return
  const asked: LedgerEvent = {
    type: 'KillSwitchReleaseRequested',
    book: main,
    proposalId: proposalIdOf(count()),
    killSwitchIds: killed.splice(0).map(killSwitchId) as never,
    reason: 'it is over' as Line,
  }
  await append(log, asked, longAgo())
}
const limit = async ({ log, roll, count }: Desk): Promise<void> => {
  const maxOpenOrders = 20 + roll(200)
  const { priceCollar: _, ...others } = limits({ maxOpenOrders })
  const asked = { ...proposed(count(), others), proposalId: proposalIdOf(count()) }
  await append(log, asked as LedgerEvent, longAgo())
}
const deposit = async ({ log, roll }: Desk): Promise<void> => {
  const name = accounts[roll(accounts.length)] ?? accounts[0]
  await append(log, deposited('1000', 'USDT', name), now())
}

export const startTortureLoad = (log: Log, seed: number): TortureLoad => {
  const state = { isOver: false, count: 0 }
  const roll = dice(seed)
  const desk: Desk = { log, roll, count: () => (state.count += 1), orders: [], killed: [] }
  const doNext = (percent: number): Promise<void> => {
    if (percent < 76) return place(desk)
    if (percent < 88) return cancel(desk)
    if (percent < 91) return engage(desk)
    if (percent < 96) return release(desk)
    return percent < 98 ? limit(desk) : deposit(desk)
  }
  const work = (async () => {
    while (!state.isOver) {
      await doNext(roll(100))
      await setTimeout(pauseMs)
    }
    await release(desk)
  })()
  // Whoever stops it hears of it.
  work.catch(() => undefined)
  return {
    asked: () => desk.orders.length,
    stop: async () => {
      state.isOver = true
      await work
    },
  }
}
const orderIdOf = (n: number): OrderId => killSwitchId(n) as string as OrderId
const proposalIdOf = (n: number): ProposalId =>
  killSwitchId(0xb000_0000 + n) as string as ProposalId
