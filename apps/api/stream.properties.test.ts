import * as E from 'fp-ts/lib/Either.js'
import { Registry } from 'prom-client'
import { describe, expect } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { fakeSocket, type FrameSeen } from '#apps/api/testing/streams'
import type { EventLog, Subscription } from '#domain/kernel/event-log'
import { rowAfter } from '#projections/fold'
import { type OrderRow, orders, orderView } from '#projections/orders'
import { anyQuantity } from '#domain/testing/fills'
import { plusMs } from '#domain/values/instant'
import { anyStory } from '#projections/testing/any-story'
import {
  enveloped,
  fillOf,
  orderId,
  said,
  type Saying,
  started,
  type Told,
} from '#projections/testing/stories'
import type { RecordedEvent } from '#schemas/envelope'
import { StreamQuery } from '#schemas/api/stream'
import { orderStream } from '#schemas/streams'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { OrderId } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'
import { passes } from './stream-batches.ts'
import { openStream, type Stream, streamDefaults } from './stream.ts'
import { entryOf } from './show-order.ts'
import { toldOf } from './stream-table.ts'

/** One after the other on one log: what is asked of it is what a client may see. */
type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'hear'; readonly pageEvents: number }
  | { readonly do: 'connect'; readonly from: number | 'now'; readonly filter: string }
  | { readonly do: 'room'; readonly client: number; readonly sends: number }
  | { readonly do: 'cut'; readonly client: number }
  | { readonly do: 'fail' }
  | { readonly do: 'wait'; readonly turns: number }

const filters = ['', 'account=main', 'account=desk_1', 'types=order', 'types=order.filled,funds']
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 25 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hear' as const),
      pageEvents: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('connect' as const),
      from: fc.oneof(fc.constant('now' as const), fc.nat({ max: 80 })),
      filter: fc.constantFrom(...filters),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('room' as const),
      client: fc.nat({ max: 5 }),
      sends: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cut' as const), client: fc.nat({ max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'fail' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      turns: fc.integer({ min: 1, max: 4 }),
    }),
  },
)

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise((done) => setImmediate(done))
}

const later = [
  'submitted',
  'accepted',
  'unknown',
  'found',
  'cancelAsked',
  'cancelRefused',
  'cancelled',
  'expired',
  'lapsed',
  'odd',
] as const satisfies readonly Saying[]

/**
 * Orders side by side, each from its intent through at most one decision to whatever the venue says of it; the
 * clocks of those who write do not agree, so that every event shows in the order's time.
 */
const anyOrders: fc.Arbitrary<readonly Told[]> = fc
  .array(
    fc.record({
      n: fc.nat({ max: 9 }),
      decision: fc.constantFrom('approved' as const, 'denied' as const, undefined),
      saying: fc.constantFrom(...later),
      fill: fc.option(anyQuantity, { freq: 3 }),
      seconds: fc.integer({ min: -30, max: 30 }),
    }),
    { minLength: 20, maxLength: 120 },
  )
  .map((steps) => {
    const stages = new Map<number, number>()
    return steps.flatMap(({ n, decision, saying, fill, seconds }, trade): readonly Told[] => {
      const asked = { n, side: 'buy' as const, quantity: (5n * 10n ** 18n) as Quantity }
      const stage = stages.get(n) ?? 0
      stages.set(n, stage + 1)
      const at = plusMs(started, trade + seconds * 1_000)
      if (stage === 0) return [{ ...said('intent', asked), at }]
      if (stage === 1) return decision === undefined ? [] : [{ ...said(decision, asked), at }]
      if (fill === null) return [{ ...said(saying, asked), at }]
      const price = (64_000n * 10n ** 18n) as Price
      const event = fillOf(asked, { quantity: fill, price, trade })
      return [{ stream: orderStream(orderId(n)), event, at }]
    })
  })

