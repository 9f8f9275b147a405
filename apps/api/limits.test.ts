/** What a person asks of the limits, and what he is told of it. */
import { describe, expect, test } from 'vitest'
import type { Ledger } from '#apps/api/testing/ledger'
import { ledgerWith } from '#apps/api/testing/with-ledger'

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
