/** One order as the gateway holds it: its fold, where its stream stands, and what is being done about it. */
import type { Approval } from '#domain/order/commands'
import type { KillSwitch } from '#domain/order/kill-switch'
import { isEnded, type Order, orderDecider, workingQuantity } from '#domain/order/order'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderEvent } from '#schemas/events/order'
import type { StreamName } from '#schemas/streams'
import { orderStream } from '#schemas/streams'
import type { CorrelationId, EventId, KillSwitchId, OrderId } from '#schemas/values/ids'
import type { Release } from './slots.ts'
import type { Task } from './tasks.ts'

export interface EngagedKillSwitch extends KillSwitch {
  readonly eventId: EventId
}
export interface Turn {
  waiting: boolean
  /** Granted, and to be used or given back at once. */
  slot: Release | undefined
}

export class Entry {
  readonly orderId: OrderId
  readonly stream: StreamName
  order: Order = orderDecider.initialState
  /** Of the last event folded; -1n: none. */
  revision = -1n
  correlationId: CorrelationId | undefined
  lastEventId: EventId | undefined
  approval: Approval | undefined
  /** Those that forbade it at any time since it was approved: their release does not bring it back. */
  readonly forbiddenBy = new Map<KillSwitchId, EngagedKillSwitch>()
  denied = false
  /** Seen from its intent on by the follower. Others are read for the sake of one report, and only told. */
  followed = false
  loaded = false
  /** When it was first seen here to be on its way, by the monotonic clock. */
  startedMs: number | undefined
  /** This process holds its one wire attempt, and has no answer yet. */
  attempting = false
  /** A cancel is on the wire, or was answered with an end that is still to be recorded. */
  cancelling = false
  cancelFailures = 0
  /** What waits to be done for it, one after the other. */
  readonly tasks: Task[] = []
  attend = false
  busy = false
  /** Ends the waiting for its next deadline. */
  disarm: (() => void) | undefined
  /** Its place in the queues for the wire. */
  readonly toPlace: Turn = { waiting: false, slot: undefined }
  readonly toCancel: Turn = { waiting: false, slot: undefined }

  constructor(orderId: OrderId) {
    this.orderId = orderId
    this.stream = orderStream(orderId)
  }

  /** Folds an event of its stream once, from whichever side it is heard of first. */
  absorb(event: OrderEvent, revision: bigint, id: EventId, nowMs: number): void {
    if (revision <= this.revision) return
    if (revision !== this.revision + 1n) {
      throw new Error(`${this.stream}: ${String(revision)} follows ${String(this.revision)}`)
    }
    this.order = orderDecider.evolve(this.order, event)
    this.revision = revision
    this.lastEventId = id
    if (event.type === 'OrderSubmissionStarted') this.startedMs = nowMs
    if (event.type === 'OrderCancelRefused') this.cancelling = false
  }

  absorbRecorded({ event, metadata, revision }: RecordedEvent, nowMs: number): void {
    this.correlationId ??= metadata.correlationId
    this.absorb(event as OrderEvent, revision, metadata.id, nowMs)
  }

  /** An exit that a kill switch has found to be more than its position is one no longer. */
  get approvalNow(): Approval | undefined {
    const { approval } = this
    if (approval === undefined || this.forbiddenBy.size === 0) return approval
    return { ...approval, reducing: false }
  }

  /** Nothing more is expected of it: it may be forgotten, and read again should something come all the same. */
  get finished(): boolean {
    if (this.denied && this.order._tag === 'Intended') return true
    return isEnded(this.order) && workingQuantity(this.order) === 0n
  }
}
