/** What a venue pays on contracts: recorded once, shared out by who held what when it was paid. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { VenueFunding, VenueInstrument } from '#domain/kernel/venue'
import { bitcoin } from '#apps/gateway/testing/script'
import { named, quantity, Stage } from '#apps/gateway/testing/stage'
import { amount, instrument, price } from '#domain/testing/orders'
import { accountStream } from '#schemas/streams'
import type { Ratio, SignedQuantity } from '#schemas/values/decimal'
import type {
  AccountId,
  Currency,
  FundingId,
  Line,
  MarketSymbol,
  StrategyId,
} from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

const main = 'main' as AccountId
const symbol = 'BTC/USDT:USDT' as MarketSymbol
const linear: VenueInstrument = { ...bitcoin, symbol, terms: { ...instrument, kind: 'linear' } }
const whole = 10n ** 18n

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  stage.venue.instruments = [bitcoin, linear]
  await stage.furnish()
  stage.venue.script = () => ({ effect: 'fill', answer: 'answer' })
})
afterEach(() => {
  stage.noDefects()
})

const trade = async (strategy: string, size: string, change: Partial<Terms> = {}) => {
  const order = await stage.place({
    symbol,
    strategy: strategy as StrategyId,
    quantity: quantity(size),
    ...change,
  })
  await stage.world.settle()
  // So that nothing happens at the same instant.
  await stage.world.pass(1)
  return order
}
type Paid = Parameters<typeof stage.venue.pay>[0]
const payment = (held: number, change: Partial<VenueFunding> = {}): Paid => ({
  fundingId: '2026-01-05T16:00:00Z' as FundingId,
  account: main,
  symbol,
  quantity: (BigInt(held) * whole) as SignedQuantity,
  markPrice: price('60000'),
  rate: (10n ** 14n) as Ratio,
  currency: 'USDT' as Currency,
  amount: amount(String(-6 * held)),
  ...change,
})
const payments = async () =>
  (await stage.all('FundingPaid')).map(({ shares }) =>
    shares.map((share) => `${share.strategy} ${String(share.amount / 10n ** 36n)}`).join(', '),
  )

describe('a payment is recorded', () => {
  test('once, however often it is told, with a share for everybody who held then', async () => {
    await stage.running()
    await trade('alpha', '3')
    await trade('beta', '1', { side: 'sell' })
    stage.venue.echoes = () => 2
    stage.venue.pay(payment(2))
    await stage.world.run(5_000)
    expect(await payments()).toStrictEqual(['alpha -18, beta 6'])
    const [paid] = await stage.all('FundingPaid')
    expect(paid).toMatchObject({
      ...payment(2),
      account: 'main',
      book: 'main',
      venue: 'paper',
      payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
  })
  test('as it was then, though it was found after later trades', async () => {
    const first = await stage.running('g1')
    await trade('alpha', '2')
    stage.venue.pay(payment(2), false)
    await stage.world.pass(1)
    await trade('beta', '5')
    stage.crash(first)
    await stage.running('g2')
    await stage.world.run(1_000)
    expect(await payments()).toStrictEqual(['alpha -12'])
  })
  test('once, though two gateways hear of it and one dies over it', async () => {
    const first = await stage.running('g1')
    await stage.running('g2')
    await trade('alpha', '2')
    stage.venue.pay(payment(2))
    stage.storeFault = (stream, owner) =>
      stream === accountStream(main) && owner.name === 'g1' ? 'lostAck' : undefined
    await stage.world.run(100)
    stage.crash(first)
    await stage.running('g3')
    await stage.world.run(5_000)
    expect(await payments()).toStrictEqual(['alpha -12'])
  })
  test('beside the money that people move on the same stream', async () => {
    await stage.running()
    await trade('alpha', '2')
    const deposit = () =>
      stage.write(accountStream(main), {
        type: 'FundsDeposited',
        account: main,
        book: 'main' as never,
        currency: 'USDT' as Currency,
        amount: amount('1'),
        reason: 'more' as Line,
      })
    await deposit()
    stage.venue.pay(payment(2))
    await deposit()
    await stage.world.run(1_000)
    await deposit()
    stage.venue.pay(payment(2, { fundingId: '2026-01-06T00:00:00Z' as FundingId }))
    await stage.world.run(1_000)
    expect(await payments()).toStrictEqual(['alpha -12', 'alpha -12'])
  })
  test('when the fills that explain it are found by asking', async () => {
    await stage.running()
    stage.venue.echoes = ({ type }) => (type === 'trade' ? 0 : 1)
    const order = await trade('alpha', '2')
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
    stage.venue.pay(payment(2))
    await stage.world.run(3_000)
    expect(stage.venue.orderOf(named(order))?.status).toBe('filled')
    expect(await payments()).toStrictEqual(['alpha -12'])
  })
  test('for the rest as unassigned, where the venue has been asked and nothing explains it', async () => {
    await stage.running()
    await trade('alpha', '2')
    stage.venue.pay(payment(3))
    await stage.world.run(500)
    expect(await payments()).toStrictEqual([])
    await stage.world.run(3_000)
    expect(await payments()).toStrictEqual(['alpha -12, unassigned -6'])
  })
  test('also where nothing is open and nobody told of it', async () => {
    await stage.running()
    await trade('alpha', '2')
    await stage.world.run(320_000)
    stage.venue.pay(payment(2), false)
    await stage.world.run(320_000)
    expect(await payments()).toStrictEqual(['alpha -12'])
  })
  test('within half a minute, though nobody told of it', async () => {
    await stage.running()
    await trade('alpha', '2')
    await stage.world.run(1_000)
    stage.venue.pay(payment(2), false)
    await stage.world.run(31_000)
    expect(await payments()).toStrictEqual(['alpha -12'])
  })
  test('of a stranger too, who traded past the ledger', async () => {
    await stage.running()
    stage.venue.strangerTrades('2', 'buy', symbol)
    await stage.world.settle()
    await stage.world.pass(1)
    stage.venue.pay(payment(2))
    await stage.world.run(1_000)
    expect(await payments()).toStrictEqual(['unassigned -12'])
  })
})

test('an account that is opened while the gateway runs is reconciled, sent for and paid', async () => {
  const node = await stage.running()
  const second = 'second' as AccountId
  await stage.openAccount(second)
  expect((await stage.all('ReconciliationCompleted')).map(({ account }) => account)).toStrictEqual([
    'main',
  ])
  await stage.world.settle()
  expect(node.gateway.standing()).toStrictEqual({ state: 'ready' })
  expect((await stage.all('ReconciliationCompleted')).map(({ account }) => account)).toStrictEqual([
    'main',
    'second',
  ])
  await trade('alpha', '2', { account: second })
  await trade('alpha', '1')
  stage.venue.pay(payment(2, { account: second }))
  await stage.world.run(1_000)
  expect(await stage.all('FundingPaid')).toMatchObject([
    { account: 'second', shares: [{ strategy: 'alpha', amount: amount('-12') }] },
  ])
})
test('what an account is paid that is not in the log is nothing to it', async () => {
  await stage.running()
  stage.venue.pay(payment(2, { account: 'nobody' as AccountId }))
  await stage.world.run(1_000)
  expect(await payments()).toStrictEqual([])
})
