import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Count } from '#schemas/values/count'
import { BookControl, Limits } from '#schemas/values/trading'
import { countLimits } from './limit-words.ts'
import { controls } from './risk-control.ts'
import { cleanUp, serving, temporary } from './testing/serving.ts'

afterEach(cleanUp)

const proposal = { id: 'p1', state: 'effective', type: 'limits', refusal: null }

test('limits that are counts are sent as numbers, and those alone', () => {
  const counted = Object.entries(Limits.type.props).filter(([, codec]) => codec === Count)
  expect([...countLimits].sort()).toStrictEqual(counted.map(([name]) => name).sort())
})

describe('limits', () => {
  test('are shown by name', async () => {
    const limits = { maxOrderNotional: '50000', maxPosition: {} }
    const ledger = await serving(() => [200, { limits }])
    const { code, out } = await ledger.run('risk limits -o csv')
    expect(code).toBe(0)
    expect(out).toBe('limit,value\r\nmaxOrderNotional,50000\r\nmaxPosition,none\r\n')
    expect(ledger.asked).toMatchObject([{ method: 'GET', url: '/v1/risk?book=main' }])
  })
  test('are changed by name, and by file; what is set by name wins', async () => {
    const file = join(temporary(), 'limits.json')
    writeFileSync(file, '{"maxOpenOrders":9,"maxLeverage":"2"}')
    const ledger = await serving(() => [200, proposal])
    const set = '--set maxOpenOrders=5 --set maxPosition={"BTC/USDT":"2"} --set priceCollar=0.1'
    const { code } = await ledger.run(`risk limits --file ${file} ${set} --reason thin`)
    expect(code).toBe(0)
    expect(ledger.asked).toMatchObject([
      {
        method: 'PUT',
        url: '/v1/risk/limits',
        body: {
          book: 'main',
          reason: 'thin',
          limits: {
            maxLeverage: '2',
            maxOpenOrders: 5,
            maxPosition: { 'BTC/USDT': '2' },
            priceCollar: '0.1',
          },
        },
      },
    ])
  })
  test('that wait say until when', async () => {
    const pending = { ...proposal, state: 'pending', effectiveAt: '2026-11-20T12:00:00Z' }
    const ledger = await serving(() => [202, pending])
    const { code, err } = await ledger.run('risk limits --set maxLeverage=3 --reason more')
    expect(code).toBe(0)
    expect(err).toContain('It waits, and takes effect at 2026-11-20T12:00:00Z.')
  })
  test('that are trading windows are shown in words', async () => {
    const window = {
      zone: 'UTC',
      days: ['mon'],
      from: '22:00',
      to: '04:00',
      except: ['2026-12-25'],
    }
    const limits = { tradingWindows: { paper: [window], moon: [] } }
    const ledger = await serving(() => [200, { limits }])
    expect((await ledger.run('risk limits -o csv')).out).toContain(
      'tradingWindows,paper mon 22:00 to 04:00 of the next day UTC except 2026-12-25; moon never open',
    )
  })
  test('that wait say what changes, and what waits with them', async () => {
    const changes = [
      { limit: 'maxPosition', of: 'BTC/USDT', from: '0.5', to: null },
      { limit: 'maxOpenOrders', of: null, from: '5', to: '9' },
    ]
    const pending = {
      ...proposal,
      state: 'pending',
      changes,
      notes: ['It drops one.', 'It waits.'],
    }
    const ledger = await serving(() => [202, pending])
    const { out, err } = await ledger.run('risk limits --set maxOpenOrders=9 --reason more')
    expect(out).toContain('maxPosition BTC/USDT: 0.5 → none; maxOpenOrders: 5 → 9')
    expect(out).not.toContain('It drops one.')
    expect(err).toContain('It drops one.\nIt waits.\n')
    const listed = await serving(() => [200, { data: [pending], hasMore: false }])
    expect((await listed.run('risk proposals -o csv')).out).toContain('0.5 → none; maxOpenOrders')
  })
  test.each([
    ['/limits/maxPosition/FOO~1USDT', '--set maxPosition FOO/USDT: odd.'],
    ['/scope/symbol', '--symbol: odd.'],
    ['/tradingDay/time', '--time: odd.'],
    ['/limits', '--limits: odd.'],
  ])('%s is named as it was typed', async (pointer, says) => {
    const problem = { title: 'No', code: 'invalid', detail: 'It is odd.' }
    const ledger = await serving(() => [422, { ...problem, errors: [{ pointer, detail: 'odd.' }] }])
    const { err } = await ledger.run('risk limits --set maxLeverage=3 --reason more')
    expect(err).toContain(`  ${says}`)
  })
  test('that were refused say why, and the exit code does', async () => {
    const refusal = { code: 'expired', message: 'It was not decided within 24 hours.' }
    const ledger = await serving(() => [200, { ...proposal, state: 'refused', refusal }])
    const { code, err } = await ledger.run('risk limits --set maxLeverage=3 --reason more')
    expect(code).toBe(1)
    expect(err).toContain('It was refused: It was not decided within 24 hours.')
  })
  test('may be lists, as overrides are', async () => {
    const ledger = await serving(() => [200, proposal])
    const set = '--set overrides=[{"strategy":"trend","maxOpenOrders":5}]'
    const { code } = await ledger.run(`risk limits ${set} --reason new`)
    expect(code).toBe(0)
    expect(ledger.asked[0]?.body).toMatchObject({
      limits: { overrides: [{ strategy: 'trend', maxOpenOrders: 5 }] },
    })
  })
  test('that need a second person say how he agrees, and until when', async () => {
    const needs = { needs: 'secondPerson', effectiveAt: null, expiresAt: '2026-11-21T12:00:00Z' }
    const ledger = await serving(() => [202, { ...proposal, state: 'pending', ...needs }])
    const { code, err } = await ledger.run('risk limits --set maxLeverage=3 --reason more')
    expect(code).toBe(0)
    expect(err).toContain(
      'It waits for a second person until 2026-11-21T12:00:00Z: daybook risk endorse p1 --reason "…"',
    )
  })
  test.each([
    ['that are no JSON', '--set overrides=[{ --reason x', 'this is not JSON'],
    ['without a reason', '--set maxLeverage=3', 'Say why'],
    ['without a value', '--set maxLeverage --reason x', '--set maxOrderNotional=20000'],
    ['from a file that is not there', '--file /nowhere --reason x', '/nowhere cannot be read'],
  ])('%s are not sent', async (_, words, says) => {
    const ledger = await serving(() => [200, proposal])
    const { code, err } = await ledger.run(`risk limits ${words}`)
    expect({ code, asked: ledger.asked }).toStrictEqual({ code: 2, asked: [] })
    expect(err).toContain(says)
  })
})

