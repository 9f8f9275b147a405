/** What is played, scene by scene: what is stopped, provoked, traded, loosened, tightened, and put to rest. */
import { setTimeout } from 'node:timers/promises'
import { cast, spot, stoppedStrategy } from './cast.ts'
import { type Asked, changeLimits, engage, type Proposal, release, settledBy } from './control.ts'
import type { Order } from './client.ts'
import { closing, loosened, tightened } from './limits.ts'
import { done, contractDesk, spotDesk } from './people.ts'
import { inSteps, moved, numberOf, perCent, textOf } from './strategies/prices.ts'
import { progress } from './progress.ts'
import { type Provocation, provokeEachCheck, provokeVenue } from './provoke.ts'
import { type Refusal, tryWhatIsForbidden } from './refusals.ts'
import { type Stage, until } from './stage.ts'
import { trade } from './trading.ts'
import { cancelUntilSettled, closePositions } from './winding-down.ts'

/** One strategy trades, is stopped in the middle of it, and its release is asked for at once: that takes its minute. */
export const stopOne = async (
  stage: Stage,
): Promise<{ asked: Asked; denied: Order | undefined }> => {
  const { people, live, tally, say } = stage
  say(`${stoppedStrategy} begins to trade …`)
  const trading = trade(
    cast().filter(({ name }) => name === stoppedStrategy),
    stage,
  )
  const place = [spotDesk, stoppedStrategy, spot] as const
  await until(() => live.open(...place).length >= 3 && live.held(...place) > 0n, 8_000)
  say('… and is stopped by rita. She asks for its release at once, which takes a minute.')
  const engaged = await engage(people.rita, stoppedStrategy, 'reduce')
  const asked = await release(people.rita, engaged, `release of ${stoppedStrategy}`)
  const isDenied = (order: Order): boolean => order.reason?.code === 'killSwitch'
  await until(() => tally.asked.some(({ order }) => isDenied(order)), 5_000)
  await trading.stop()
  return { asked, denied: tally.asked.map(({ order }) => order).find(isDenied) }
}

const priceOf = ({ market }: Stage): bigint => {
  const quote = market.last(spot)
  if (quote === undefined) throw new Error(`there never was a market of ${spot}`)
  return inSteps(quote.bid, numberOf('0.01'))
}

export const provokeAll = async (stage: Stage): Promise<readonly Provocation[]> => {
  const { people, place, say } = stage
  say('One order for each check …')
  const means = {
    ada: (request: Parameters<Stage['place']>[1]) => place(spotDesk, request),
    ben: (request: Parameters<Stage['place']>[1]) => place(contractDesk, request),
    cancel: people.otto.cancel,
    price: priceOf(stage),
  }
  const guard = await provokeEachCheck(means)
  // What was stopped has left its exits open: the guard would not let an order meet them at the venue.
  await cancelUntilSettled(people.otto)
  return [...guard, ...(await provokeVenue({ ...means, price: priceOf(stage) }))]
}

export const beRefused = async (stage: Stage): Promise<readonly Refusal[]> => {
  stage.say('What is not theirs to do, tried by each …')
  const far = inSteps(moved(priceOf(stage), -4 * perCent), numberOf('0.01'))
  const resting = await stage.place(spotDesk, {
    account: spotDesk,
    strategy: 'maker',
    symbol: spot,
    side: 'buy',
    type: 'limit',
    quantity: '0.001',
    limitPrice: textOf(far),
  })
  const refusals = await tryWhatIsForbidden(stage.people, resting?.id ?? '')
  if (resting !== undefined) await stage.people.ada.cancel(resting.id)
  return refusals
}

export interface TradingDay {
  readonly orders: number
  readonly ms: number
  readonly provocations: readonly Provocation[]
  readonly asked: readonly Asked[]
  readonly proposals: readonly Proposal[]
  /** Orders of the strategy that had been stopped, approved since its release; undefined: that was not waited for. */
  readonly tradedAgain: number | undefined
}
export interface DayPlan {
  readonly orders: number
  /** Of all that was asked for. */
  readonly pending: readonly Asked[]
  readonly waits: boolean
}
const longestMs = 150_000
/** So long it goes on once everything has taken effect. */
const afterwardsMs = 4_000

