import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { OrderType, Side, TimeInForce, KillSwitchMode } from '#schemas/values/trading'
import { sides, timesInForce, types } from './orders.ts'
import { modes } from './risk.ts'
import { cleanUp, key, problem, run, serving, temporary } from './testing/serving.ts'

afterEach(cleanUp)

const place = 'orders place --symbol BTC/USDT --side buy --type market --quantity 0.01'
const filled = {
  id: '11111111-1111-8111-8111-111111111111',
  status: 'filled',
  symbol: 'BTC/USDT',
  side: 'buy',
  quantity: '0.01',
  fees: { USDT: '0.39' },
  reason: null,
}

describe('placing an order', () => {
  test('sends what was said and nothing else, and shows what became of it', async () => {
    const ledger = await serving(() => [201, filled])
    const { code, out } = await ledger.run(`${place} --client-tag a --wait 5 --idempotency-key k1`)
    expect(code).toBe(0)
    expect(out).toMatch(/^id +1{8}-.*\nstatus +filled\n/)
    expect(out).toContain('0.39 USDT')
    expect(ledger.asked).toStrictEqual([
      {
        method: 'POST',
        url: '/v1/orders',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': 'k1',
          prefer: 'wait=5',
        },
        body: {
          symbol: 'BTC/USDT',
          side: 'buy',
          type: 'market',
          quantity: '0.01',
          clientTag: 'a',
        },
      },
    ])
  })
  test('makes a key where none was given, and says it', async () => {
    const ledger = await serving(() => [201, filled])
    const { err } = await ledger.run(place)
    const made = ledger.asked[0]?.headers['idempotency-key']
    expect(made).toMatch(/^[0-9a-f-]{36}$/)
    expect(err).toContain(`Idempotency-Key: ${String(made)}`)
  })
  test('asks again with the same key when the connection breaks before the answer', async () => {
    const ledger = await serving((_, attempt) => (attempt < 2 ? 'break' : [201, filled]))
    const { code } = await ledger.run(place)
    expect(code).toBe(0)
    const keys = ledger.asked.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
  })
  test('asks again when the log is away for a moment', async () => {
    const ledger = await serving((_, attempt) =>
      attempt === 0
        ? [503, problem('logUnreachable', 'The event log does not answer.')]
        : [201, filled],
    )
    expect((await ledger.run(place)).code).toBe(0)
  })
  test('that does not stay is followed until it has ended', async () => {
    const told = [
      [201, { ...filled, status: 'accepted', timeInForce: 'ioc' }],
      [200, { ...filled, status: 'partiallyFilled', timeInForce: 'ioc', timeline: [] }],
      [200, { ...filled, timeInForce: 'ioc', timeline: [], decision: {} }],
    ] as const
    const ledger = await serving((_, attempt) => told[attempt] ?? 'break')
    const { out } = await ledger.run(`${place} -o json`)
    expect(JSON.parse(out)).toStrictEqual({ ...filled, timeInForce: 'ioc' })
    expect(ledger.asked.map(({ method }) => method)).toStrictEqual(['POST', 'GET', 'GET'])
  })
  test('that is denied ends with 1 and the reason', async () => {
    const reason = { code: 'orderNotional', message: '650000 USDT is above 50000 USDT.' }
    const ledger = await serving(() => [201, { ...filled, status: 'denied', reason }])
    const { code, out, err } = await ledger.run(`${place} -o json`)
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ status: 'denied' })
    expect(err).toContain('The order was denied: 650000 USDT is above 50000 USDT.')
  })
  test('that is not decided yet says how to look again', async () => {
    const ledger = await serving(() => [201, { ...filled, status: 'pendingRisk' }])
    const { code, err } = await ledger.run(place)
    expect(code).toBe(0)
    expect(err).toContain(`It is still pendingRisk. Look again: daybook orders show ${filled.id}`)
  })
})

