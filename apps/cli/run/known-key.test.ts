import { afterEach, expect, test } from 'vitest'
import { cleanUp, key, problem, serving } from '#apps/cli/testing/serving'
import { unknownKeyWords } from './known-key.ts'

afterEach(cleanUp)

test('a key that the log does not know is named with what to do, and never shown', async () => {
  const ledger = await serving(() => [401, problem('unauthenticated', 'Not known.')])
  const words = await unknownKeyWords(ledger.address, key, '/data/key')
  expect(words).toMatch(/knows other keys than the one in \/data\/key.*Put a key of that ledger/s)
  expect(words).not.toContain(key)
  expect(ledger.asked[0]).toMatchObject({
    url: '/v1/status',
    headers: { authorization: `Bearer ${key}` },
  })
})
test('of one that it knows nothing is said, nor where the ledger is too busy to tell', async () => {
  const known = await serving(() => [200, { apps: [] }])
  expect(await unknownKeyWords(known.address, key, '/data/key')).toBeUndefined()
  const gone = await serving(() => 'break')
  expect(await unknownKeyWords(gone.address, key, '/data/key')).toBeUndefined()
})
