import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { environmentOf, stopOrder } from './environment.ts'
import { freePorts, requirePort } from './ports.ts'
import { runSettings } from './settings.ts'
import { readyText } from './words.ts'

describe('what daybook run is asked for', () => {
  test('has the same defaults everywhere', () => {
    expect(runSettings({}, {})).toStrictEqual({
      data: resolve('daybook-data'),
      port: 8080,
      key: undefined,
      log: 'embedded',
      database: undefined,
      market: 'simulated',
      symbols: undefined,
      venue: 'paper',
      limits: undefined,
      empty: false,
    })
  })
  test('is what the options say, else the environment', () => {
    const environment = { DAYBOOK_PORT: '9000', DAYBOOK_DATA: '/var/daybook', DAYBOOK_EMPTY: 'yes' }
    const settings = runSettings({ port: '9001', symbols: 'BTC/USDT, ETH/USDT:USDT' }, environment)
    expect(settings).toMatchObject({
      port: 9001,
      data: '/var/daybook',
      empty: true,
      symbols: 'BTC/USDT,ETH/USDT:USDT',
    })
  })
  test.each([
    [{ port: '80a' }, 'The port is 80a'],
    [{ port: '70000' }, 'The port is 70000'],
    [{ venue: 'binance' }, 'The venue is binance; this build trades at --venue paper'],
    [{ market: 'nasdaq' }, 'The market is nasdaq; there is --market simulated[:seed], replay:'],
    [{ market: 'simulated:x' }, 'a seed is a whole number'],
    [{ market: 'replay:/nowhere/t.csv@10' }, 'The recording /nowhere/t.csv does not exist'],
    [{ log: 'esdb://localhost' }, 'with TLS an EventStoreDB wants user:password@'],
    [{ log: 'esdb://a:2113?tls=false&tlss=1' }, '"tlss" is no option of an EventStoreDB address'],
    [{ log: 'sqlite' }, 'The log is --log embedded, postgres://'],
    [{ database: 'mysql://h/d' }, '--database postgres://'],
    [{ log: 'esdb://h?tls=false', database: 'esdb://h?tls=false' }, 'only the log can be in'],
    [{ symbols: 'BTCUSDT' }, '"BTCUSDT" is not a symbol'],
    [{ limits: '/nowhere/limits.json' }, 'cannot be read'],
  ])('is refused by name: %j', (options, says) => {
    expect(() => runSettings(options, {})).toThrow(says)
  })
  test.each(['coinbase', 'binance', 'kraken'])('%s is a market', (market) => {
    expect(runSettings({ market }, {}).market).toBe(market)
  })
  test('a recording is found from here, and its speed is kept', () => {
    expect(runSettings({ market: 'replay:package.json@max' }, {}).market).toBe(
      `replay:${resolve('package.json')}@max`,
    )
    expect(runSettings({ market: 'replay:package.json,README.md@2' }, {}).market).toBe(
      `replay:${resolve('package.json')},${resolve('README.md')}@2`,
    )
    expect(() => runSettings({ market: 'replay:package.json,/nowhere/t.csv' }, {})).toThrow(
      'The recording /nowhere/t.csv does not exist',
    )
  })
  test('a limits file must hold JSON', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daybook-limits-'))
    const path = join(folder, 'limits.json')
    writeFileSync(path, '{')
    expect(() => runSettings({ limits: path }, {})).toThrow('is not JSON')
    writeFileSync(path, '{"maxOrderNotional":"10"}')
    expect(runSettings({ limits: path }, {}).limits).toBe(path)
    rmSync(folder, { recursive: true })
  })
})

