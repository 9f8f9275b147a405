import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Ledger, Sent } from '#apps/api/testing/ledger'
import { keyNamed } from '#apps/api/testing/ledger'
import { ledgerWith, limitBuy, marketBuy } from '#apps/api/testing/with-ledger'
import { Problem } from '#schemas/api/problem'

/** Whatever is wrong: a clear answer, no event, and the next request is served. */
const refused = async (
  ledger: Ledger,
  send: () => ReturnType<Ledger['send']>,
): Promise<Problem> => {
  const before = (await ledger.events()).length
  const told = await send()
  expect((await ledger.events()).length).toBe(before)
  expect(told.headers['content-type']).toBe('application/problem+json')
  const problem = Problem.decode(told.body)
  if (E.isLeft(problem)) throw new Error(told.text)
  expect(problem.right.status).toBe(told.status)
  expect(problem.right.requestId).toBe(told.headers['request-id'])
  expect((await ledger.send('/v1/orders')).status).toBe(200)
  return problem.right
}

const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(limitBuy).filter(([name]) => !names.includes(name)))

describe('an order that is wrong is refused with all that is wrong', () => {
  test.each<readonly [string, unknown, number, string, readonly string[]]>([
    ['not JSON', '{"symbol":', 400, 'malformed', []],
    ['empty', '', 400, 'malformed', []],
    ['a list', [], 400, 'malformed', ['']],
    ['a text', '"buy"', 400, 'malformed', ['']],
    ['null', 'null', 400, 'malformed', ['']],
    ['a repeated key', '{"side":"buy","side":"sell"}', 400, 'malformed', []],
    ['deep', '['.repeat(30_000) + ']'.repeat(30_000), 400, 'malformed', []],
    ['a number for a quantity', { ...limitBuy, quantity: 1.5 }, 400, 'malformed', ['/quantity']],
    ['a word for a quantity', { ...limitBuy, quantity: 'abc' }, 400, 'malformed', ['/quantity']],
    ['an exponent', { ...limitBuy, quantity: '1e5' }, 400, 'malformed', ['/quantity']],
    ['NaN', { ...limitBuy, limitPrice: 'NaN' }, 400, 'malformed', ['/limitPrice']],
    ['Infinity', { ...limitBuy, limitPrice: 'Infinity' }, 400, 'malformed', ['/limitPrice']],
    ['a blank', { ...limitBuy, quantity: ' 1' }, 400, 'malformed', ['/quantity']],
    ['null for a field', { ...limitBuy, limitPrice: null }, 400, 'malformed', ['/limitPrice']],
    ['a list for a field', { ...limitBuy, symbol: ['BTC'] }, 400, 'malformed', ['/symbol']],
    ['a text for a flag', { ...limitBuy, postOnly: 'no' }, 400, 'malformed', ['/postOnly']],
    ['zero', { ...limitBuy, quantity: '0' }, 422, 'invalid', ['/quantity']],
    ['zero with digits', { ...limitBuy, quantity: '0.000' }, 422, 'invalid', ['/quantity']],
    ['negative', { ...limitBuy, quantity: '-1' }, 422, 'invalid', ['/quantity']],
    ['a price of zero', { ...limitBuy, limitPrice: '0' }, 422, 'invalid', ['/limitPrice']],
    ['a price below zero', { ...limitBuy, limitPrice: '-5' }, 422, 'invalid', ['/limitPrice']],
    ['40 digits', { ...limitBuy, quantity: '1'.repeat(40) }, 422, 'invalid', ['/quantity']],
    ['40 places', { ...limitBuy, quantity: `0.${'1'.repeat(40)}` }, 422, 'invalid', ['/quantity']],
    [
      '60 KiB of digits',
      { ...limitBuy, quantity: '1'.repeat(60_000) },
      422,
      'invalid',
      ['/quantity'],
    ],
    ['an unknown side', { ...limitBuy, side: 'long' }, 422, 'invalid', ['/side']],
    ['no side', without('side'), 422, 'invalid', ['/side']],
    ['nothing', {}, 422, 'invalid', ['/symbol', '/side', '/type', '/quantity']],
    ['a limit order without its price', without('limitPrice'), 422, 'invalid', ['/limitPrice']],
    ['a market order with one', { ...marketBuy, limitPrice: '1' }, 422, 'invalid', ['/limitPrice']],
    [
      'a market order that rests',
      { ...marketBuy, timeInForce: 'gtc' },
      422,
      'invalid',
      ['/timeInForce'],
    ],
    ['an unknown field', { ...limitBuy, colour: 'red' }, 422, 'unknownField', ['/colour']],
    ['a misspelt field', { ...limitBuy, limitprice: '1' }, 422, 'unknownField', ['/limitprice']],
    [
      'a prototype',
      '{"__proto__":{"side":"buy"}}',
      422,
      'invalid',
      ['/symbol', '/side', '/type', '/quantity', '/__proto__'],
    ],
    ['protection', { ...limitBuy, protection: {} }, 422, 'notSupported', ['/protection']],
    ['an unknown symbol', { ...limitBuy, symbol: 'DOGE/USDT' }, 422, 'unknownSymbol', ['/symbol']],
    ['an unknown account', { ...limitBuy, account: 'nobody' }, 422, 'unknownAccount', ['/account']],
    ['an unknown venue', { ...limitBuy, venue: 'nasdaq' }, 422, 'unknownVenue', ['/venue']],
    ['a name that is none', { ...limitBuy, account: '../main' }, 422, 'invalid', ['/account']],
    ['two lines of a tag', { ...limitBuy, clientTag: 'a\nb' }, 422, 'invalid', ['/clientTag']],
    [
      'half a character',
      `{"symbol":"BTC/USDT","side":"buy","type":"market","quantity":"1","clientTag":"\\ud800"}`,
      422,
      'invalid',
      ['/clientTag'],
    ],
    [
      'two mistakes',
      { ...limitBuy, limitPrice: undefined, account: 'nobody' },
      422,
      'invalid',
      ['/limitPrice', '/account'],
    ],
    [
      'a wrong kind beside a wrong value',
      { ...limitBuy, side: 'long', quantity: 1 },
      400,
      'malformed',
      ['/side', '/quantity'],
    ],
  ])('%s', async (_, body, status, code, pointers) => {
    const ledger = await ledgerWith()
    const problem = await refused(ledger, () => ledger.place(body, 'k1'))
    expect(problem).toMatchObject({ status, code })
    expect((problem.errors ?? []).map(({ pointer }) => pointer).toSorted()).toStrictEqual(
      [...pointers].toSorted(),
    )
  })
  test('a key that was refused may be used for the right request', async () => {
    const ledger = await ledgerWith()
    await refused(ledger, () => ledger.place({ ...limitBuy, quantity: '0' }, 'k1'))
    expect((await ledger.place(limitBuy, 'k1')).status).toBe(201)
  })
  test('what was recorded stands, though the same would be refused now', async () => {
    const ledger = await ledgerWith()
    const first = await ledger.place(limitBuy, 'k1')
    // Another process over the same log that knows of no instrument yet.
    const other = await ledgerWith({ log: ledger.log })
    Object.assign(other.knowledge.directory, { instruments: () => [] })
    expect((await other.place(limitBuy, 'k2')).body).toMatchObject({ code: 'notReady' })
    expect((await other.place(limitBuy, 'k1')).body).toStrictEqual(first.body)
  })
  test('the sentence says what is there', async () => {
    const ledger = await ledgerWith()
    const problem = await refused(ledger, () =>
      ledger.place({ ...limitBuy, symbol: 'BTC/USDC' }, 'k1'),
    )
    expect(problem.errors).toStrictEqual([
      { pointer: '/symbol', detail: 'symbol BTC/USDC is not known; known: BTC/USDT.' },
    ])
  })
})

