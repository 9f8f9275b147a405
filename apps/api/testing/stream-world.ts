/** One log, its stream, and clients without a wire who connect, read as they like, are cut off and resume. */
import * as E from 'fp-ts/lib/Either.js'
import { Registry } from 'prom-client'
import { memoryEventLog } from '#adapters/memory/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { openStream, type Stream, streamDefaults, type StreamSettings } from '#apps/api/stream'
import { fakeSocket, type FrameSeen } from '#apps/api/testing/streams'
import type { EventLog } from '#domain/kernel/event-log'
import { enveloped, type Told } from '#projections/testing/stories'
import type { RecordedEvent } from '#schemas/envelope'

/** One after the other on one log: what is asked of it is what a client may see. */
export type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'hear'; readonly pageEvents: number }
  | { readonly do: 'connect'; readonly from: number | 'now'; readonly filter: string }
  | { readonly do: 'room'; readonly client: number; readonly sends: number }
  | { readonly do: 'cut'; readonly client: number }
  | { readonly do: 'fail' }
  | { readonly do: 'wait'; readonly turns: number }

export const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise((done) => setImmediate(done))
}

/** What a client must have seen in the end. */
type Expected = (
  events: readonly RecordedEvent[],
  client: Pick<Client, 'start' | 'filter'>,
) => readonly string[]

export class World {
  readonly log = memoryEventLog()
  readonly stream: Stream
  readonly clients: Client[] = []
  readonly #story: readonly Told[]
  #failing = false
  #told = 0
  #heard = 0n

  constructor(story: readonly Told[], settings: Partial<StreamSettings> = {}) {
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
      {
        ...streamDefaults,
        ordersMax: 3,
        newestBytesMax: 6_000,
        pageEvents: 5,
        lingerMs: 0,
        ...settings,
      },
    )
    this.stream.start(0n)
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
      const page = await this.log.readAll(this.#heard, {}, pageEvents)
      if (E.isLeft(page)) throw new Error('unread')
      if (page.right.upTo === this.#heard) return
      this.#heard = page.right.upTo
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
    client.start ??= this.#heard
    const asked = {
      requestId: systemIds.correlationId(),
      query: Object.fromEntries(query),
      authorization: 'Bearer k',
      address: '127.0.0.1',
      origin: undefined,
      host: undefined,
    }
    client.events = this.stream.sockets.connected(socket, asked, () => true)
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
  async settle(expected: Expected): Promise<readonly RecordedEvent[]> {
    this.#failing = false
    await this.append(this.#story.length)
    await this.hear(100)
    for (const client of this.clients) client.giveRoom(Number.POSITIVE_INFINITY)
    const all = await this.log.readAll(0n, {}, 10_000)
    if (E.isLeft(all)) throw new Error('unread')
    const until = performance.now() + 4_000
    const wanted = this.clients.map((client) => expected(all.right.events, client).length)
    const isDone = () => this.clients.every((client, n) => client.all().length >= (wanted[n] ?? 0))
    while (!isDone() && performance.now() < until) await turns(3)
    await turns(5)
    return all.right.events
  }
  async close(): Promise<void> {
    await this.stream.sockets.close()
  }
}

/** One who listens, over as many connections as it takes. */
export class Client {
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
