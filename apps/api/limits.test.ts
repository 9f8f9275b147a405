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
      { pointer: '/limits/maxPosition/__proto__', code: 'unknownField' },
    ])
  })
})