describe('a request without what it needs is refused', () => {
  const post = (sent: Sent): Sent => ({ method: 'POST', body: limitBuy, ...sent })
  test.each<readonly [string, Sent, number, string]>([
    ['no Idempotency-Key', post({}), 400, 'missingIdempotencyKey'],
    ['an empty one', post({ headers: { 'idempotency-key': '' } }), 400, 'missingIdempotencyKey'],
    ['one of 256', post({ headers: { 'idempotency-key': 'k'.repeat(256) } }), 400, 'malformed'],
    [
      'one that is not ASCII',
      post({ headers: { 'idempotency-key': 'schlüssel' } }),
      400,
      'malformed',
    ],
    [
      '65 KiB',
      post({ body: `"${'x'.repeat(65_536)}"`, headers: { 'idempotency-key': 'k' } }),
      413,
      'payloadTooLarge',
    ],
    [
      'plain text',
      post({ headers: { 'idempotency-key': 'k', 'content-type': 'text/plain' } }),
      415,
      'unsupportedMediaType',
    ],
    ['a method that is not there', { method: 'PUT', body: limitBuy }, 405, 'methodNotAllowed'],
  ])('%s', async (_, sent, status, code) => {
    const ledger = await ledgerWith()
    const problem = await refused(ledger, () => ledger.send('/v1/orders', sent))
    expect(problem).toMatchObject({ status, code })
  })
  test('255 characters of Idempotency-Key are allowed', async () => {
    const ledger = await ledgerWith()
    expect((await ledger.place(limitBuy, 'k'.repeat(255))).status).toBe(201)
  })
})