describe('what an app is told', () => {
  const places = {
    hub: 'ws://127.0.0.1:1',
    paper: 'ws://127.0.0.1:2',
    healthPorts: Object.fromEntries(stopOrder.map((app, n) => [app, n])) as never,
    log: (app: string) => `postgres://${app}:secret-of-${app}@h/log`,
    database: (app: string) => `postgres://${app}:secret-of-${app}@h/read`,
  }
  const mine = {
    PATH: '/bin',
    AWS_SECRET_ACCESS_KEY: 'no business of ours',
    DAYBOOK_KEY: 'dbk_mine',
    DAYBOOK_LOG: 'postgres://owner:all-powerful@h/d',
    DAYBOOK_LOG_LEVEL: 'debug',
  }
  const of = (app: (typeof stopOrder)[number]) =>
    environmentOf(app, runSettings({ limits: undefined as never }, {}), places, 'dbk_first', mine)

  test('has each setting once, though the ledger was given it as a file', () => {
    const files = {
      DAYBOOK_PORT_FILE: '/port',
      DAYBOOK_MARKET_FILE: '/market',
      DAYBOOK_CORS_FILE: '/cors',
    }
    const told = environmentOf('api', runSettings({}, {}), places, 'dbk_first', files)
    expect(told).toMatchObject({ DAYBOOK_PORT: '8080', DAYBOOK_CORS_FILE: '/cors' })
    expect(Object.keys(told)).not.toContain('DAYBOOK_PORT_FILE')
    expect(Object.keys(told)).not.toContain('DAYBOOK_MARKET_FILE')
  })
  test('is where the others are, and what it needs to run', () => {
    expect(of('gateway')).toStrictEqual({
      PATH: '/bin',
      DAYBOOK_LOG_LEVEL: 'debug',
      DAYBOOK_MARKET: 'simulated',
      DAYBOOK_VENUE: 'paper',
      DAYBOOK_LOG: 'postgres://gateway:secret-of-gateway@h/log',
      DAYBOOK_DATABASE: 'postgres://gateway:secret-of-gateway@h/read',
      DAYBOOK_HUB: 'ws://127.0.0.1:1',
      DAYBOOK_PAPER: 'ws://127.0.0.1:2',
      DAYBOOK_HEALTH_PORT: String(stopOrder.indexOf('gateway')),
      DAYBOOK_INSTANCE: 'local',
    })
  })
  test.each(stopOrder)('is no secret that is not its own: %s', (app) => {
    const text = JSON.stringify(of(app))
    expect(text).not.toMatch(/no business|all-powerful|dbk_mine/)
    expect(text.includes('dbk_first')).toBe(app === 'api')
    for (const other of stopOrder.filter((name) => name !== app)) {
      expect(text).not.toContain(`secret-of-${other}@`)
    }
  })
})

describe('ports', () => {
  test('that are free are all different, and the wanted one where it is free', async () => {
    const [taken, server] = await listening()
    const ports = await freePorts([undefined, undefined, undefined, taken])
    expect(new Set(ports).size).toBe(4)
    expect(ports).not.toContain(taken)
    server.close()
    const [free = 0] = await freePorts([undefined])
    expect(await freePorts([free])).toStrictEqual([free])
  })
  test('that are in use are refused in a sentence', async () => {
    const [taken, server] = await listening()
    await expect(requirePort(taken, 0, async () => undefined)).rejects.toThrow(
      `Port ${String(taken)} is already in use: stop what listens there, or start on another`,
    )
    server.close()
  })
  test('that a killed run still holds are waited for', async () => {
    const [taken, server] = await listening()
    const free = () => new Promise<void>((resolve) => server.close(() => resolve()))
    expect(await requirePort(taken, 1_000, free)).toBe(taken)
  })
})

describe('the greeting', () => {
  const greeting = (fresh: boolean) => ({
    settings: runSettings({ symbols: 'ETH/USDT' }, {}),
    url: 'http://127.0.0.1:8080',
    key: 'dbk_x',
    keyFile: resolve('daybook-data/key'),
    logs: resolve('daybook-data/logs'),
    fresh,
    seconds: 2.345,
    calledAs: 'npx daybook',
  })
  const ready = (fresh: boolean) => readyText(greeting(fresh))
  test('shows the key once', () => {
    expect(ready(true)).toContain('dbk_x (shown this once; kept in daybook-data/key)')
    expect(ready(false)).not.toContain('dbk_x')
  })
  test('says whose prices are heard', () => {
    const settings = runSettings({ market: 'kraken' }, {})
    expect(readyText({ ...greeting(false), settings })).toContain('Market  live prices of kraken')
  })
  test('of an empty ledger begins with what has to be opened', () => {
    const settings = runSettings({ empty: true }, {})
    const [first] = readyText({ ...greeting(true), settings }).split('npx daybook orders')
    expect(first).toContain('  npx daybook books open main --currency USDT --control single\n')
    expect(first).toContain('  npx daybook accounts open main\n')
    expect(readyText({ ...greeting(false), settings })).not.toContain('books open')
  })
  test('has an order that can be pasted', () => {
    expect(ready(false)).toContain(
      '  npx daybook orders place --symbol ETH/USDT --side buy --type market --quantity 0.01\n',
    )
  })
})

const listening = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return [typeof address === 'object' ? (address?.port ?? 0) : 0, server] as const
}
