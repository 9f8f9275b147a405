/** What a person asks of the limits, and what he is told of it. */
import { describe, expect, test } from 'vitest'
import type { Ledger } from '#apps/api/testing/ledger'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import { main } from '#apps/api/testing/words'
import { quantity, ratio } from '#domain/risk/testing/words'
import { fixedClock, uuidOf } from '#domain/testing/fixed'
import { riskStream } from '#schemas/streams'
import type { ProposalId, StrategyId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const put = (ledger: Ledger, limits: object, name = 'a') =>
  ledger.post('/v1/risk/limits', { limits, reason: 'a test' }, name, { method: 'PUT' })
const errorsOf = async (limits: object): Promise<readonly unknown[]> => {
  const told = await put(await ledgerWith(), limits)
  expect(told.status).toBe(422)
  return told.body['errors'] as readonly unknown[]
}

describe('limits are refused', () => {
  test('by a name that would be lost on the way', async () => {
    expect(await errorsOf({ maxPosition: { ['__proto__']: '1' } })).toMatchObject([
      { pointer: '/limits/maxPosition/__proto__' },
    ])
  })
  test.each(['', '  ', ' x', '\u00a0'])('for the reason %j', async (reason) => {
    const sent = { limits: { maxOpenOrders: 1 }, reason }
    const told = await (await ledgerWith()).post('/v1/risk/limits', sent, 'a', { method: 'PUT' })
    expect([told.status, told.body['errors']]).toMatchObject([422, [{ pointer: '/reason' }]])
  })
  test.each([
    [{ maxDrawdown: '5' }, '/limits/maxDrawdown'],
    [{ maxConcentration: '1.000000000000000001' }, '/limits/maxConcentration'],
    [{ priceCollar: '7' }, '/limits/priceCollar'],
    [{ maxMarkJump: '7' }, '/limits/maxMarkJump'],
    [{ overrides: [{ account: 'main', priceCollar: '7' }] }, '/limits/overrides/0/priceCollar'],
  ])('where a part is more than the whole: %j', async (limits, pointer) => {
    const message = 'must be at most 1: it is a part, and 0.05 is 5 %'
    expect(await errorsOf(limits)).toStrictEqual([
      { pointer, detail: `${pointer.slice(1).replaceAll('/', '.')} ${message}.` },
    ])
  })
})
test('the whole is a part too, and of leverage there may be more than 1', async () => {
  const told = await put(await ledgerWith(), { maxConcentration: '1', maxLeverage: '7' })
  expect(told.status).toBe(202)
})

describe('a proposal says', () => {
  const windows = (from: string, to: string) => ({
    tradingWindows: { paper: [{ zone: 'UTC', days: ['mon', 'fri'] as const, from, to }] },
  })
  const at = fixedClock('2026-01-05T12:00:00Z').now()
  const bound = async (limits: Limits): Promise<Ledger> => {
    const ledger = await ledgerWith()
    const proposalId = uuidOf<ProposalId>(1)
    const ruling = { book: main, rules: 2, basis: { count: 1 }, at, clock: at, proposalId }
    await ledger.write('risk-guard', riskStream(main), { type: 'RiskLimitsSet', ...ruling, limits })
    await ledger.caughtUp()
    return ledger
  }
  const asked = async (ledger: Ledger, limits: object, name?: string) => {
    const { body, status } = await put(ledger, limits, name)
    expect(status).toBe(202)
    return body
  }
  test('what changes, name by name, and what is dropped', async () => {
    const maxPosition = { 'BTC/USDT': quantity('0.5'), 'ETH/USDT': quantity('3') }
    const ledger = await bound({ maxPosition, maxOpenOrders: 5 })
    const { changes, notes } = await asked(ledger, {
      maxPosition: { 'BTC/USDT': '0.4' },
      maxOpenOrders: 5,
    })
    expect(changes).toStrictEqual([
      { limit: 'maxPosition', of: 'BTC/USDT', from: '0.5', to: '0.4' },
      { limit: 'maxPosition', of: 'ETH/USDT', from: '3', to: null },
    ])
    expect(notes).toStrictEqual([
      'maxPosition takes the place of what is in force as a whole, and ETH/USDT (3) is not in it: name it too if it is to stay.',
    ])
  })
  test('the same of overrides, by their part of the book', async () => {
    const strategy = 'trend' as StrategyId
    const ledger = await bound({ overrides: [{ strategy, maxOpenOrders: 5 }] })
    const { changes } = await asked(ledger, {
      overrides: [{ account: 'main', maxPosition: { 'BTC/USDT': '2' }, maxOpenOrders: 1 }],
    })
    expect(changes).toStrictEqual([
      {
        limit: 'overrides',
        of: 'for account main',
        from: null,
        to: 'maxPosition of BTC/USDT 2, maxOpenOrders 1',
      },
      { limit: 'overrides', of: 'for strategy trend', from: 'maxOpenOrders 5', to: null },
    ])
  })
  test('that what tightens waits with it, and whose place it takes', async () => {
    const ledger = await bound({ maxOpenOrders: 5 })
    const first = await asked(ledger, { maxOrderNotional: '10', maxOpenOrders: 250 })
    expect(first['notes']).toStrictEqual([
      'maxOrderNotional waits with it, although it tightens: send it by itself to have it at once.',
    ])
    await ledger.caughtUp()
    const { notes } = await asked(ledger, { maxOpenOrders: 200 }, 'b')
    expect(notes).toStrictEqual([
      `It takes the place of proposal ${String(first['id'])}, which names maxOpenOrders too: propose maxOrderNotional again if still wanted.`,
    ])
  })
  test('that any change of windows waits, and how long they are open', async () => {
    const ledger = await bound(windows('09:00', '17:00'))
    const { notes, changes } = await asked(ledger, windows('10:00', '17:00'))
    expect(notes).toStrictEqual([
      'Any change of trading windows that bind waits, a narrower one too: other times may be times that were closed.',
    ])
    expect(changes).toStrictEqual([
      {
        limit: 'tradingWindows',
        of: 'paper',
        from: 'mon fri 09:00 to 17:00 UTC',
        to: 'mon fri 10:00 to 17:00 UTC',
      },
    ])
    const never = await asked(ledger, { tradingWindows: { paper: [] } }, 'b')
    expect(never['changes']).toMatchObject([{ to: 'never open' }])
    const whole = await asked(ledger, windows('09:00', '09:00'), 'c')
    expect(whole['changes']).toMatchObject([{ to: 'mon fri 09:00 to 09:00 (24 hours) UTC' }])
  })
  test('that a narrower price collar waits', async () => {
    const ledger = await bound({ maxOpenOrders: 5, priceCollar: ratio('0.05') })
    const { notes } = await asked(ledger, { priceCollar: '0.01' })
    expect(notes).toStrictEqual([
      'Any change of a price collar waits: a narrower one lets larger market orders through.',
    ])
  })
})
