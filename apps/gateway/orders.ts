/** Every order that has not ended: hears what is said of it, and is looked at whenever something changed. */
import type { OrderCommand } from '#domain/order/commands'
import { isEnded, type Order, orderDecider, orderIdOf } from '#domain/order/order'
import type { OrderEvent } from '#schemas/events/order'
import { orderStream } from '#schemas/streams'
import type { ClientOrderId, OrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Appending } from './appending.ts'
import { Attending } from './attending.ts'
import { Cancelling } from './cancelling.ts'
import type { Entry } from './entry.ts'
import type { Gate } from './gate.ts'
import { Lanes } from './lanes.ts'
import type { GatewayPorts } from './ports.ts'
import { Recent } from './recent.ts'
import { orderRecorder, type Recorder } from './recorder.ts'
import { venueSlots } from './slots.ts'
import { Submission } from './submission.ts'
import { allDone, type Task, type Word } from './tasks.ts'
import {
  accountOfWord,
  clientOrderIdOfWord,
  commandOfOrder,
  commandOfTrade,
  inOrderOfLife,
  keyOfWord,
} from './translate.ts'
import type { View } from './view.ts'

const requestsAtOnce = 64
const keptForCancels = 16
const recentMax = 50_000
const wordsAtOnce = 500

/** Takes what no order of ours explains. */
export type Foreign = (word: Word) => Promise<void>

export class Orders {
  readonly #ports: GatewayPorts
  readonly #view: View
  readonly #gate: Gate
  readonly #foreign: Foreign
  readonly #appending: Appending
  readonly #recorder: Recorder
  readonly #lanes: Lanes
  readonly #attending: Attending
  readonly #recent = new Recent(recentMax)

  constructor(ports: GatewayPorts, view: View, gate: Gate, appending: Appending, foreign: Foreign) {
    this.#ports = ports
    this.#view = view
    this.#gate = gate
    this.#foreign = foreign
    this.#appending = appending
    this.#recorder = orderRecorder(ports, appending)
    this.#lanes = new Lanes({
      load: (entry) => this.#load(entry),
      tell: (entry, tasks) => this.#tell(entry, tasks),
      attend: (entry) => this.#attending.attend(entry),
      rest: this.rest,
      defect: ports.defect,
    })
    const recorder = this.#recorder
    const again = (entry: Entry): void => this.#lanes.attend(entry)
    this.#attending = new Attending({
      ports,
      gate,
      recorder,
      slots: venueSlots(requestsAtOnce, keptForCancels),
      submission: new Submission({ ports, view, gate, recorder, answer: this.#answer }),
      cancelling: new Cancelling({ ports, gate, answer: this.#answer, again }),
      again,
      hold: () => this.#lanes.hold(),
    })
  }

  /** Answers once all of it is on the log, or was there already. False: there was no room for some of it. */
  async hear(words: readonly Word[]): Promise<boolean> {
    const byOrder = new Map<ClientOrderId | undefined, Word[]>()
    for (const word of words) {
      const clientOrderId = clientOrderIdOfWord(word)
      const said = byOrder.get(clientOrderId)
      if (said === undefined) byOrder.set(clientOrderId, [word])
      else said.push(word)
    }
    const heard = [...byOrder].map(([clientOrderId, said]) =>
      clientOrderId === undefined
        ? this.#notOurs(said)
        : this.#hearOf(orderIdOf(clientOrderId), said),
    )
    return (await Promise.all(heard)).every(Boolean)
  }

  /** Tells an order something that is no venue's word; answers once it was dealt with. */
  async tell(entry: Entry, command: OrderCommand): Promise<void> {
    const { all, done } = allDone(1)
    if (!this.#lanes.push(entry, [{ command, done }])) return
    await all
  }

  /** How and when an order ended, by its stream, whether it is followed or not; undefined: it has not. */
  async endOf(
    orderId: OrderId,
  ): Promise<{ readonly state: string; readonly at: Instant } | undefined> {
    let order: Order = orderDecider.initialState
    for (const { event, metadata } of await this.#appending.read(orderStream(orderId), -1n)) {
      order = orderDecider.evolve(order, event as OrderEvent)
      if (isEnded(order)) return { state: order._tag, at: metadata.occurredAt }
    }
    return undefined
  }

  attend(orderId: OrderId): void {
    const entry = this.#view.entries.get(orderId)
    if (entry !== undefined) this.#lanes.attend(entry)
  }
  attendAll(): void {
    for (const entry of this.#view.entries.values()) this.#lanes.attend(entry)
  }
  /** Forgets what needs nothing more. */
  readonly rest = (entry: Entry): void => {
    if (entry.busy || entry.attempting || (entry.followed && !entry.finished)) return
    entry.disarm?.()
    this.#view.forget(entry)
  }
  /** Nothing is being done for any order, and none waits for the venue's answer. */
  idle(): Promise<void> {
    return this.#lanes.idle()
  }

  readonly #answer = (entry: Entry, tasks: readonly Task[]): void => {
    if (!this.#lanes.push(entry, tasks)) this.#gate.sweepWithin(0)
  }
  async #notOurs(words: readonly Word[]): Promise<boolean> {
    for (const word of words) {
      this.#view.touch(accountOfWord(word))
      await this.#foreign(word)
    }
    return true
  }
  async #hearOf(orderId: OrderId, words: readonly Word[]): Promise<boolean> {
    const known = this.#view.entries.has(orderId)
    const news = known ? words : words.filter((word) => !this.#recent.has(keyOfWord(word)))
    for (let from = 0; from < news.length; from += wordsAtOnce) {
      const some = news.slice(from, from + wordsAtOnce)
      const { all, done } = allDone(some.length)
      const tasks = some.map((word) => ({ word, done }))
      if (!this.#lanes.push(this.#view.remember(orderId), tasks)) {
        this.#gate.sweepWithin(0)
        return false
      }
      await all
    }
    return true
  }

  async #load(entry: Entry): Promise<void> {
    await this.#recorder.refresh(entry)
    entry.loaded = true
  }

  async #tell(entry: Entry, tasks: readonly Task[]): Promise<void> {
    const words = tasks.flatMap((task) => ('word' in task ? [task.word] : []))
    for (const word of words) this.#view.touch(accountOfWord(word))
    const commands = tasks.flatMap((task) => ('command' in task ? [task.command] : []))
    const ours = words.filter((word) => isOf(entry, word))
    for (const word of words) if (!ours.includes(word)) await this.#foreign(word)
    const told: Word[] = []
    const said: OrderCommand[] = []
    for (const word of inOrderOfLife(ours)) {
      const command = this.#commandOf(entry, word)
      if (command === undefined) continue
      told.push(word)
      said.push(command)
    }
    const rejections = await this.#recorder.record(entry, [...said, ...commands])
    for (const rejection of rejections) this.#ports.logger.info(rejection, 'not now')
    for (const word of told) this.#recent.add(keyOfWord(word))
  }
  #commandOf({ orderId }: Entry, word: Word): OrderCommand | undefined {
    if (word.type === 'order') return commandOfOrder(orderId, word.order, word.via)
    const { trade, via } = word
    const instrument = this.#view.instruments.get(trade.symbol)?.terms
    if (instrument !== undefined) return commandOfTrade(orderId, trade, via, instrument)
    // What was sent was listed, so it is a symbol that the order never named, and is told again at the next sweep.
    this.#ports.logger.warn({ orderId, symbol: trade.symbol }, 'a fill in an unlisted instrument')
    return undefined
  }
}

const isOf = ({ order }: Entry, word: Word): boolean =>
  order._tag !== 'Unrecorded' && order.terms.account === accountOfWord(word)
