import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from './run/ports.ts'

/** The built ledger from one command, and every other command against it, in the order of a first day. */
describe('a first day', () => {
  test('begins with a greeting whose example works when it is pasted', async () => {
    const pasted = /cli\.mjs (orders place .*)/.exec(greeting)?.[1] ?? ''
    const { code, out } = await daybook(pasted.split(' '))
    expect(code).toBe(0)
    expect(out).toMatch(/^status +filled$/m)
    expect(out).toMatch(/^averagePrice +\d+/m)
  })
  test('shows what became of it', async () => {
    const [order] = await json('orders list --status filled')
    const { out } = await daybook(['orders', 'show', String(order?.['id'])])
    for (const event of ['IntentRecorded', 'SubmissionStarted', 'Accepted', 'Filled']) {
      expect(out).toContain(`Order${event}`)
    }
    expect(out).toMatch(/^orderNotional +passed +[\d.]+ +50000/m)
    const [fill] = await json(`fills list --order-id ${String(order?.['id'])}`)
    expect(fill).toMatchObject({ symbol: 'BTC/USDT', side: 'buy', quantity: '0.01' })
    const [position] = await json(`positions list --after ${String(fill?.['logPosition'])}`)
    expect(position).toMatchObject({ side: 'long', quantity: '0.01', account: 'main' })
    const [account] = await json('accounts list')
    expect(account).toMatchObject({ id: 'main', currency: 'USDT' })
  })
  test('a name for a request does it once', async () => {
    const twice = [...market('buy', '0.01'), '--idempotency-key', 'once', '-o', 'json']
    const [first, second] = [await daybook(twice), await daybook(twice)]
    expect(idOf(second.out)).toBe(idOf(first.out))
    const other = await daybook([...market('sell', '0.01'), '--idempotency-key', 'once'])
    expect(other.code).toBe(1)
    expect(other.err).toContain('(idempotencyKeyReused)')
  })
  test('a resting order can be taken back, once', async () => {
    const limit = 'orders place --symbol BTC/USDT --side buy --type limit --quantity 0.01'
    const placed = await daybook([...limit.split(' '), '--limit-price', '64000', '-o', 'json'])
    const id = idOf(placed.out)
    expect((await daybook(['orders', 'cancel', id])).code).toBe(0)
    await until(async () => (await statusOf(id)) === 'cancelled')
    const again = await daybook(['orders', 'cancel', id])
    expect([again.code, again.out]).toStrictEqual([1, ''])
    expect(again.err).toContain('is cancelled: there is nothing left to cancel.')
  })
  test('what the ledger refuses is told by option, and leaves no order', async () => {
    const before = await json('orders list')
    const { code, err } = await daybook(market('buy', '-1'))
    expect(code).toBe(1)
    expect(err).toMatch(/^  --quantity: .*"-1"/m)
    expect(await json('orders list')).toStrictEqual(before)
  })
  test('what the guard denies is an order with a reason', async () => {
    const { code, out, err } = await daybook(market('buy', '5'))
    expect(code).toBe(1)
    expect(out).toMatch(/^status +denied$/m)
    expect(err).toContain('The order was denied: ')
  })
  test.each([
    ['buy', '0.01'],
    ['sell', '0.001'],
    ['buy', '5'],
    ['sell', '3'],
  ])(
    'an order that is tried out is decided so when it is placed: %s %s',
    async (side, quantity) => {
      const before = await json('orders list')
      const tried = await daybook([...market(side, quantity), '--dry-run', '-o', 'json'])
      const told = JSON.parse(tried.out) as Decided
      expect(await json('orders list')).toStrictEqual(before)
      const placed = await daybook([...market(side, quantity), '-o', 'json'])
      expect(tried.code).toBe(placed.code)
      const explained = await daybook(['risk', 'explain', idOf(placed.out), '-o', 'json'])
      const { decision } = JSON.parse(explained.out) as { readonly decision: Decided }
      expect(summaryOf(told)).toStrictEqual(summaryOf(decision))
    },
  )
  test('a denial is explained, with what can be done', async () => {
    const [denied] = await json('orders list --status denied')
    const { code, out } = await daybook(['risk', 'explain', String(denied?.['id'])])
    expect(code).toBe(0)
    expect(out).toContain('It was denied on ')
    expect(out).toMatch(/^buyingPower +failed, stops it +/m)
    expect(out).toMatch(/^To get such an order through: .*\(buyingPower.*\)\.$/m)
  })
  test('past orders go through other limits, and a proposal is told what came of it', async () => {
    const { code, out, err } = await daybook('risk what-if --set maxOrderNotional=100'.split(' '))
    expect(code).toBe(0)
    expect(out).toMatch(/^newlyDenied +[1-9]/m)
    expect(err).toContain('had an order been denied, what came after it might have been another')
    const loosened = 'risk limits --set maxOrderNotional=900000 --reason more -o json'
    const proposal = idOf((await daybook(loosened.split(' '))).out)
    const attached = await daybook(['risk', 'what-if', '--proposal', proposal, '--attach'])
    expect([attached.code, attached.err]).toMatchObject([
      0,
      expect.stringContaining(`It is attached to proposal ${proposal}.`) as string,
    ])
    const [shown] = await json('risk proposals')
    expect(shown).toMatchObject({ id: proposal, assessments: [{ newlyDenied: 0 }] })
  })
  test('all is well, and the limits are shown', async () => {
    expect((await daybook(['status'])).code).toBe(0)
    const { out } = await daybook(['risk', 'show'])
    expect(out).toMatch(/^state +active$/m)
    expect(out).toMatch(/^maxOrderNotional +50000$/m)
  })
  test('ends when the kill switch is engaged', async () => {
    const dry = await daybook('risk kill --reason enough --mode halt --dry-run'.split(' '))
    expect(dry.out).toContain('POST /v1/risk/kill-switch')
    expect((await daybook('risk kill --reason enough --mode halt'.split(' '))).code).toBe(0)
    const { code, out } = await daybook(market('buy', '0.01'))
    expect(code).toBe(1)
    expect(out).toMatch(/^status +denied$/m)
    expect((await daybook(['risk', 'show'])).out).toMatch(/^state +halt$/m)
  })
})