const routes: readonly (readonly ['GET' | 'POST' | 'DELETE', string])[] = [
  ['POST', '/v1/orders'],
  ['GET', '/v1/orders'],
  ['GET', '/v1/orders/00000000-0000-8000-8000-000000000000'],
  ['DELETE', '/v1/orders/00000000-0000-8000-8000-000000000000'],
  ['GET', '/v1/fills'],
  ['GET', '/v1/positions'],
  ['GET', '/v1/accounts'],
  ['GET', '/v1/instruments'],
  ['GET', '/v1/risk'],
  ['GET', '/v1/risk/decisions'],
  ['POST', '/v1/risk/kill-switch'],
  ['GET', '/v1/status'],
]
describe('without a key of this ledger nobody is answered', () => {
  const wrongKeys: readonly (readonly [string, string | undefined])[] = [
    ['no key', undefined],
    ['an empty key', ''],
    ['a key of another ledger', keyNamed('stranger')],
    ['the right name and a wrong secret', `${keyNamed('owner').slice(0, 13)}${'A'.repeat(43)}`],
    ['something else', 'hunter2'],
    ['a key that is too long', `${keyNamed('owner')}x`],
  ]
  test.each(
    wrongKeys.flatMap(([what, key]) => routes.map((route) => [what, ...route, key] as const)),
  )('%s: %s %s', async (_, method, path, key) => {
    const ledger = await ledgerWith()
    const problem = await refused(ledger, () =>
      ledger.send(path, { method, key, ...(method === 'POST' ? { body: limitBuy } : {}) }),
    )
    expect(problem).toMatchObject({ status: 401, code: 'unauthenticated' })
  })
  test('a scheme other than Bearer is no key', async () => {
    const ledger = await ledgerWith()
    const headers = { authorization: `Basic ${keyNamed('owner')}` }
    expect(await ledger.send('/v1/orders', { key: undefined, headers })).toMatchObject({
      status: 401,
    })
  })
  test('asking for the head alone needs a key too', async () => {
    const ledger = await ledgerWith()
    for (const key of [undefined, keyNamed('stranger')]) {
      expect((await ledger.send('/v1/orders', { method: 'HEAD', key })).status).toBe(401)
    }
    expect((await ledger.send('/v1/orders', { method: 'HEAD' })).status).toBe(200)
  })
  test('health is told to everybody', async () => {
    const ledger = await ledgerWith()
    for (const path of ['/healthz', '/metrics']) {
      expect((await ledger.send(path, { key: undefined })).status).toBe(200)
    }
    expect((await ledger.send('/readyz', { key: undefined })).text).toContain('"app":"api"')
  })
})

describe('a query that is wrong is refused', () => {
  test.each<readonly [string, number, string]>([
    ['/v1/orders?limit=0', 422, 'invalid'],
    ['/v1/orders?limit=1001', 422, 'invalid'],
    ['/v1/orders?limit=ten', 422, 'invalid'],
    ['/v1/orders?limit=1&limit=2', 422, 'invalid'],
    ['/v1/orders?status=open', 422, 'invalid'],
    ['/v1/orders?acount=main', 422, 'unknownField'],
    ['/v1/orders?__proto__=1', 422, 'unknownField'],
    ['/v1/orders?account=nobody', 422, 'unknownAccount'],
    ['/v1/orders?symbol=DOGE/USDT', 422, 'unknownSymbol'],
    ['/v1/orders?after=-1', 400, 'malformed'],
    ['/v1/orders?after=99999999999999999999', 400, 'malformed'],
    ['/v1/orders?startingAfter=a&endingBefore=b', 422, 'invalid'],
    ['/v1/fills?orderId=1', 422, 'invalid'],
    ['/v1/positions?state=half', 422, 'invalid'],
    ['/v1/instruments?venue=nasdaq', 422, 'unknownVenue'],
    ['/v1/risk?book=side', 404, 'notFound'],
    ['/v1/risk?book=Main', 422, 'invalid'],
    ['/v1/risk/decisions?book=side', 422, 'unknownBook'],
    ['/v1/accounts?limit=0', 422, 'invalid'],
    ['/v1/accounts?startingAfter=nobody', 422, 'invalid'],
    ['/v1/instruments?endingBefore=BTC/USDT', 422, 'invalid'],
    ['/v1/status?app=api', 422, 'unknownField'],
    ['/v1/orders/00000000-0000-8000-8000-000000000000?expand=fills', 422, 'unknownField'],
    ['/v1/orders?after=1000', 422, 'invalid'],
    ['/v1/instruments?after=1000', 422, 'invalid'],
  ])('%s', async (path, status, code) => {
    const ledger = await ledgerWith()
    const problem = await refused(ledger, () => ledger.send(path))
    expect(problem).toMatchObject({ status, code })
  })
})