/** Facts in any order, though a decision is made once, and of an order that was asked for. */
const decidedOnce = (story: readonly Told[]): readonly Told[] => {
  const asked = new Set<string>()
  const decided = new Set<string>()
  return story.filter(({ event }) => {
    if (event.type === 'OrderIntentRecorded') asked.add(event.orderId)
    if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return true
    if (!asked.has(event.orderId) || decided.has(event.orderId)) return false
    decided.add(event.orderId)
    return true
  })
}
const anyLog = fc.oneof(
  { weight: 4, arbitrary: anyOrders },
  { weight: 1, arbitrary: anyStory.map(decidedOnce) },
)

/** What a client must see, from a fold of everything from the beginning. */
const expectedOf = (events: readonly RecordedEvent[], after: bigint, filter: string) => {
  const rows = new Map<OrderId, OrderRow>()
  const query = StreamQuery.decode(Object.fromEntries(new URLSearchParams(filter)))
  if (E.isLeft(query)) throw new Error(filter)
  return events.flatMap((recorded) => {
    const { event, position } = recorded
    const id = 'orderId' in event ? event.orderId : undefined
    const row = id === undefined ? undefined : rowAfter(orders, [recorded], rows.get(id))
    if (row !== undefined) rows.set(row.id, row)
    const told = toldOf(event.type)
    if (told.shows === 'nothing' || position <= after) return []
    if (told.shows === 'order' && row === undefined) return []
    const [type, data, named] =
      told.shows === 'itself'
        ? [told.type, told.data(recorded), 'account' in event ? event.account : undefined]
        : row === undefined
          ? []
          : [
              typeof told.type === 'string' ? told.type : told.type(row),
              orderView(row),
              row.account,
            ]
    if (type === undefined) return []
    const frame = { position, type, account: named, bytes: new Uint8Array() }
    const text = JSON.stringify({
      type,
      logPosition: position.toString(),
      data,
      event: entryOf(recorded),
    })
    return passes(query.right, frame) ? [text] : []
  })
}

class World {
  readonly log = memoryEventLog()
  readonly stream: Stream
  readonly clients: Client[] = []
  readonly #story: readonly Told[]
  #failing = false
  #told = 0
  #live: { subscription: Subscription; position: bigint }

