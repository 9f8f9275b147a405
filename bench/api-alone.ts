/** T16: the api alone, from POST to durable, beside a bare fastify server that does one batched insert. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { testPostgres } from '#adapters/testing/postgres'
import { freePort } from '#apps/demo/ledger'
import { enveloper } from '#domain/kernel/envelop'
import { instrumentStream } from '#schemas/streams'
import { InstrumentListed } from '#schemas/events/instrument'
import type { MarketSymbol, VenueId } from '#schemas/values/ids'
import { postOrders } from './autocannon.ts'
import { atLeast, figure, type Result } from './harness.ts'
import { root } from './root.ts'

const key = `dbk_benchkey_${'A'.repeat(43)}`
const listed = {
  venue: 'paper',
  symbol: 'BTC/USDT',
  terms: { kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT', contractSize: '1' },
  rules: {
    tickSize: '0.01',
    lotSize: '0.00001',
    quantityMin: '0.00001',
    notionalMin: '5',
    orderTypes: ['market', 'limit'],
  },
}

/** What the gateway would have written: without it every symbol is unknown. */
const listInstrument = async (url: string): Promise<void> => {
  const data = InstrumentListed.data.decode(listed)
  if (E.isLeft(data)) throw new Error('the instrument is not in its stored shape')
  const log = openPostgresEventLog({ url, app: 'gateway' })
  const envelop = enveloper('gateway', systemIds, systemClock)
  const event = { type: 'InstrumentListed', ...data.right } as const
  const appended = await log.append(
    instrumentStream('paper' as VenueId, 'BTC/USDT' as MarketSymbol),
    'noStream',
    [envelop(event, { correlationId: systemIds.correlationId() })],
  )
  await log.close()
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left))
}

const answers = async (url: string): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      const reply = await fetch(`${url}/v1/instruments`, {
        headers: { authorization: `Bearer ${key}` },
      })
      if (reply.ok) return
    } catch {
      // Not listening yet.
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`${url} does not answer`)
}
const ended = async (child: ChildProcess): Promise<void> => {
  child.disconnect()
  await once(child, 'exit')
}

export const apiResults = async (): Promise<readonly Result[]> => {
  const server = await testPostgres()
  try {
    const port = String(await freePort())
    const peer = fork(join(root, 'bench/peer-server.ts'), [server.url(), port], {
      execArgv: ['--import', 'tsx'],
    })
    await once(peer, 'message')
    const bare = await postOrders(`http://127.0.0.1:${port}`, key, 64)
    await ended(peer)

    await listInstrument(server.url('gateway'))
    const apiPort = String(await freePort())
    const api = fork(join(root, 'build/apps/api.mjs'), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        DAYBOOK_LOG: server.url('api'),
        DAYBOOK_DATABASE: server.url('api'),
        DAYBOOK_HUB: `ws://127.0.0.1:${String(await freePort())}`,
        DAYBOOK_HEALTH_PORT: String(await freePort()),
        DAYBOOK_PORT: apiPort,
        DAYBOOK_KEY: key,
        DAYBOOK_LOG_LEVEL: 'error',
        // Counted as always, and never reached.
        DAYBOOK_RATE_LIMIT: '1000000',
      },
    })
    const url = `http://127.0.0.1:${apiPort}`
    await answers(url)
    const ours = await postOrders(url, key, 64)
    await ended(api)
    const limit = figure('fastify POST and one batched durable insert', 'requests/s', bare.rate)
    const figures = figure('64 clients', 'requests/s', ours.rate)
    return [
      {
        target: 'T16',
        what: 'api alone, POST /v1/orders to durable',
        ours: figures,
        limits: [
          limit,
          figure('our p99', 'ms', ours.p99),
          figure("the peer's p99", 'ms', bare.p99),
        ],
        goals: [atLeast(0.5, limit, figures)],
      },
    ]
  } finally {
    await server.stop()
  }
}
