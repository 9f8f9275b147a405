import { afterEach, expect, test } from 'vitest'
import { cleanUp, key, serving } from './testing/serving.ts'

afterEach(cleanUp)

const place = 'orders place --symbol BTC/USDT --side buy --type market --quantity 0.01'
const check = {
  code: 'netExposure',
  outcome: 'passed',
  stopped: false,
  observed: '1',
  limit: '100',
  headroom: '99',
  unit: 'USDT',
  scope: 'book',
  override: null,
  message: 'It is within.',
}

test('with --dry-run asks what would be decided, and needs no key', async () => {
  const told = {
    dryRun: true,
    outcome: 'denied',
    reducing: false,
    reason: { code: 'orderNotional', message: 'It is too much: order less.' },
    checks: [
      { ...check, code: 'netExposure', headroom: '99', limit: '100' },
      { ...check, code: 'grossExposure', headroom: '1', limit: '100' },
      {
        ...check,
        code: 'orderNotional',
        outcome: 'failed',
        stopped: true,
        headroom: '-1',
        message: 'It is too much: order less.',
      },
    ],
  }
  const ledger = await serving(() => [200, told])
  const { code, out, err } = await ledger.run(`${place} --dry-run -o csv`)
  expect(code).toBe(1)
  expect(ledger.asked).toStrictEqual([
    {
      method: 'POST',
      url: '/v1/orders?dryRun=true',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '0.01' },
    },
  ])
  // What stops it, and then what is nearest to its limit.
  expect(out.split('\r\n').map((line) => line.split(',')[0])).toStrictEqual([
    'check',
    'orderNotional',
    'grossExposure',
    'netExposure',
    '',
  ])
  expect(err).toContain('The order would be denied: It is too much: order less.')
  expect(err).toContain(
    'To get such an order through: order less (orderNotional). Nothing was recorded',
  )
  const approved = await serving(() => [
    200,
    { ...told, outcome: 'approved', reason: null, checks: [] },
  ])
  expect((await approved.run(`${place} --dry-run`)).code).toBe(0)
})