describe('a release', () => {
  test.each([
    ['of one', '--id k1', { id: 'k1' }],
    ['of all in a scope', '--symbol BTC/USDT', { scope: { symbol: 'BTC/USDT' } }],
    ['of all', '', {}],
  ])('%s is asked for', async (_, words, body) => {
    const ledger = await serving(() => [200, { ...proposal, type: 'release' }])
    const { code } = await ledger.run(`risk release --reason right ${words}`.trim())
    expect(code).toBe(0)
    expect(ledger.asked[0]).toMatchObject({ method: 'POST', url: '/v1/risk/kill-switch' })
    expect(ledger.asked[0]?.body).toStrictEqual({
      book: 'main',
      action: 'release',
      reason: 'right',
      ...body,
    })
  })
})

describe('a release', () => {
  test('that does not name all that stand says so', async () => {
    const pending = { ...proposal, state: 'pending', type: 'release', more: 200 }
    const ledger = await serving(() => [202, pending])
    const { err } = await ledger.run('risk release --reason right')
    expect(err).toContain('200 more kill switches stand there, which it does not name: ask again.')
    expect(err).toContain('The risk guard has not decided it yet')
  })
})

test('what another asked for is endorsed by its id', async () => {
  const ledger = await serving(() => [200, proposal])
  expect((await ledger.run('risk endorse p1 --reason agreed')).code).toBe(0)
  expect(ledger.asked).toMatchObject([
    { method: 'POST', url: '/v1/risk/proposals/p1/endorse', body: { reason: 'agreed' } },
  ])
  const dry = await ledger.run('risk endorse p1 --reason agreed --dry-run')
  expect([dry.code, ledger.asked.length]).toStrictEqual([0, 1])
  expect(dry.out).toContain('POST /v1/risk/proposals/p1/endorse')
})

describe('control', () => {
  test('is changed by one of its words', async () => {
    const ledger = await serving(() => [200, { ...proposal, type: 'control' }])
    expect((await ledger.run('risk control dual --reason two')).code).toBe(0)
    expect(ledger.asked).toMatchObject([
      {
        method: 'PUT',
        url: '/v1/risk/control',
        body: { book: 'main', control: 'dual', reason: 'two' },
      },
    ])
    const { code, err } = await ledger.run('risk control triple --reason x')
    expect([code, ledger.asked.length]).toStrictEqual([2, 1])
    expect(err).toContain('Allowed choices are single, dual.')
  })
  test('has the words of the ledger', () => {
    expect(controls).toStrictEqual(Object.keys(BookControl.keys))
  })
})

test('proposals show who agreed, and what was found out about them', async () => {
  const endorsements = [{ person: 'ben' }, { person: 'cem' }]
  const assessments = [
    { decisions: 9999, newlyApproved: 0, newlyDenied: 0, person: 'ann', byProposer: true },
    { decisions: 90, newlyApproved: 3, newlyDenied: 0, person: 'ben', byProposer: false },
  ]
  const data = [{ ...proposal, state: 'pending', endorsements, assessments }]
  const ledger = await serving(() => [200, { data, hasMore: false }])
  const { out } = await ledger.run('risk proposals --book pair --state pending -o csv')
  expect(out).toContain('ben, cem')
  expect(out).toContain(
    'of 9999 decisions 0 newly approved, 0 newly denied (unverified, by ann, who proposed it); of 90 decisions 3 newly approved, 0 newly denied (unverified, by ben)',
  )
  expect(ledger.asked[0]?.url).toBe('/v1/risk/proposals?book=pair&state=pending&limit=100')
})

test('risk show as CSV is one figure a row, by its path', async () => {
  const risk = { book: 'main', exposure: { gross: '1', bySymbol: { 'BTC/USDT': { gross: '1' } } } }
  const ledger = await serving(() => [200, { ...risk, killSwitches: [{ id: 'k1' }] }])
  const { out } = await ledger.run('risk show -o csv')
  expect(out.split('\r\n')).toStrictEqual([
    'field,value',
    'book,main',
    'exposure.gross,1',
    'exposure.bySymbol.BTC/USDT.gross,1',
    'killSwitches.0.id,k1',
    '',
  ])
})
