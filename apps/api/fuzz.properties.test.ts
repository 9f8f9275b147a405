/** Whatever is sent: an answer that says what is wrong, no 5xx, no event without an acknowledgement, no crash. */
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect } from 'vitest'
import { keyNamed, type Ledger, openLedger, type Sent } from '#apps/api/testing/ledger'
import { idOf, limitBuy, list } from '#apps/api/testing/with-ledger'
import { Problem } from '#schemas/api/problem'
import { fc, prop } from '#testing/prop'

let ledger: Ledger
let orderId: string
let traders: string
beforeAll(async () => {
  ledger = await openLedger()
  while (!ledger.knowledge.isComplete()) await new Promise((resolve) => setImmediate(resolve))
  await list(ledger, 'BTC/USDT')
  traders = await ledger.issueKey('tom', 'trader')
  orderId = idOf(await ledger.place(limitBuy, 'first'))
  await ledger.caughtUp()
})
afterAll(() => ledger.close())

const awkward = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '-0',
    '1e5',
    '9'.repeat(40),
    '0.1',
    'NaN',
    'null',
    'main',
    'BTC/USDT',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '../../etc/passwd',
    "' or 1=1 --",
  ),
)
/** A URL cannot hold half of a character. */
const whole = (text: string): string => text.replace(/\p{Surrogate}/gu, '?')
const word = fc.constantFrom(
  'symbol',
  'side',
  'type',
  'quantity',
  'limitPrice',
  'timeInForce',
  'account',
  'strategy',
  'venue',
  'clientTag',
  'postOnly',
  'protection',
  'action',
  'scope',
  'book',
  'mode',
  'reason',
  '__proto__',
  'constructor',
  'toString',
)
const someValue = fc.oneof(awkward, fc.jsonValue({ maxDepth: 3 }))
/** A right body with a few fields put otherwise: most of what is sent gets past the first check. */
const nearlyRight = fc
  .tuple(
    fc.constantFrom<Readonly<Record<string, unknown>>>(
      limitBuy,
      { symbol: 'BTC/USDT', side: 'sell', type: 'market', quantity: '1' },
      { action: 'engage', reason: 'fuzz', scope: { symbol: 'BTC/USDT' } },
    ),
    fc.array(fc.tuple(word, someValue), { maxLength: 3 }),
  )
  .map(([right, changes]) => JSON.stringify({ ...right, ...Object.fromEntries(changes) }))
const body = fc.oneof(
  { weight: 5, arbitrary: nearlyRight },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: awkward },
  { weight: 1, arbitrary: fc.nat(40_000).map((n) => '['.repeat(n)) },
)
const path = fc.oneof(
  fc.constantFrom('orders', 'fills', 'positions', 'accounts', 'instruments', 'status', 'risk'),
  fc.constantFrom('risk/decisions', 'risk/kill-switch', 'orders/:id', 'orders/', 'nothing'),
  awkward.map((text) => `orders/${encodeURIComponent(whole(text))}`),
)
const query = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom('limit', 'startingAfter', 'endingBefore', 'account', 'symbol', 'book'),
      fc.constantFrom('status', 'state', 'orderId', 'outcome', 'venue', '__proto__'),
      awkward,
    ),
    fc.oneof(awkward, fc.constantFrom('1', '1000', 'main', 'open', 'denied', 'BTC/USDT')),
  ),
  { maxLength: 3 },
)
/** A header may hold what Node lets one hold. */
const headerText = fc.string().map((text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, ''))
const wild = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD' as const),
  path,
  query,
  body: fc.option(body, { nil: undefined }),
  key: fc.constantFrom('owner', 'tom', 'nobody', 'none'),
  type: fc.constantFrom('application/json', 'application/json', 'text/plain', 'application/json;;'),
  idempotencyKey: fc.option(headerText, { nil: undefined }),
  prefer: fc.constantFrom(undefined, 'wait=0', 'wait=x', 'respond-async'),
})

/** Gets past the door: a route that is there, a key that may, and a body that is JSON by its type. */
const atHome = fc
  .tuple(
    wild,
    fc.constantFrom<readonly ['GET' | 'POST' | 'DELETE', string]>(
      ['POST', 'orders'],
      ['POST', 'orders'],
      ['POST', 'risk/kill-switch'],
      ['DELETE', 'orders/:id'],
      ['GET', 'orders'],
      ['GET', 'positions'],
    ),
    fc.constantFrom('owner', 'tom'),
    body,
    fc.constantFrom('a', 'b', 'c'),
  )
  .map(([one, [method, at], key, sent, idempotencyKey]) => ({
    ...one,
    method,
    path: at,
    key,
    body: sent,
    type: 'application/json',
    idempotencyKey,
  }))
const asked = fc.oneof({ weight: 1, arbitrary: wild }, { weight: 2, arbitrary: atHome })
type AskedSomehow = typeof asked extends fc.Arbitrary<infer A> ? A : never

const sentOf = (one: AskedSomehow): readonly [string, Sent] => {
  const keys = {
    owner: keyNamed('owner'),
    tom: traders,
    nobody: keyNamed('nobody'),
    none: undefined,
  }
  const search = new URLSearchParams(
    one.query.map(([name, value]): [string, string] => [whole(name), whole(value)]),
  )
  const { method, idempotencyKey, prefer } = one
  const withBody = method !== 'GET' && method !== 'HEAD' && one.body !== undefined
  return [
    `/v1/${one.path.replace(':id', orderId)}?${search.toString()}`,
    {
      method: method as NonNullable<Sent['method']>,
      key: keys[one.key as keyof typeof keys],
      ...(withBody ? { body: one.body } : {}),
      headers: {
        ...(withBody ? { 'content-type': one.type } : {}),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(prefer === undefined ? {} : { prefer }),
      },
    },
  ]
}

prop(
  'every request is answered, by what was asked or by a problem, and only an acknowledged one is recorded',
  asked,
  async (one) => {
    const [url, sent] = sentOf(one)
    const before = (await ledger.events()).length
    const told = await ledger.send(url, sent)
    const after = (await ledger.events()).length
    expect(told.status).toBeGreaterThanOrEqual(200)
    expect(told.status).toBeLessThan(500)
    if (told.status >= 400 && sent.method !== 'HEAD') {
      expect(E.isRight(Problem.decode(told.body))).toBe(true)
    }
    expect(after - before).toBeLessThanOrEqual(told.status < 300 ? 1 : 0)
    // A body, however long, is not sent back.
    expect(told.status < 300 || told.text.length < 20_000).toBe(true)
  },
  { numRuns: 250 },
)