  constructor(story: readonly Told[]) {
    this.#story = story
    const failing: EventLog = {
      ...this.log,
      read: async (...asked) => {
        // As from a store: never in the same turn, and sometimes not at all.
        await turns(1)
        if (!this.#failing) return this.log.read(...asked)
        this.#failing = false
        return E.left({ _tag: 'StoreUnreachable', detail: 'away' })
      },
    }
    const someone = { person: 'owner', keyId: 'k', roles: [] } as never
    this.stream = openStream(
      {
        log: failing,
        admit: () => E.right(someone),
        directory: { account: (id) => ({ id }) as never, accounts: () => [] },
        clock: systemClock,
        logger: { debug: () => undefined, error: () => undefined },
        metrics: new Registry(),
      },
      { ...streamDefaults, ordersMax: 3, newestBytesMax: 6_000, pageEvents: 5 },
    )
    this.stream.start(0n)
    this.#live = { subscription: this.log.subscribeAll(0n, {}), position: 0n }
  }
  async append(count: number): Promise<void> {
    for (const told of this.#story.slice(this.#told, this.#told + count)) {
      const there = await this.log.read(told.stream, -1n)
      if (E.isLeft(there)) throw new Error(there.left.detail)
      const expected = there.right.at(-1)?.revision ?? 'noStream'
      const done = await this.log.append(told.stream, expected, [enveloped(told, this.#told)])
      if (E.isLeft(done)) throw new Error(JSON.stringify(done.left, String))
      this.#told += 1
    }
  }
  async hear(pageEvents: number): Promise<void> {
    for (;;) {
      const page = await this.log.readAll(this.#live.position, {}, pageEvents)
      if (E.isLeft(page)) throw new Error('unread')
      if (page.right.upTo === this.#live.position) return
      this.#live.position = page.right.upTo
      this.stream.hear(page.right)
    }
  }
  connect(client: Client): void {
    const socket = fakeSocket()
    socket.room = client.room
    const query = new URLSearchParams(client.filter)
    const position = client.position()
    if (position !== undefined) query.set('after', position.toString())
    client.socket = socket
    client.start ??= this.#live.position
    client.events = this.stream.sockets.connected(socket, {
      requestId: systemIds.correlationId(),
      query: Object.fromEntries(query),
      authorization: 'Bearer k',
      origin: undefined,
      host: undefined,
    })
  }
  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
        return this.append(step.count)
      case 'hear':
        return this.hear(step.pageEvents)
      case 'wait':
        return turns(step.turns)
      case 'fail':
        this.#failing = true
        return
      case 'connect': {
        const from = step.from === 'now' ? undefined : BigInt(step.from)
        // Beyond the log there is nothing to connect to.
        if (from !== undefined && from > BigInt(this.#told)) return
        const client = new Client(step.filter, from)
        this.clients.push(client)
        return this.connect(client)
      }
      case 'room':
        return this.clients[step.client % Math.max(1, this.clients.length)]?.giveRoom(step.sends)
      case 'cut': {
        const client = this.clients[step.client % Math.max(1, this.clients.length)]
        client?.cut()
        if (client !== undefined) this.connect(client)
      }
    }
  }
  /** All is well, and everybody reads: what has been missed comes now. */
  async settle(): Promise<readonly RecordedEvent[]> {
    this.#failing = false
    await this.append(this.#story.length)
    await this.hear(100)
    for (const client of this.clients) client.giveRoom(Number.POSITIVE_INFINITY)
    const all = await this.log.readAll(0n, {}, 10_000)
    if (E.isLeft(all)) throw new Error('unread')
    const until = performance.now() + 4_000
    const isDone = () =>
      this.clients.every((client) => {
        const expected = expectedOf(all.right.events, client.start ?? 0n, client.filter)
        return client.all().length >= expected.length
      })
    while (!isDone() && performance.now() < until) await turns(3)
    await turns(5)
    return all.right.events
  }
  async close(): Promise<void> {
    await this.stream.sockets.close()
    await this.#live.subscription.close()
  }
}

/** One who listens, over as many connections as it takes. */
class Client {
  readonly filter: string
  start: bigint | undefined
  room = Number.POSITIVE_INFINITY
  socket: ReturnType<typeof fakeSocket> | undefined
  events: ReturnType<Stream['sockets']['connected']> | undefined
  readonly #before: string[] = []

  constructor(filter: string, start: bigint | undefined) {
    this.filter = filter
    this.start = start
  }
  all(): readonly string[] {
    return [...this.#before, ...(this.socket?.texts ?? [])]
  }
  position(): bigint | undefined {
    const last = this.all().at(-1)
    return last === undefined ? this.start : BigInt((JSON.parse(last) as FrameSeen).logPosition)
  }
  giveRoom(sends: number): void {
    this.room = sends
    if (this.socket === undefined) return
    this.socket.room = sends
    if (sends > 0) this.events?.room()
  }
  cut(): void {
    this.#before.push(...(this.socket?.texts ?? []))
    this.events?.closed(1006)
  }
}

describe('whatever happens to the lines', () => {
  prop(
    'each client sees what is after its position and passes its filter, in order, once, and the same as all others',
    fc.tuple(anyLog, fc.array(anyStep, { minLength: 5, maxLength: 40 })),
    async ([story, steps]) => {
      const world = new World(story)
      for (const step of steps) await world.take(step)
      const events = await world.settle()
      for (const client of world.clients) {
        expect(client.socket?.ended).toBeUndefined()
        expect(client.all()).toStrictEqual(expectedOf(events, client.start ?? 0n, client.filter))
      }
      await world.close()
    },
    { numRuns: 300 },
  )
})
