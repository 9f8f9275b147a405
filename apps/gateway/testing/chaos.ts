/** Anything that can happen around gateways, in any order, for as long as it is to last; and then faults stop. */
import fc from 'fast-check'
import {
  absenceFaults,
  type Evidence,
  fillFaults,
  fundingFaults,
  killFaults,
  sendingFaults,
  standstillFaults,
  transitionFaults,
} from '#apps/gateway/testing/checks'
import { bitcoin, type PlaceScript } from '#apps/gateway/testing/script'
import { named, Stage } from '#apps/gateway/testing/stage'
import { instant } from '#domain/testing/fixed'
import { amount, price } from '#domain/testing/orders'
import { signed } from '#domain/values/decimal'
import type { Ratio, SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, FundingId, MarketSymbol, OrderId, StrategyId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

const strategies = ['alpha', 'beta', 'gamma'] as const
const linear = {
  ...bitcoin,
  symbol: 'BTC/USDT:USDT' as MarketSymbol,
  terms: { ...bitcoin.terms, kind: 'linear' },
} as const
const payment = {
  account: 'main' as AccountId,
  symbol: linear.symbol,
  markPrice: price('60000'),
  rate: (10n ** 14n) as Ratio,
  currency: bitcoin.terms.settle,
  amount: amount('-1'),
}
const inAnHour = instant('2026-01-05T10:00:00Z')
const kinds: readonly Partial<Terms>[] = [
  {},
  { symbol: linear.symbol },
  { symbol: linear.symbol, side: 'sell', reduceOnly: true },
  { symbol: linear.symbol, orderType: 'stop', stopPrice: price('61000') },
  { orderType: 'stopLimit', stopPrice: price('59000'), timeInForce: 'gtd', expireAt: inAnHour },
  { timeInForce: 'fok' },
  { postOnly: true },
]
const anyScript: fc.Arbitrary<PlaceScript> = fc.record({
  effect: fc.constantFrom(
    'rest',
    'rest',
    'fill',
    'fillHalf',
    'expireHalf',
    'refuse',
    'throttle',
    'lost',
  ),
  answer: fc.constantFrom('answer', 'answer', 'answer', 'silence'),
})
const anyNumber = fc.nat({ max: 1000 })

/** One thing that happens. Numbers choose among what is there at that moment. */
const anyDeed = fc.oneof(
  { weight: 60, arbitrary: fc.record({ type: fc.constant('turn' as const), which: anyNumber }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 40, 400, 1100, 2500),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('place' as const),
      script: anyScript,
      strategy: fc.constantFrom(...strategies),
      kind: fc.constantFrom(...kinds),
      reducing: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('pay' as const), told: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('cancel' as const), which: anyNumber }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('kill' as const),
      mode: fc.constantFrom('halt' as const, 'reduce' as const),
      strategy: fc.constantFrom(...strategies),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('crash' as const), which: anyNumber }) },
  { weight: 4, arbitrary: fc.constant({ type: 'start' as const }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('freeze' as const), which: anyNumber }) },
  { weight: 2, arbitrary: fc.constant({ type: 'thaw' as const }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('fill' as const), which: anyNumber }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('end' as const), which: anyNumber }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('repeat' as const), which: anyNumber }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('setTime' as const),
      ms: fc.constantFrom(-600_000, -90_000, -1500, 1500, 600_000),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'disconnect' as const }) },
  { weight: 4, arbitrary: fc.constant({ type: 'reconnect' as const }) },
)
type Deed = typeof anyDeed extends fc.Arbitrary<infer D> ? D : never

export const anyRun = fc.record({
  deeds: fc.array(anyDeed, { minLength: 30, maxLength: 200, size: 'max' }),
  /** Taken in turn, over and over. */
  echoes: fc.array(fc.constantFrom(0, 1, 1, 1, 2, 3), { minLength: 1, maxLength: 7 }),
  answers: fc.array(fc.constantFrom(true, true, true, false), { minLength: 1, maxLength: 5 }),
  store: fc.array(fc.constantFrom(undefined, undefined, undefined, 'lostAck', 'lostWrite'), {
    minLength: 1,
    maxLength: 7,
  }),
})

class Chaos {
  readonly stage = new Stage([bitcoin, linear])
  readonly #orders: OrderId[] = []
  readonly #scripts = new Map<string, PlaceScript>()
  #gateways = 0
  /** How far back the time of day was set in all: so much longer may pass until a deadline has. */
  #setBackMs = 0
  #faulty = true

