import { expect, test } from 'vitest'
import { decisionView } from '#apps/api/decision-view'
import { approved, denied } from '#apps/api/testing/words'
import type { OrderId } from '#schemas/values/ids'

const order = '00000000-0000-8000-8000-000000000000' as OrderId
const where = { id: 'd', logPosition: 9n }

test('an approval of what may increase a position passed every check', () => {
  const { checks, reason } = decisionView(approved(order), where)
  expect(checks.map(({ outcome }) => outcome)).toStrictEqual(['passed', 'passed'])
  expect(reason).toBeNull()
})
test('an approval of what only reduces does not say which checks would have failed', () => {
  const { checks } = decisionView({ ...approved(order), reducing: true }, where)
  expect(checks.map(({ outcome }) => outcome)).toStrictEqual([null, null])
})
test('a denial says every check in full words', () => {
  expect(decisionView(denied(order), where)).toMatchObject({
    outcome: 'denied',
    expiresAt: null,
    reason: { code: 'orderNotional' },
    checks: [{ outcome: 'failed', observed: '60000', limit: '50000', unit: 'USDT' }],
  })
})
