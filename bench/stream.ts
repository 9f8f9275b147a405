/** T15: a thousand WebSocket clients, each told every order event of its account, beside a bare `ws` broadcast. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { freePort } from '#apps/demo/ledger'
import { enveloper } from '#domain/kernel/envelop'
import type { ProposedEvent } from '#schemas/envelope'
import { AccountOpened } from '#schemas/events/account'
import type { LedgerEvent } from '#schemas/events/ledger'
import { OrderFilled, OrderIntentRecorded } from '#schemas/events/order'
import { accountStream, orderStream, type StreamName } from '#schemas/streams'
import type { AccountId, OrderId } from '#schemas/values/ids'
import { atLeast, atMost, figure, repetitions, type Result, spreadOf } from './harness.ts'
import { root } from './root.ts'
import type { Ask, Counts } from './stream-listeners.ts'
import type { Broadcast } from './stream-peer.ts'

const clients = 1_000
const accounts = 10
const perAccount = clients / accounts
const key = `dbk_benchkey_${'A'.repeat(43)}`
/** What a fill of an order takes as a frame, within a few bytes. */
const frameBytes = 1_130
const broadcastFrames = 300
const burstEvents = 3_000
const pacedSeconds = 10

const child = (file: string): ChildProcess =>
  fork(join(root, 'bench', file), [], { execArgv: ['--import', 'tsx'] })
const ended = async (process: ChildProcess): Promise<void> => {
  const exit = once(process, 'exit')
  process.disconnect()
  await exit
}

/** The clients, as their process has them. */
const openListeners = async (urls: readonly string[]) => {
  const process = child('stream-listeners.ts')
  const ask = async (message: Ask): Promise<unknown> => {
    const answer = once(process, 'message')
    process.send(message)
    return ((await answer) as readonly unknown[])[0]
  }
  await ask({ ask: 'connect', urls, key })
  const counts = async () => (await ask({ ask: 'counts' })) as Counts
  return {
    watch: () => ask({ ask: 'watch' }),
    /** Once each has so many. */
    until: async (each: number): Promise<Counts> => {
      for (;;) {
        const now = await counts()
        if (now.received.every((count) => count >= each)) return now
        await setTimeout(20)
      }
    },
    close: () => ended(process),
  }
}

const perSecondOf = ({ received, firstAt, lastAt }: Counts): number =>
  received.reduce((sum, count) => sum + count, 0) / ((lastAt - firstAt) / 1000)

const bareBroadcast = async (): Promise<number> => {
  const peer = child('stream-peer.ts')
  const [port] = (await once(peer, 'message')) as [number]
  const url = `ws://127.0.0.1:${String(port)}`
  const listeners = await openListeners(Array.from({ length: clients }, () => url))
  peer.send({ frames: broadcastFrames, bytes: frameBytes } satisfies Broadcast)
  const rate = perSecondOf(await listeners.until(broadcastFrames))
  await listeners.close()
  await ended(peer)
  return rate
}

const decoded = <A>(event: E.Either<unknown, A>): A => {
  if (E.isLeft(event)) throw new Error('the event is not in its stored shape')
  return event.right
}
const accountNamed = (n: number): AccountId => `desk_${String(n % accounts)}` as AccountId
const orderNamed = (n: number): OrderId =>
  `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}` as OrderId

const opened = (n: number): LedgerEvent => {
  const data = { account: accountNamed(n), book: 'main', currency: 'USDT', leverage: '1' }
  const event = decoded(AccountOpened.data.decode({ ...data, costBasis: 'average' }))
  return { type: 'AccountOpened', ...event }
}
const at = '2026-01-05T09:00:00Z'
const common = (n: number) => ({
  account: accountNamed(n),
  strategy: 'manual',
  venue: 'paper',
  symbol: 'BTC/USDT',
  side: 'buy',
})
const intent = (n: number): LedgerEvent => {
  const terms = { ...common(n), orderType: 'limit', quantity: '100', limitPrice: '64000' }
  const how = { timeInForce: 'gtc', postOnly: false, reduceOnly: false }
  const data = { orderId: orderNamed(n), book: 'main', terms: { ...terms, ...how }, decideBy: at }
  return { type: 'OrderIntentRecorded', ...decoded(OrderIntentRecorded.data.decode(data)) }
}
const fill = (n: number, trade: number): LedgerEvent => {
  const instrument = { kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT', contractSize: '1' }
  const data = {
    ...common(n),
    orderId: orderNamed(n),
    book: 'main',
    tradeId: `t${String(n)}_${String(trade)}`,
    quantity: '0.001',
    price: '63999.5',
    fee: { currency: 'USDT', amount: '0.0384' },
    liquidity: 'taker',
    instrument,
    venueAt: at,
    receivedAt: at,
    payloadHash: '0'.repeat(64),
  }
  return { type: 'OrderFilled', ...decoded(OrderFilled.data.decode(data)) }
}

/** Writes as api and gateway do. */
const openWriter = (server: TestPostgres) => {
  const api = openPostgresEventLog({ url: server.url('api'), app: 'api' })
  const gateway = openPostgresEventLog({ url: server.url('gateway'), app: 'gateway' })
  const write = async (
    app: 'api' | 'gateway',
    stream: StreamName,
    after: bigint | 'noStream',
    events: readonly LedgerEvent[],
  ): Promise<void> => {
    const envelop = enveloper(app, systemIds, systemClock)
    const proposed = events.map((event) =>
      envelop(event, { correlationId: systemIds.correlationId() }),
    )
    const appended = await (app === 'api' ? api : gateway).append(
      stream,
      after,
      proposed as unknown as ReadonlyNonEmptyArray<ProposedEvent>,
    )
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, String))
  }
  const revisions = new Map<number, bigint>()
  let orders = 0
  return {
    openAccounts: async (): Promise<void> => {
      for (let n = 0; n < accounts; n += 1)
        await write('api', accountStream(accountNamed(n)), 'noStream', [opened(n)])
    },
    /** One new order for each account; answers the first of them. */
    newOrders: async (): Promise<number> => {
      const first = orders
      orders += accounts
      await Promise.all(
        Array.from({ length: accounts }, (_, n) =>
          write('api', orderStream(orderNamed(first + n)), 'noStream', [intent(first + n)]),
        ),
      )
      return first
    },
    fill: async (order: number, count: number): Promise<void> => {
      const after = revisions.get(order) ?? 0n
      revisions.set(order, after + BigInt(count))
      const fills = Array.from({ length: count }, (_, n) => fill(order, Number(after) + n))
      await write('gateway', orderStream(orderNamed(order)), after, fills)
    },
    close: async (): Promise<void> => {
      await Promise.all([api.close(), gateway.close()])
    },
  }
}

