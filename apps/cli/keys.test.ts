import { afterEach, describe, expect, test } from 'vitest'
import { cleanUp, serving } from './testing/serving.ts'

afterEach(cleanUp)

const issued = { id: 'k3j9x0aa', person: 'ada', roles: ['trader'], logPosition: '9' }

describe('issuing a key', () => {
  test('sends person and roles, and says that the key is shown this once', async () => {
    const ledger = await serving(() => [201, { ...issued, key: 'dbk_k3j9x0aa_…' }])
    const words = 'keys issue --person ada --roles trader,auditor --idempotency-key k1'
    const { code, out, err } = await ledger.run(words)
    expect(code).toBe(0)
    expect(ledger.asked).toMatchObject([
      {
        method: 'POST',
        url: '/v1/keys',
        headers: { 'idempotency-key': 'k1' },
        body: { person: 'ada', roles: ['trader', 'auditor'] },
      },
    ])
    expect(out).toMatch(/^key +dbk_k3j9x0aa_…$/m)
    expect(err).toContain('cannot be shown again')
  })
  test('done before, it says why there is no key', async () => {
    const ledger = await serving(() => [201, issued])
    const { out, err } = await ledger.run('keys issue --person ada --idempotency-key k1')
    expect(ledger.asked[0]?.body).toStrictEqual({ person: 'ada', roles: [] })
    expect(out).not.toMatch(/^key /m)
    expect(err).toContain('done before')
  })
  test('needs a person', async () => {
    const ledger = await serving(() => [201, issued])
    const { code, err } = await ledger.run('keys issue --roles trader')
    expect({ code, asked: ledger.asked }).toStrictEqual({ code: 2, asked: [] })
    expect(err).toContain('--person')
  })
  test('with --dry-run is shown and not sent', async () => {
    const ledger = await serving(() => [201, issued])
    const { out, err } = await ledger.run('keys issue --person ada --dry-run --idempotency-key k1')
    expect(ledger.asked).toStrictEqual([])
    expect(out).toContain('POST /v1/keys\nIdempotency-Key: k1')
    expect(err).toContain('Nothing was sent')
  })
})

test('revoking names the key in the path, and why in the query', async () => {
  const ledger = await serving(() => [200, issued])
  const { code } = await ledger.run('keys revoke k3j9x0aa --reason lost')
  expect(code).toBe(0)
  expect(ledger.asked).toMatchObject([{ method: 'DELETE', url: '/v1/keys/k3j9x0aa?reason=lost' }])
  expect(ledger.asked[0]?.headers).not.toHaveProperty('idempotency-key')
})

describe('money', () => {
  test.each([
    ['deposit', 'deposits'],
    ['withdraw', 'withdrawals'],
  ])('to %s is a POST to the account', async (verb, route) => {
    const ledger = await serving(() => [201, { id: 'main' }])
    const { code } = await ledger.run(`accounts ${verb} main --currency USDT --amount 12.50`)
    expect(code).toBe(0)
    expect(ledger.asked).toMatchObject([
      {
        method: 'POST',
        url: `/v1/accounts/main/${route}`,
        body: { currency: 'USDT', amount: '12.50' },
      },
    ])
  })
  test('an account is opened in the book main, unless another is named', async () => {
    const ledger = await serving(() => [201, { id: 'second' }])
    await ledger.run('accounts open second --leverage 2')
    expect(ledger.asked).toMatchObject([
      { body: { id: 'second', book: 'main', currency: 'USDT', leverage: '2' } },
    ])
  })
})
