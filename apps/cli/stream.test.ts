import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { CandleInterval } from '#schemas/market/candle'
import { intervals } from './market.ts'
import { key, run } from './testing/serving.ts'

const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})

const frame = (logPosition: string, type = 'order.filled') => ({
  type,
  logPosition,
  data: { id: 'o1', account: 'main', symbol: 'BTC/USDT', status: 'filled' },
  event: {
    type: 'OrderFilled',
    at: '2026-11-20T12:00:00Z',
    logPosition,
    app: 'gateway',
    person: null,
  },
})
/** A stream that says this to whoever comes, then ends the line with that code. */
const streaming = async (said: readonly unknown[], code?: number) => {
  const asked: (string | undefined)[] = []
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  servers.push(server)
  server.on('connection', (line, request) => {
    asked.push(request.url)
    for (const each of said) line.send(JSON.stringify(each))
    if (code !== undefined) line.close(code)
  })
  await once(server, 'listening')
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return { asked, run: (words: string) => run(`${words} --url ${url}`, { DAYBOOK_KEY: key }) }
}

describe('the stream', () => {
  test('is told line by line, and ends after so many with the way to go on', async () => {
    const ledger = await streaming([frame('7'), frame('9'), frame('12')])
    const { code, out, err } = await ledger.run('stream --after 3 --count 2 --types order')
    expect(code).toBe(0)
    expect(ledger.asked).toStrictEqual(['/v1/stream?after=3&types=order'])
    expect(out.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 4))).toStrictEqual([
      ['7', 'order.filled', 'o1', 'main'],
      ['9', 'order.filled', 'o1', 'main'],
      [''],
    ])
    expect(err).toBe('Go on with: stream --after 9\n')
  })
  test('is one JSON object a line for programs', async () => {
    const ledger = await streaming([frame('7')])
    const { out } = await ledger.run('stream --after 3 --count 1 -o json')
    expect(JSON.parse(out)).toStrictEqual(frame('7'))
  })
  test('that is refused says what the ledger said', async () => {
    const problem = {
      code: 'unknownAccount',
      detail: 'There is no account x.',
      title: '',
      status: 422,
    }
    const ledger = await streaming([problem], 4400)
    const { code, err } = await ledger.run('stream --after 3 --account x')
    expect(code).toBe(1)
    expect(err).toContain('There is no account x. (unknownAccount)')
  })
  test('is not asked for from no position', async () => {
    const ledger = await streaming([])
    const { code, err } = await ledger.run('stream --after yesterday')
    expect({ code, asked: ledger.asked }).toStrictEqual({ code: 2, asked: [] })
    expect(err).toContain('--after yesterday')
  })
})

test('candles are as long as the ledger can make them', () => {
  expect(intervals).toStrictEqual(Object.keys(CandleInterval.keys))
})