/** Until there are enough orders, and until all that was asked for has taken effect and been traded upon. */
export const tradeAll = async (stage: Stage, plan: DayPlan): Promise<TradingDay> => {
  const { people, tally, listening, say } = stage
  say('Eight strategies trade …')
  const [begun, before] = [performance.now(), tally.asked.length]
  const count = (): number => tally.asked.length - before
  const showing = progress(plan.orders, count)
  const trading = trade(cast(), stage)
  await until(() => count() >= plan.orders / 4, 30_000)
  const asked = await changeLimits(people.rita, 'tightens', tightened, 'smaller orders, please')
  const tooLarge = await stage.place(spotDesk, largeOrder(stage))
  await until(() => count() >= plan.orders / 2, 30_000)
  await listening.cut()
  const isLate = (): boolean => performance.now() - begun > longestMs
  await until(() => count() >= plan.orders, longestMs)
  const goesOn = (): boolean => plan.waits && !isLate()
  const proposals = await settledBy(people.rita, [...plan.pending, asked], goesOn)
  const since = performance.now()
  if (plan.waits) await setTimeout(afterwardsMs)
  await trading.stop()
  const again = tally.asked.filter(
    ({ request, order, at }) =>
      at > since && request.strategy === stoppedStrategy && order.status !== 'denied',
  )
  showing.stop()
  return {
    orders: count(),
    ms: performance.now() - begun,
    provocations: [{ check: 'orderNotional', order: tooLarge }],
    asked: [asked],
    proposals,
    tradedAgain: plan.waits ? again.length : undefined,
  }
}
/** Less than was allowed in the morning. */
const largeOrder = (stage: Stage) =>
  ({
    account: spotDesk,
    strategy: 'provoker',
    symbol: spot,
    side: 'buy',
    type: 'limit',
    quantity: '0.12',
    limitPrice: textOf(inSteps(moved(priceOf(stage), -perCent), numberOf('0.01'))),
  }) as const

export const askToLoosen = (stage: Stage): Promise<Asked> => {
  stage.say('rita asks for wider limits, which takes a minute …')
  return changeLimits(stage.people.rita, 'loosens', loosened, 'the desk grows')
}

/** What nothing needs; it takes prices that are new enough to say how much that is. */
const payOut = async ({ people }: Stage): Promise<void> => {
  for (const [account, currency, amount] of [
    [spotDesk, 'USDT', '1000'],
    [contractDesk, 'BTC', '0.01'],
  ] as const) {
    const path = `/v1/accounts/${account}/withdrawals`
    done(
      await people.otto.request('POST', path, { currency, amount }),
      `a withdrawal of ${account}`,
    )
  }
}

/** Every limit as tight as it goes, at once: nothing increases any more, and what only reduces still passes. */
export const closeTheDay = async (
  stage: Stage,
): Promise<Pick<TradingDay, 'asked' | 'provocations'>> => {
  const { people, place, say } = stage
  say('rita closes the day …')
  await cancelUntilSettled(people.otto)
  await payOut(stage)
  const [asked, provocations]: [Asked[], Provocation[]] = [[], []]
  for (const [check, limits] of closing) {
    asked.push(await changeLimits(people.rita, 'tightens', limits, 'the day is over'))
    const order = await place(spotDesk, { ...largeOrder(stage), quantity: '0.001' })
    provocations.push({ check, order })
  }
  return { asked, provocations }
}

/** Coins, and contracts that are held against them, are left for the report. */
const keptStrategies = ['rebalancer', 'hedger', 'carry']
export const comeToRest = async (stage: Stage): Promise<readonly Order[]> => {
  const { people, say } = stage
  say('What is held is closed …')
  await closePositions(people.audrey, stage, keptStrategies)
  return cancelUntilSettled(people.otto)
}
