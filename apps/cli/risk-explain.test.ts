import { afterEach, expect, test } from 'vitest'
import { cleanUp, problem, serving } from './testing/serving.ts'

afterEach(cleanUp)

const check = {
  code: 'grossExposure',
  outcome: 'passed',
  stopped: false,
  observed: '400000',
  limit: '500000',
  headroom: '100000',
  unit: 'USDT',
  scope: 'book',
  override: null,
  message: 'The gross exposure, at worst, is 400000 USDT, at most 500000.',
}
const decision = {
  outcome: 'approved',
  reducing: false,
  reason: null,
  at: '2026-11-20T12:00:00.1Z',
  expiresAt: '2026-11-20T12:00:05.1Z',
  mark: { symbol: 'BTC/USDT', price: '65000', at: '2026-11-20T12:00:00Z', against: null },
  session: null,
  rules: 4,
  basis: { count: 41, eventId: 'e41' },
  logPosition: '57',
  checks: [{ ...check, code: 'bookOpen', headroom: null, limit: 'open', observed: 'open' }, check],
}
const order = {
  id: 'o1',
  status: 'filled',
  createdAt: '2026-11-20T12:00:00Z',
  side: 'buy',
  quantity: '0.01',
  symbol: 'BTC/USDT',
  type: 'limit',
  timeInForce: 'gtc',
  limitPrice: '64000',
  stopPrice: null,
  postOnly: true,
  account: 'main',
  strategy: 'manual',
  venue: 'paper',
  reason: null,
  decision,
  timeline: [],
}

test('tells what was asked, what became of it, by what, and how near the nearest limit was', async () => {
  const ledger = await serving(() => [200, order])
  const { code, out } = await ledger.run('risk explain o1')
  expect(code).toBe(0)
  expect(ledger.asked).toMatchObject([{ method: 'GET', url: '/v1/orders/o1' }])
  expect(out).toContain(
    'Order o1 asked on 2026-11-20T12:00:00Z to buy 0.01 BTC/USDT (limit gtc, limit price 64000, postOnly), account main, strategy manual, venue paper.',
  )
  expect(out).toContain('It was approved on 2026-11-20T12:00:00.1Z, and might be sent until')
  expect(out).toContain(
    'Decided by rules 4, at a mark of 65000 heard on 2026-11-20T12:00:00Z, upon 41 events of the log, the last of them e41. It stands at log position 57.',
  )
  expect(out.indexOf('grossExposure')).toBeLessThan(out.indexOf('bookOpen'))
  expect(out).toContain(
    'The nearest limit is that of grossExposure: 100000 of 500000 USDT are left.',
  )
})
test('of a denial says what has to be done', async () => {
  const denied = {
    ...decision,
    outcome: 'denied',
    reason: { code: 'grossExposure', message: 'It is too much: order less.' },
    checks: [
      check,
      {
        ...check,
        code: 'openOrders',
        outcome: 'failed',
        stopped: true,
        override: { strategy: 'scalper' },
        message: 'The number of open orders is 3, more than the 2 allowed: cancel one first.',
      },
      {
        ...check,
        code: 'markFresh',
        outcome: 'notEvaluated',
        stopped: true,
        message: 'Not evaluated: there is no mark.',
      },
    ],
  }
  const ledger = await serving(() => [200, { ...order, decision: denied }])
  const { code, out } = await ledger.run('risk explain o1')
  expect(code).toBe(0)
  expect(out).toContain('It was denied on 2026-11-20T12:00:00.1Z. It is too much: order less.')
  expect(out).toMatch(/openOrders +failed, stops it .* book \(strategy scalper\)/)
  expect(out).toContain(
    'To get such an order through: cancel one first (openOrders); there is no mark (markFresh).',
  )
})
test('of what only reduces says that what failed did not stop it', async () => {
  const failed = { ...check, outcome: 'failed', headroom: '-1' }
  const reducing = { ...decision, reducing: true, checks: [failed] }
  const ledger = await serving(() => [200, { ...order, decision: reducing }])
  const { out } = await ledger.run('risk explain o1')
  expect(out).toContain('It was approved as one that only reduces on')
  expect(out).toContain('An order that increases would have been denied (grossExposure).')
})
test('for programs is the whole decision, the tightest check first', async () => {
  const ledger = await serving(() => [200, order])
  const told = JSON.parse((await ledger.run('risk explain o1 -o json')).out) as {
    readonly decision: { readonly checks: readonly { readonly code: string }[] }
  }
  expect(told).toMatchObject({ order: { id: 'o1' }, decision: { rules: 4 } })
  expect(told.decision.checks.map(({ code }) => code)).toStrictEqual(['grossExposure', 'bookOpen'])
  expect((await ledger.run('risk explain o1 -o csv')).out).toMatch(
    /^check,outcome,observed,limit,headroom,unit,scope,message\r\ngrossExposure,passed,400000,500000,100000,USDT,book,/,
  )
})
test('an order that is not decided yet, or never was, is said to be so', async () => {
  const waiting = { ...order, status: 'pendingRisk', decision: null }
  const told = await (await serving(() => [200, waiting])).run('risk explain o1')
  expect([told.code, told.out]).toStrictEqual([1, ''])
  expect(told.err).toContain('Order o1 has not been decided yet')
  const reason = { code: 'undecided', message: 'Nobody decided it.' }
  const gone = await serving(() => [200, { ...waiting, status: 'lapsed', reason }])
  expect((await gone.run('risk explain o1')).err).toContain(
    'Order o1 was never decided: it lapsed. Nobody decided it.',
  )
})
test('an order that nobody placed is not there', async () => {
  const ledger = await serving(() => [404, problem('notFound', 'There is no order x.')])
  expect(await ledger.run('risk explain x')).toMatchObject({
    code: 1,
    err: 'There is no order x. (notFound)\n',
  })
})