describe('a problem', () => {
  test('is told by the option that caused it', async () => {
    const errors = [
      { pointer: '/quantity', detail: 'must be above 0' },
      { pointer: '/limitPrice', detail: 'has too many digits' },
    ]
    const ledger = await serving(() => [422, { ...problem('invalid', 'x'), errors }])
    const { code, out, err } = await ledger.run(`${place} --idempotency-key k1`)
    expect([code, out]).toStrictEqual([1, ''])
    expect(err).toBe(
      'The request is not valid (invalid):\n  --quantity: must be above 0\n  --limit-price: has too many digits\n',
    )
  })
  test('without fields is its own sentence', async () => {
    const ledger = await serving(() => [404, problem('notFound', 'There is no order x.')])
    const { code, err } = await ledger.run('orders show x')
    expect([code, err]).toStrictEqual([1, 'There is no order x. (notFound)\n'])
  })
  test('of an answer that is none is told too', async () => {
    const ledger = await serving(() => [200, 'It works!'])
    expect((await ledger.run('orders list')).err).toContain('but not as a ledger does')
  })
})

describe('lists', () => {
  test('pass filters on by the names of the api', async () => {
    const ledger = await serving(() => [200, { data: [], hasMore: false }])
    await ledger.run('orders list --account main --status filled --limit 5 --starting-after o1')
    await ledger.run('positions list --state closed')
    await ledger.run('fills list --order-id o1')
    expect(ledger.asked.map(({ url }) => url)).toStrictEqual([
      '/v1/orders?account=main&status=filled&limit=5&startingAfter=o1',
      '/v1/positions?state=closed&limit=100',
      '/v1/fills?orderId=o1&limit=100',
    ])
  })
  test('keep data and talk apart', async () => {
    const ledger = await serving(() => [200, { data: [filled], hasMore: true }])
    const { out, err } = await ledger.run('orders list -o json')
    expect(JSON.parse(out)).toStrictEqual([filled])
    expect(err).toBe(`There are more: --starting-after ${filled.id}\n`)
  })
})

test('an order is shown with its timeline and what the guard checked', async () => {
  const order = {
    ...filled,
    timeline: [
      { type: 'OrderIntentRecorded', at: '2026-01-01T00:00:00Z', logPosition: '9', side: 'buy' },
      { type: 'OrderFilled', at: '2026-01-01T00:00:01Z', logPosition: '12', payloadHash: 'ff' },
    ],
    decision: {
      outcome: 'approved',
      at: '2026-01-01T00:00:00.5Z',
      mark: { symbol: 'BTC/USDT', price: '65000', at: '2026-01-01T00:00:00Z' },
      checks: [{ code: 'orderNotional', outcome: 'passed', observed: '650', limit: '50000' }],
    },
  }
  const ledger = await serving(() => [200, order])
  const { out } = await ledger.run(`orders show ${filled.id}`)
  expect(out).toMatch(/OrderIntentRecorded +side buy/)
  expect(out).toContain('approved at 2026-01-01T00:00:00.5Z, mark 65000')
  expect(out).toMatch(/orderNotional +passed +650 +50000/)
  expect(out).not.toContain('ff')
})

test('status says with its exit code whether all is well', async () => {
  const state = { value: 'ready' }
  const ledger = await serving(() => [
    200,
    { state: 'ready', head: '7', apps: [{ name: 'gateway', state: state.value, pid: 1 }] },
  ])
  expect((await ledger.run('status')).code).toBe(0)
  state.value = 'down'
  expect((await ledger.run('status')).code).toBe(1)
})

describe('the kill switch', () => {
  test('is asked for with what was said', async () => {
    const ledger = await serving(() => [201, { id: 'k', mode: 'reduce' }])
    await ledger.run('risk kill --reason fork --symbol BTC/USDT --mode halt')
    expect(ledger.asked[0]?.body).toStrictEqual({
      book: 'main',
      action: 'engage',
      reason: 'fork',
      mode: 'halt',
      scope: { symbol: 'BTC/USDT' },
    })
  })
  test('needs a reason', async () => {
    const ledger = await serving(() => [201, {}])
    expect((await ledger.run('risk kill')).code).toBe(2)
    expect(ledger.asked).toStrictEqual([])
  })
})

describe('used wrongly', () => {
  test.each([
    ['oders list', '(Did you mean orders?)'],
    ['orders plac', '(Did you mean place?)'],
    ['orders list --acount main', '(Did you mean --account?)'],
    [`${place} --side long`, 'Allowed choices are buy, sell'],
    ['orders place --symbol BTC/USDT', "required option '--side <side>' not specified"],
    [`${place} --wait 31`, 'a whole number of seconds from 0 to 30'],
    ['orders list -o xml', 'Allowed choices are table, json, csv'],
    ['orders list --url ftp://x', '--url is ftp://x; it looks like http://127.0.0.1:8080'],
    ['run --venue binance', 'The venue is binance'],
    ['migrate', 'Say which: --database postgres://'],
  ])('%s', async (words, says) => {
    const { code, out, err } = await run(words, { DAYBOOK_KEY: key })
    expect([code, out]).toStrictEqual([2, ''])
    expect(err).toContain(says)
  })
})