  constructor({ echoes, answers, store }: Pick<Run, 'echoes' | 'answers' | 'store'>) {
    const { venue } = this.stage
    const nextEcho = inTurn(echoes)
    const nextAnswer = inTurn(answers)
    const nextFault = inTurn(store)
    venue.script = ({ clientOrderId }) =>
      this.#scripts.get(clientOrderId) ?? { effect: 'rest', answer: 'answer' }
    venue.echoes = () => (this.#faulty ? nextEcho() : 1)
    venue.answers = () => !this.#faulty || nextAnswer()
    venue.cancelScript = () => (!this.#faulty || nextAnswer() ? 'answer' : 'silence')
    this.stage.storeFault = () => (this.#faulty ? nextFault() : undefined)
  }

  async does(deed: Deed): Promise<void> {
    const { stage } = this
    const { world, venue, nodes } = stage
    switch (deed.type) {
      case 'turn': {
        const ready = await world.ready()
        const turn = ready[deed.which % Math.max(1, ready.length)]
        if (turn !== undefined) await world.take(turn)
        return
      }
      case 'pass':
        return await world.pass(deed.ms)
      case 'place': {
        const orderId = await stage.intend({ ...deed.kind, strategy: deed.strategy as StrategyId })
        this.#orders.push(orderId)
        this.#scripts.set(named(orderId), deed.script)
        return await stage.approve(orderId, { reducing: deed.reducing })
      }
      case 'pay':
        return this.#pay(deed.told)
      case 'cancel':
        return await this.#with(deed.which, (orderId) => stage.askCancel(orderId))
      case 'kill':
        return await stage.kill(deed.mode, { strategy: deed.strategy as StrategyId })
      case 'crash':
      case 'freeze': {
        const node = nodes[deed.which % Math.max(1, nodes.length)]
        if (node === undefined) return
        if (deed.type === 'crash') stage.crash(node)
        else node.owner.frozen = true
        return
      }
      case 'start':
        this.#gateways += 1
        if (nodes.length < 3) await stage.starting(`g${String(this.#gateways)}`)
        return
      case 'thaw':
        for (const { owner } of nodes) owner.frozen = false
        return
      case 'fill':
        return await this.#with(deed.which, async (orderId) => {
          venue.fill(named(orderId), '0.25')
        })
      case 'end':
        return await this.#with(deed.which, async (orderId) => {
          venue.end(named(orderId), 'cancelled')
        })
      case 'repeat':
        return await this.#with(deed.which, async (orderId) => {
          venue.repeat(named(orderId))
        })
      case 'setTime':
        world.step(deed.ms)
        this.#setBackMs += Math.max(0, -deed.ms)
        return
      case 'disconnect':
        if (venue.connected) venue.disconnect()
        return
      case 'reconnect':
        if (!venue.connected) venue.reconnect()
        return
    }
  }

  /** On what the account holds at the venue. */
  #pay(told: boolean): void {
    const { venue } = this.stage
    const held = venue.trades
      .filter((trade) => trade.symbol === linear.symbol)
      .reduce((sum, { side, quantity }) => sum + signed(side, quantity), 0n)
    if (held === 0n) return
    const fundingId = `f${String(venue.fundings.length)}` as FundingId
    venue.pay({ ...payment, fundingId, quantity: held as SignedQuantity }, told)
  }

  /** Faults stop; whoever was frozen goes on beside a fresh gateway. */
  async standstill(): Promise<void> {
    this.#faulty = false
    await this.does({ type: 'reconnect' })
    await this.does({ type: 'thaw' })
    await this.stage.starting('last')
    await this.stage.world.run(45_000 + this.#setBackMs)
  }
  async evidence(): Promise<Evidence> {
    const { attempts, orders, trades, fundings } = this.stage.venue
    return { log: await this.stage.log(), attempts, orders, trades, fundings }
  }

  async #with(which: number, then: (orderId: OrderId) => Promise<void>): Promise<void> {
    const orderId = this.#orders[which % Math.max(1, this.#orders.length)]
    if (orderId !== undefined) await then(orderId)
  }
}
type Run = typeof anyRun extends fc.Arbitrary<infer R> ? R : never

const inTurn = <A>(values: readonly A[]): (() => A) => {
  let next = 0
  return () => {
    const value = values[next % values.length]
    next += 1
    return value as A
  }
}

/** All that is wrong after one course of events. */
export const faultsAfter = async ({ deeds, ...faults }: Run): Promise<readonly string[]> => {
  const chaos = new Chaos(faults)
  await chaos.stage.furnish()
  await chaos.does({ type: 'start' })
  for (const deed of deeds) await chaos.does(deed)
  await chaos.standstill()
  const evidence = await chaos.evidence()
  return [
    ...chaos.stage.world.defects.map(String),
    ...sendingFaults(evidence),
    ...fillFaults(evidence),
    ...fundingFaults(evidence),
    ...transitionFaults(evidence),
    ...absenceFaults(evidence),
    ...killFaults(evidence),
    ...standstillFaults(evidence),
  ]
}
