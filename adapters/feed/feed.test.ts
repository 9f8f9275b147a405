import { once } from 'node:events'
import { connect } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { TickFeed } from '#domain/kernel/tick-feed'
import type { HubFrame, QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { hubTickFeed, type TickFeedOptions } from './client.ts'
import { openTickHub, type TickHub, type TickHubOptions } from './server.ts'

const bitcoin = 'BTC/USDT' as MarketSymbol
const ether = 'ETH/USDT' as MarketSymbol
const at = 1_700_000_000_000_000 as Instant
const unit = 10n ** 18n
const trade = (sequence: number, symbol = bitcoin): TradeTick => ({
  type: 'trade',
  symbol,
  sequence,
  venueAt: at,
  receivedAt: at,
  tradeId: String(sequence) as TradeId,
  price: (65_000n * unit + BigInt(sequence)) as Price,
  quantity: unit as Quantity,
  aggressor: 'buy',
})
const quote = (sequence: number, symbol = bitcoin): QuoteTick => ({
  type: 'quote',
  symbol,
  sequence,
  venueAt: at,
  receivedAt: at,
  bid: (64_999n * unit) as Price,
  bidQuantity: unit as Quantity,
  ask: (65_001n * unit) as Price,
  askQuantity: unit as Quantity,
})

const open: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})
const hub = async (options: Partial<TickHubOptions> = {}): Promise<TickHub> => {
  const opened = await openTickHub({
    url: 'ws://127.0.0.1:0',
    welcome: { source: 'test', symbols: [bitcoin, ether] },
    ...options,
  })
  if (E.isLeft(opened)) throw new Error(opened.left.detail)
  open.push(opened.right)
  return opened.right
}
const feed = (url: string, options: TickFeedOptions = {}): TickFeed => {
  const made = hubTickFeed(url, { retryMsMin: 1, retryMsMax: 20, ...options })
  open.push(made)
  return made
}
/** Collects frames, and waits until there are so many. */
const ear = (from: TickFeed) => {
  const heard: HubFrame[] = []
  let wake = (): void => undefined
  from.listen((frame) => {
    heard.push(frame)
    wake()
  })
  const until = async (enough: (frames: readonly HubFrame[]) => boolean): Promise<void> => {
    while (!enough(heard)) {
      await new Promise<void>((done) => {
        wake = done
      })
    }
  }
  return { heard, until, count: (n: number) => until((frames) => frames.length >= n) }
}

describe('a listener', () => {
  test('hears the welcome, the newest trade and quote of every symbol, then each tick', async () => {
    const source = await hub()
    for (const frame of [trade(1), quote(2), trade(3), trade(1, ether)]) source.publish(frame)
    const { heard, count } = ear(feed(source.url))
    await count(4)
    source.publish(quote(4))
    await count(5)
    expect(heard).toStrictEqual([
      { type: 'welcome', source: 'test', symbols: [bitcoin, ether] },
      quote(2),
      trade(3),
      trade(1, ether),
      quote(4),
    ])
  })
  test('who comes late to the same client is told the same', async () => {
    const source = await hub()
    source.publish(trade(7))
    const client = feed(source.url)
    await ear(client).count(2)
    const late = ear(client)
    expect(late.heard).toStrictEqual([
      { type: 'welcome', source: 'test', symbols: [bitcoin, ether] },
      trade(7),
    ])
  })
  test('hears that the source has ended, also afterwards', async () => {
    const source = await hub()
    source.publish({ type: 'ended', source: 'test' })
    const { heard, count } = ear(feed(source.url))
    await count(2)
    expect(heard[1]).toStrictEqual({ type: 'ended', source: 'test' })
  })
  test('stops hearing when it says so', async () => {
    const source = await hub()
    const client = feed(source.url)
    const one = ear(client)
    await one.count(1)
    const silent: HubFrame[] = []
    client.listen((frame) => silent.push(frame))()
    source.publish(trade(1))
    await one.count(2)
    expect(silent).toHaveLength(1)
  })
})

describe('when the hub goes away', () => {
  test('the client comes back to the next one and is welcomed again', async () => {
    const first = await hub()
    const client = feed(first.url)
    const { heard, count } = ear(client)
    await count(1)
    await first.close()
    const second = await hub({ url: first.url, welcome: { source: 'again', symbols: [] } })
    second.publish(trade(9))
    await count(3)
    expect(heard.slice(1)).toStrictEqual([
      { type: 'welcome', source: 'again', symbols: [] },
      trade(9),
    ])
    expect(client.connected()).toBe(true)
  })
  test('says so, once for each connection that was', async () => {
    const states: string[] = []
    const source = await hub()
    const client = feed(source.url, { onConnection: (state) => states.push(state) })
    await ear(client).count(1)
    await source.close()
    const again = await hub({ url: source.url })
    await ear(client).until(() => states.length === 3)
    expect(states).toStrictEqual(['connected', 'disconnected', 'connected'])
    await again.close()
  })
})