interface Streamed {
  readonly perSecond: number
  /** Of the client that was furthest behind at any time. */
  readonly worstLagMs: number
}

const startApi = async (server: TestPostgres) => {
  const port = String(await freePort())
  const process_ = fork(join(root, 'build/apps/api.mjs'), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DAYBOOK_LOG: server.url('api'),
      DAYBOOK_DATABASE: server.url('api'),
      DAYBOOK_HUB: `ws://127.0.0.1:${String(await freePort())}`,
      DAYBOOK_HEALTH_PORT: String(await freePort()),
      DAYBOOK_PORT: port,
      DAYBOOK_KEY: key,
      DAYBOOK_LOG_LEVEL: 'error',
    },
  })
  for (;;) {
    const reply = await fetch(`http://127.0.0.1:${port}/v1/instruments`, {
      headers: { authorization: `Bearer ${key}` },
    }).catch(() => undefined)
    if (reply?.status === 200) return { process: process_, url: `ws://127.0.0.1:${port}/v1/stream` }
    await setTimeout(50)
  }
}

/** First as much as it takes at once, then evenly, at half of what the peer did. */
const ourStream = async (barePerSecond: number): Promise<Streamed> => {
  const server = await testPostgres()
  const writer = openWriter(server)
  try {
    await writer.openAccounts()
    const api = await startApi(server)
    const listeners = await openListeners(
      Array.from(
        { length: clients },
        (_, n) => `${api.url}?account=${accountNamed(n)}&types=order`,
      ),
    )
    const first = await writer.newOrders()
    for (let n = 0; n < burstEvents / 100; n += 1) await writer.fill(first + (n % accounts), 100)
    const burst = await listeners.until(1 + burstEvents / accounts)
    await listeners.watch()
    const eventsPerSecond = (barePerSecond * 0.5) / perAccount
    // Ten times a second, to each account as many.
    const each = Math.max(1, Math.round(eventsPerSecond / 10 / accounts))
    const begun = performance.now()
    for (let tick = 0; tick < pacedSeconds * 10; tick += 1) {
      await setTimeout(Math.max(0, begun + tick * 100 - performance.now()))
      await Promise.all(Array.from({ length: accounts }, (_, n) => writer.fill(first + n, each)))
    }
    const paced = await listeners.until(each * pacedSeconds * 10)
    await listeners.close()
    await ended(api.process)
    return { perSecond: perSecondOf(burst), worstLagMs: Math.max(...paced.worstLagMs) }
  } finally {
    await writer.close()
    await server.stop()
  }
}

export const streamResults = async (): Promise<readonly Result[]> => {
  const bare: number[] = []
  const runs: Streamed[] = []
  for (let run = 0; run < repetitions; run += 1) {
    const rate = await bareBroadcast()
    bare.push(rate)
    runs.push(await ourStream(rate))
  }
  const limit = figure('bare ws broadcast to 1,000', 'deliveries/s', spreadOf(bare))
  const ours = figure(
    '10 accounts, 100 clients each',
    'deliveries/s',
    spreadOf(runs.map(({ perSecond }) => perSecond)),
  )
  const lag = figure(
    'furthest behind at half the bare rate',
    's',
    spreadOf(runs.map(({ worstLagMs }) => worstLagMs / 1000)),
  )
  return [
    {
      target: 'T15',
      what: '1,000 WebSocket clients, every order event to those of its account',
      ours,
      limits: [limit, lag],
      goals: [atLeast(0.5, limit, ours), atMost(1, lag)],
    },
  ]
}
