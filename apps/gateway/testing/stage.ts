/** A ledger, a venue and gateways on one stage, and what the other apps would write. */
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { sha256 } from '#adapters/system/hash'
import { followed } from '#apps/gateway/view'
import { Gateway } from '#apps/gateway/gateway'
import type { VenueInstrument } from '#domain/kernel/venue'
import { enveloper } from '#domain/kernel/envelop'
import type { AppendFailure, EventLog, ExpectedRevision, LogPage } from '#domain/kernel/event-log'
import { clientOrderIdOf, orderDecider } from '#domain/order/order'
import { fold } from '#domain/kernel/decider'
import { countingIds, uuidOf } from '#domain/testing/fixed'
import { book, quantity, terms } from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed, EventType, LedgerEvent } from '#schemas/events/ledger'
import type { OrderEvent } from '#schemas/events/order'
import { accountStream, orderStream, riskStream, type StreamName } from '#schemas/streams'
import type { Ratio } from '#schemas/values/decimal'
import type {
  AccountId,
  Currency,
  KillSwitchId,
  Line,
  OrderId,
  ProposalId,
} from '#schemas/values/ids'
import type { KillSwitchMode, Scope, Terms } from '#schemas/values/trading'
import { reason } from '#domain/testing/orders'
import { ScriptedVenue } from '#apps/gateway/testing/scripted-venue'
import { type Owner, World } from '#apps/gateway/testing/world'

export type StoreFault = 'lostWrite' | 'lostAck'

/** One gateway process. */
export interface Node {
  readonly owner: Owner
  readonly gateway: Gateway
  position: bigint
  /** At its pause point between append and send; undefined: it runs through. */
  paused: (() => void) | undefined
}

export class Stage {
  readonly world = new World()
  readonly venue = new ScriptedVenue(this.world)
  readonly #log = memoryEventLog(this.world.clock)
  readonly #ids = countingIds()
  readonly #others = enveloper('api', this.#ids, this.world.clock)
  readonly nodes: Node[] = []
  #head = 0n
  #orders = 0
  /** What the store does to an append of these. */
  storeFault: (stream: StreamName, owner: Owner) => StoreFault | undefined = () => undefined
  pausesBeforeSend = false

