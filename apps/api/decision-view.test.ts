import { expect, test } from 'vitest'
import { decisionView, namesIn } from '#apps/api/decision-view'
import { directoryFold } from '#apps/api/directory'
import { approved, denied, listed } from '#apps/api/testing/words'
import { bookOpened } from '#domain/risk/testing/words'
import { testLog } from '#domain/risk/testing/log'
import type { OrderApproved } from '#schemas/events/risk'
import type { Code, OrderId, StrategyId } from '#schemas/values/ids'
import { instant } from '#domain/testing/fixed'
import { price } from '#domain/testing/paper'

const order = '00000000-0000-8000-8000-000000000000' as OrderId
const where = { id: 'd', logPosition: 9n }
const directory = directoryFold()
const log = testLog()
for (const event of [bookOpened(), listed()]) directory.apply(log.append(event))
const names = namesIn(directory)
const view = (event: Parameters<typeof decisionView>[0]) => decisionView(event, where, names)

const lines = (...checks: readonly (readonly [string, string, string])[]) =>
  checks.map(([code, observed, limit]): OrderApproved['checks'][number] => [
    code as Code,
    observed,
    limit,
  ])
const approvalWith = (...checks: readonly (readonly [string, string, string])[]) => ({
  ...approved(order),
  checks: lines(...checks),
})

test('an approval of what may increase a position passed every check, and says how much room was left', () => {
  const { checks, reason } = view(
    approvalWith(
      ['bookOpen', 'open', 'open'],
      ['orderNotional', '650.06', '50000'],
      ['quantityMin', '0.01', '0.00001'],
      ['buyingPower', '650.45', '1000000'],
      ['positionQuantity', '0.01', ''],
    ),
  )
  expect(reason).toBeNull()
  expect(
    checks.map(({ outcome, headroom, unit, scope }) => [outcome, headroom, unit, scope]),
  ).toStrictEqual([
    ['passed', null, 'state', 'book'],
    ['passed', '49349.94', 'USDT', 'order'],
    ['passed', '0.00999', 'quantity', 'instrument'],
    ['passed', '999349.55', 'USDT', 'account'],
    ['passed', null, 'quantity', 'symbol'],
  ])
  expect(checks.map(({ message }) => message)).toStrictEqual([
    'The book is open.',
    "The order's notional, at worst, is 650.06 USDT, at most 50000.",
    'The quantity of the order is 0.01, at least 0.00001.',
    'What is needed for this and all else that is open is 650.45 USDT, at most 1000000.',
    'The position with this and all open orders, at worst, is not limited.',
  ])
})
test('an approval of what only reduces says what failed and did not stop it', () => {
  const { checks } = view({
    ...approvalWith(
      ['orderNotional', '60000', '50000'],
      ['grossExposure', '', '500000'],
      ['netExposure', '10', '500000'],
    ),
    reducing: true,
  })
  expect(
    checks.map(({ outcome, stopped, headroom }) => [outcome, stopped, headroom]),
  ).toStrictEqual([
    ['failed', false, '-10000'],
    ['notEvaluated', false, null],
    ['passed', false, '499990'],
  ])
  expect(checks[0]?.message).toBe(
    "The order's notional, at worst, is 60000 USDT, more than the 50000 allowed. It did not stop the order, which only reduces.",
  )
})
test('limits of a part of the book are shown with that part, in approvals and denials', () => {
  const part = { strategy: 'scalper' as StrategyId }
  const { checks } = view({
    ...approvalWith(['orderNotional', '10', '50000']),
    overrides: [['orderNotional' as Code, '10', '100', part]],
  })
  expect(checks.map(({ limit, headroom, override }) => [limit, headroom, override])).toStrictEqual([
    ['50000', '49990', null],
    ['100', '90', part],
  ])
  expect(checks[1]?.message).toBe(
    "For strategy scalper, the order's notional, at worst, is 10 USDT, at most 100.",
  )
  const denial = denied(order)
  const [check] = denial.checks
  if (check === undefined) throw new Error('a denial has checks')
  expect(view({ ...denial, checks: [{ ...check, scope: part }] }).checks).toMatchObject([
    { override: part, stopped: true },
  ])
})
test('a denial says every check in full words, and which of them stopped it', () => {
  expect(view(denied(order))).toMatchObject({
    outcome: 'denied',
    expiresAt: null,
    reason: { code: 'orderNotional' },
    checks: [
      {
        outcome: 'failed',
        stopped: true,
        observed: '60000',
        limit: '50000',
        headroom: '-10000',
        unit: 'USDT',
        scope: 'order',
        override: null,
      },
    ],
  })
})
test('session and the price before a jump are shown', () => {
  const [opensAt, closesAt, at] = ['08:00', '16:00', '09:00'].map((time) =>
    instant(`2026-01-05T${time}:00Z`),
  )
  if (opensAt === undefined || closesAt === undefined || at === undefined) throw new Error('three')
  const mark = { symbol: approved(order).terms.symbol, price: price('2'), at, against: price('1') }
  expect(view({ ...approved(order), session: { opensAt, closesAt }, mark })).toMatchObject({
    session: { opensAt: '2026-01-05T08:00:00Z', closesAt: '2026-01-05T16:00:00Z' },
    mark: { price: '2', against: '1' },
  })
  expect(view(approved(order))).toMatchObject({ session: null })
})
test('of a check that this ledger does not know it says no more than the figures', () => {
  const { checks } = view(approvalWith(['starSign', '7', '8']))
  expect(checks).toMatchObject([
    { observed: '7', limit: '8', headroom: null, unit: null, message: null },
  ])
})