test('a malformed frame is named and the next one is heard', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    for (const text of ['{', 'null', '{"type":"news"}', '{"type":"trade","price":"abc"}'])
      socket.send(text)
    socket.send('{"type":"ended","source":"x"}')
  })
  const { port } = server.address() as { port: number }
  const malformed: string[] = []
  const client = feed(`ws://127.0.0.1:${String(port)}`, {
    onMalformed: ({ detail }) => malformed.push(detail),
  })
  const { heard, count } = ear(client)
  await count(1)
  await client.close()
  await new Promise((done) => server.close(done))
  expect(heard).toStrictEqual([{ type: 'ended', source: 'x' }])
  expect(malformed).toHaveLength(4)
  expect(malformed[0]).toContain('is not JSON')
  expect(malformed[2]).toContain('has a type that the hub does not have')
  expect(malformed[3]).toContain('"price":"abc"')
})

/** A listener that takes part in the handshake and then reads nothing. */
const deaf = async (url: string) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `GET / HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  await once(socket, 'data')
  socket.pause()
  socket.on('error', () => undefined)
  open.push({
    close: async () => {
      socket.destroy()
    },
  })
  return socket
}

describe('a slow listener', () => {
  test('is told only the newest of each symbol, and holds up nobody', async () => {
    const source = await hub({ backlogBytesMax: 10_000 })
    await deaf(source.url)
    const quick = ear(feed(source.url))
    await quick.count(1)
    const ticks = 40_000
    for (let n = 1; n <= ticks; n += 1) {
      source.publish(trade(n))
      if (n % 20 === 0) await source.drained(0)
      if (n % 20 === 0) await new Promise((done) => setImmediate(done))
    }
    await quick.until((frames) => (frames.at(-1) as TradeTick).sequence === ticks)
    expect(source.stats().superseded).toBeGreaterThan(0)
    const sequences = quick.heard.slice(1).map((frame) => (frame as TradeTick).sequence)
    expect(sequences).toStrictEqual(sequences.toSorted((a, b) => a - b))
  })
  test('is sent away when it does not read at all', async () => {
    const source = await hub({ backlogBytesMax: 0, slowMsMax: 1 })
    const socket = await deaf(source.url)
    const gone = once(socket, 'close')
    // More than the operating system keeps for a reader.
    while (source.stats().sentAway === 0) {
      for (let n = 1; n <= 200; n += 1) source.publish(trade(n))
      await new Promise((done) => setImmediate(done))
    }
    socket.resume()
    await gone
    expect(source.stats().listeners).toBe(0)
  })
})

describe('a source that goes as fast as it is heard', () => {
  test('waits for a first listener, and goes on when there is one', async () => {
    const source = await hub()
    expect(await source.drained(5)).toBe(false)
    const waiting = source.drained(5_000)
    await ear(feed(source.url)).count(1)
    expect(await waiting).toBe(true)
  })
  test('is not let on by one that does not read, which is sent away in the end', async () => {
    const source = await hub({ slowMsMax: 60 })
    const socket = await deaf(source.url)
    const gone = once(socket, 'close')
    // More than the operating system keeps for a reader, and less than makes it miss a tick.
    while (await source.drained(0)) for (let n = 1; n <= 50; n += 1) source.publish(trade(n))
    expect([source.stats().superseded, source.stats().sentAway]).toStrictEqual([0, 0])
    expect(await source.drained(30)).toBe(false)
    const quick = ear(feed(source.url))
    await quick.count(1)
    // The one that reads is let on.
    expect(await source.drained(5_000)).toBe(true)
    expect(source.stats().sentAway).toBe(1)
    socket.resume()
    await gone
  })
})

describe('the hub', () => {
  test('says on which address it could not listen', async () => {
    const first = await hub()
    const second = await openTickHub({ url: first.url, welcome: { source: 'x', symbols: [] } })
    expect(second).toMatchObject({
      _tag: 'Left',
      left: {
        _tag: 'CannotListen',
        url: first.url,
        detail: expect.stringContaining('EADDRINUSE') as unknown,
      },
    })
  })
  test('lets no page of a browser listen', async () => {
    const source = await hub()
    const page = new WebSocket(source.url, { origin: 'http://localhost:8080' })
    const [error] = (await once(page, 'error')) as [Error]
    expect(error.message).toContain('401')
  })
})