  constructor(instruments?: readonly VenueInstrument[]) {
    if (instruments !== undefined) this.venue.instruments = instruments
    this.venue.logHead = () => this.#head
    this.world.follow(() =>
      this.nodes.flatMap((node) =>
        node.position < this.#head
          ? [{ owner: node.owner, label: 'page', take: () => void this.#page(node) }]
          : [],
      ),
    )
  }

  /** Book and account, as a fresh ledger has them. */
  async furnish(): Promise<void> {
    await this.write(riskStream(book), {
      type: 'BookOpened',
      book,
      currency: 'USDT' as Currency,
      control: 'single',
      tradingDay: { time: '00:00', zone: 'UTC' },
      limits: {},
    })
    await this.openAccount('main' as AccountId)
  }
  async openAccount(account: AccountId): Promise<void> {
    await this.write(accountStream(account), {
      type: 'AccountOpened',
      account,
      book,
      currency: 'USDT' as Currency,
      leverage: (10n ** 18n) as Ratio,
      costBasis: 'average',
    })
  }

  startGateway(name: string): Node {
    const owner = this.world.owner(name)
    const { clock } = this.world
    const node: Node = {
      owner,
      position: 0n,
      paused: undefined,
      gateway: new Gateway({
        log: this.#logOf(owner),
        venue: this.venue.reachedBy(owner),
        clock,
        timers: this.world.timersOf(owner),
        ids: this.#ids,
        hash: sha256,
        envelop: enveloper('gateway', this.#ids, clock),
        logger: { info: () => undefined, warn: () => undefined },
        defect: (thrown) => this.world.defects.push(thrown),
        changed: () => undefined,
        beforeSend: () =>
          this.pausesBeforeSend
            ? new Promise((resolve) => {
                node.paused = resolve
              })
            : Promise.resolve(),
      }),
    }
    this.nodes.push(node)
    return node
  }
  crash(node: Node): void {
    node.owner.alive = false
    this.nodes.splice(this.nodes.indexOf(node), 1)
  }

  /** A gateway that has caught up and reconciled. */
  async running(name = 'g1'): Promise<Node> {
    const node = this.startGateway(name)
    await this.#firstPage(node)
    await this.world.settle()
    return node
  }
  async starting(name: string): Promise<Node> {
    const node = this.startGateway(name)
    await this.#firstPage(node)
    return node
  }

  async intend(change: Partial<Terms> = {}): Promise<OrderId> {
    this.#orders += 1
    const orderId = uuidOf<OrderId>(0xa000 + this.#orders)
    await this.write(orderStream(orderId), {
      type: 'OrderIntentRecorded',
      orderId,
      book,
      terms: { ...terms, ...change },
      decideBy: plusMs(this.world.clock.now(), 5000),
    })
    return orderId
  }
  async approve(
    orderId: OrderId,
    change: Partial<EventNamed<'OrderApproved'>> = {},
  ): Promise<void> {
    const intent = (await this.eventsOf(orderStream(orderId))).find(
      (event) => event.type === 'OrderIntentRecorded',
    )
    const at = this.world.clock.now()
    await this.write(riskStream(book), {
      type: 'OrderApproved',
      orderId,
      book,
      rules: 1,
      basis: { count: 0 },
      at,
      clock: at,
      terms: intent?.terms ?? terms,
      reducing: false,
      expiresAt: plusMs(at, 5000),
      checks: [],
      ...change,
    })
  }
  async place(change: Partial<Terms> = {}): Promise<OrderId> {
    const orderId = await this.intend(change)
    await this.approve(orderId)
    return orderId
  }
  async deny(orderId: OrderId): Promise<void> {
    await this.write(riskStream(book), {
      type: 'OrderDenied',
      orderId,
      book,
      rules: 1,
      basis: { count: 0 },
      at: this.world.clock.now(),
      clock: this.world.clock.now(),
      reducing: false,
      reason: reason('orderNotional', 'Too large.'),
      checks: [],
    })
  }
  /** As the api does it: decided on the stream as it stands; nothing where the order has ended. */
  async askCancel(orderId: OrderId): Promise<void> {
    const order = fold(orderDecider)(
      (await this.eventsOf(orderStream(orderId))) as readonly OrderEvent[],
    )
    const decision = orderDecider.decide({ type: 'RequestCancel', orderId, denied: false }, order)
    if (E.isRight(decision)) {
      for (const event of decision.right) await this.write(orderStream(orderId), event)
    }
  }
  async kill(mode: KillSwitchMode, scope: Scope = {}): Promise<void> {
    this.#orders += 1
    await this.write(riskStream(book), {
      type: 'KillSwitchEngaged',
      book,
      killSwitchId: uuidOf<KillSwitchId>(0xc000 + this.#orders),
      scope,
      mode,
      reason: 'enough' as Line,
    })
  }
  /** As the guard does it: all that stand. */
  async release(): Promise<void> {
    const engaged = await this.all('KillSwitchEngaged')
    const at = this.world.clock.now()
    await this.write(riskStream(book), {
      type: 'KillSwitchReleased',
      book,
      proposalId: uuidOf<ProposalId>(1),
      rules: 2,
      basis: { count: 0 },
      at,
      clock: at,
      killSwitchIds: engaged.map(({ killSwitchId }) => killSwitchId),
    })
  }

  /** Appends at whatever revision the stream has. */
  async write(stream: StreamName, event: LedgerEvent): Promise<void> {
    const { length } = await this.recordedOf(stream)
    const expected: ExpectedRevision = length === 0 ? 'noStream' : BigInt(length - 1)
    const proposed = this.#others(event, { correlationId: this.#ids.correlationId() })
    const appended = await this.#log.append(stream, expected, [proposed])
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, String))
    this.#head = appended.right.lastPosition
  }

  async log(): Promise<readonly RecordedEvent[]> {
    const page = await this.#log.readAll(0n, {}, 1_000_000)
    return E.isRight(page) ? page.right.events : []
  }
  async recordedOf(stream: StreamName): Promise<readonly RecordedEvent[]> {
    const read = await this.#log.read(stream, -1n)
    if (E.isLeft(read)) throw new Error(JSON.stringify(read.left, String))
    return read.right
  }
  async eventsOf(stream: StreamName): Promise<readonly LedgerEvent[]> {
    return (await this.recordedOf(stream)).map(({ event }) => event)
  }
  async typesOf(orderId: OrderId): Promise<readonly EventType[]> {
    return (await this.eventsOf(orderStream(orderId))).map(({ type }) => type)
  }
  async lastOf(orderId: OrderId): Promise<LedgerEvent | undefined> {
    return (await this.eventsOf(orderStream(orderId))).at(-1)
  }
  async all<Type extends EventType>(type: Type): Promise<readonly EventNamed<Type>[]> {
    return (await this.log()).flatMap(({ event }) =>
      event.type === type ? [event as EventNamed<Type>] : [],
    )
  }
  noDefects(): void {
    expect(this.world.defects).toStrictEqual([])
  }

  async #firstPage(node: Node): Promise<void> {
    await this.#page(node)
  }
  async #page(node: Node): Promise<void> {
    const page = await this.#log.readAll(node.position, followed, 1000)
    if (E.isLeft(page)) throw new Error(JSON.stringify(page.left, String))
    this.#give(node, page.right)
  }
  #give(node: Node, page: LogPage): void {
    if (!node.owner.alive) return
    node.position = page.upTo
    node.gateway.onPage(page)
  }

  #logOf(owner: Owner): EventLog {
    const { world } = this
    return {
      ...this.#log,
      append: async (stream, expected, events) => {
        const names = events.map(({ event }) => event.type).join(' ')
        await world.turn(owner, `append ${names}`)
        const fault = this.storeFault(stream, owner)
        const unreachable: AppendFailure = { _tag: 'StoreUnreachable', detail: 'the test says so' }
        if (fault === 'lostWrite') return E.left(unreachable)
        const appended = await this.#log.append(stream, expected, events)
        if (E.isRight(appended) && appended.right.lastPosition > this.#head) {
          this.#head = appended.right.lastPosition
        }
        await world.turn(owner, `appended ${names}`)
        return fault === 'lostAck' ? E.left(unreachable) : appended
      },
      read: async (stream, after) => {
        await world.turn(owner, `read ${stream}`)
        return await this.#log.read(stream, after)
      },
    }
  }
}

export const named = clientOrderIdOf
export { quantity }