describe('finding the ledger', () => {
  test('none there: says how to start one', async () => {
    const folder = temporary()
    const { code, err } = await run(`status --data ${folder}`, {})
    expect(code).toBe(2)
    expect(err).toContain(`Start one with: daybook run --data ${folder}`)
  })
  test('not running: says how to start it, and exits with 1', async () => {
    const folder = temporary()
    writeFileSync(join(folder, 'key'), `${key}\n`)
    const { code, err } = await run(`status --data ${folder} --port 1`, {})
    expect(code).toBe(1)
    expect(err).toContain(`No ledger answers at http://127.0.0.1:1. Start one with: daybook run`)
  })
  test('by its data folder: address and key', async () => {
    const ledger = await serving(() => [200, { data: [], hasMore: false }])
    const folder = temporary()
    writeFileSync(join(folder, 'key'), `${key}\n`)
    const file = { formatVersion: 1, version: '0', url: ledger.address }
    writeFileSync(join(folder, 'daybook.json'), JSON.stringify(file))
    const { code } = await run('accounts list', { DAYBOOK_DATA: folder })
    expect(code).toBe(0)
    expect(ledger.asked[0]?.headers['authorization']).toBe(`Bearer ${key}`)
  })
  test('by settings that stand in files, as a container has them', async () => {
    const ledger = await serving(() => [200, { app: 'api', data: [], hasMore: false }])
    const folder = temporary()
    const files = {
      DAYBOOK_KEY_FILE: join(folder, 'first_key'),
      DAYBOOK_PORT_FILE: join(folder, 'port'),
    }
    writeFileSync(files.DAYBOOK_KEY_FILE, `${key}\n`)
    writeFileSync(files.DAYBOOK_PORT_FILE, `${new URL(ledger.address).port}\n`)
    expect(await run('accounts list', files)).toMatchObject({ code: 0 })
    const own = `dbk_ijklmnop_${'B'.repeat(43)}`
    expect(await run(`accounts list --key ${own}`, files)).toMatchObject({ code: 0 })
    expect(ledger.asked.map(({ headers }) => headers['authorization'])).toStrictEqual([
      `Bearer ${key}`,
      `Bearer ${own}`,
    ])
    await run(`doctor --url ${ledger.address}`, { DAYBOOK_KEY_FILE: files.DAYBOOK_KEY_FILE })
    const status = ledger.asked.find(({ url }) => url === '/v1/status')
    expect(status?.headers['authorization']).toBe(`Bearer ${key}`)
  })
  test('a key never goes to standard output or error', async () => {
    const ledger = await serving(() => [401, problem('unauthenticated', 'Not known.')])
    const { out, err } = await ledger.run(`status --key dbk_abcdefgh_${'s'.repeat(43)}`)
    expect(out + err).not.toContain('sss')
  })
})

test('every command explains itself with an example', async () => {
  const { out } = await run('help', {})
  for (const noun of ['run', 'status', 'orders', 'fills', 'positions', 'risk', 'migrate']) {
    expect(out).toContain(`\n  ${noun}`)
  }
  const leaves = ['run', 'status', 'orders place', 'orders cancel', 'orders list', 'orders show']
  const more = ['fills list', 'positions list', 'accounts list', 'instruments list', 'risk show']
  for (const leaf of [...leaves, ...more, 'risk kill', 'migrate']) {
    const help = await run(`${leaf} --help`, {})
    expect(help.code, leaf).toBe(0)
    expect(help.out, leaf).toContain(`Example:\n  daybook ${leaf}`)
  }
  expect((await run('--version', {})).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('the words on the command line are the words of the ledger', () => {
  expect(sides).toStrictEqual(Object.keys(Side.keys))
  expect(types).toStrictEqual(Object.keys(OrderType.keys))
  expect(timesInForce).toStrictEqual(Object.keys(TimeInForce.keys))
  expect(modes).toStrictEqual(Object.keys(KillSwitchMode.keys))
})