const cli = resolve(import.meta.dirname, '../../build/apps/cli.mjs')
const folder = mkdtempSync(join(tmpdir(), 'daybook-tour-'))
let ledger: ChildProcess
let greeting = ''

beforeAll(async () => {
  if (!existsSync(cli)) throw new Error(`${cli} is missing: make build`)
  const port = String((await freePorts([undefined]))[0])
  const words = ['run', '--data', join(folder, 'data'), '--port', port]
  // From an empty folder, as somebody who has only been told the path.
  ledger = spawn(process.execPath, [cli, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ledger.stdout?.on('data', (piece: Buffer) => (greeting += piece.toString()))
  await until(async () => greeting.includes('Ctrl-C stops it'))
})
afterAll(async () => {
  const ended = once(ledger, 'exit')
  ledger.kill('SIGINT')
  expect(await ended).toStrictEqual([0, null])
  rmSync(folder, { recursive: true })
})

const market = (side: string, quantity: string): readonly string[] =>
  `orders place --symbol BTC/USDT --side ${side} --type market --quantity ${quantity}`.split(' ')

interface Decided {
  readonly outcome: string
  readonly reducing: boolean
  readonly reason: { readonly code: string } | null
  readonly checks: readonly Readonly<Record<string, unknown>>[]
}
/** Without what the market and the clock have made of it since. */
const summaryOf = ({ outcome, reducing, reason, checks }: Decided) => ({
  outcome,
  reducing,
  reason: reason?.code,
  checks: Object.fromEntries(
    checks.map(({ code, outcome: found, stopped, unit, limit }) => [
      String(code),
      // What a market order may cost goes with the mark, which has moved on between the two.
      { found, stopped, unit, limit: unit === 'price' ? 'of its mark' : limit },
    ]),
  ),
})

const daybook = (words: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((done) => {
    const environment = { PATH: process.env['PATH'], DAYBOOK_DATA: join(folder, 'data') }
    const options = { cwd: folder, env: environment, timeout: 30_000 }
    execFile(process.execPath, [cli, ...words], options, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })

type Row = Readonly<Record<string, unknown>>
const json = async (words: string): Promise<readonly Row[]> => {
  const { out, err } = await daybook([...words.split(' '), '-o', 'json'])
  expect(out, err).not.toBe('')
  return JSON.parse(out) as readonly Row[]
}
const idOf = (text: string): string => String((JSON.parse(text) as Row)['id'])
const statusOf = async (id: string): Promise<unknown> => {
  const { out } = await daybook(['orders', 'show', id, '-o', 'json'])
  return (JSON.parse(out) as Row)['status']
}
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const giveUpAt = performance.now() + 50_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it never came true')
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
