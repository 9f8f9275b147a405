/** What an order needs next, looked at afresh each time: lapse it, send it, cancel it, doubt it, or wait for a deadline. */
import * as E from 'fp-ts/lib/Either.js'
import { type ActiveOrder, isActive, orderDecider } from '#domain/order/order'
import { because } from '#domain/order/because'
import { lapsesAfter } from '#domain/order/unsent'
import type { Intended } from '#domain/order/state'
import { msBetween, plusMs } from '#domain/values/instant'
import type { OrderCommand } from '#domain/order/commands'
import type { Instant } from '#schemas/values/instant'
import { provableInMs } from './absence.ts'
import type { Cancelling } from './cancelling.ts'
import type { Entry, Turn } from './entry.ts'
import type { Gate } from './gate.ts'
import type { GatewayPorts } from './ports.ts'
import type { Recorder } from './recorder.ts'
import type { Release, Slots, TakeSlot } from './slots.ts'
import type { Submission } from './submission.ts'
import type { EngagedKillSwitch } from './view.ts'

/** How long after `sendBy` the sender of an order may still be about to say what became of it. */
export const answerGraceMs = 1000
/** A cancel that has no answer by then no longer keeps its place on the wire. */
const answerSoonMs = 500

export interface AttendingParts {
  readonly ports: GatewayPorts
  readonly gate: Gate
  readonly recorder: Recorder
  readonly slots: Slots
  readonly submission: Submission
  readonly cancelling: Cancelling
  /** Look at it again. */
  readonly again: (entry: Entry) => void
  /** Something of it goes on outside its lane. */
  readonly hold: () => () => void
}

export class Attending {
  readonly #parts: AttendingParts

  constructor(parts: AttendingParts) {
    this.#parts = parts
  }

  async attend(entry: Entry): Promise<void> {
    entry.disarm?.()
    entry.disarm = undefined
    const { gate } = this.#parts
    if (entry.followed && gate.caughtUp() && !gate.closing()) await this.#needs(entry)
    // A slot that came too late for its use goes to the next.
    for (const turn of [entry.toPlace, entry.toCancel]) {
      turn.slot?.()
      turn.slot = undefined
    }
  }

  async #needs(entry: Entry): Promise<void> {
    const { order } = entry
    if (order._tag === 'Intended') {
      if (!entry.denied) await this.#unsent(entry, order)
    } else if (isActive(order)) {
      await this.#active(entry, order)
    }
  }

  async #unsent(entry: Entry, order: Intended): Promise<void> {
    const { clock } = this.#parts.ports
    const { approvalNow: approval, orderId } = entry
    const lapse: OrderCommand = {
      type: 'LapseOrder',
      orderId,
      ...(approval === undefined ? {} : { approval }),
      killSwitches: [...entry.forbiddenBy.values()],
      at: clock.now(),
    }
    if (E.isRight(orderDecider.decide(lapse, order))) {
      await this.#record(entry, lapse, approval?.approvalId)
      return
    }
    if (approval === undefined || !this.#parts.gate.mayPlace(order.terms.account)) {
      this.#arm(entry, lapsesAfter(order, approval))
      return
    }
    const release = this.#turn(entry, entry.toPlace, this.#parts.slots.toPlace)
    if (release === undefined) {
      this.#arm(entry, approval.expiresAt)
      return
    }
    const started = await this.#parts.submission.start(entry, approval, release.all)
    if (started !== 'begun') release.all()
    if (started === 'moved') entry.attend = true
    if (started === 'refused') this.#arm(entry, approval.expiresAt)
  }

  async #active(entry: Entry, order: ActiveOrder): Promise<void> {
    const { gate, ports } = this.#parts
    const killSwitch = this.#forbidding(entry, order)
    if (killSwitch !== undefined && !order.cancelPending) {
      // It is on the log and is the request itself: the wire need not wait until the order's own stream has it.
      if (order._tag === 'Open') this.#cancel(entry, order)
      const { killSwitchId, eventId } = killSwitch
      const { orderId } = entry
      const cancel = { type: 'RequestCancel', orderId, denied: false, killSwitchId } as const
      await this.#record(entry, cancel, eventId)
      return
    }
    switch (order._tag) {
      case 'Submitting':
        if (!entry.attempting)
          await this.#doubt(entry, plusMs(order.submission.sendBy, answerGraceMs))
        return
      case 'Unknown':
        gate.sweepWithin(provableInMs(entry, ports.venue.capabilities, ports.clock))
        return
      case 'Open':
        if (order.cancelPending) this.#cancel(entry, order)
    }
  }
  #cancel(entry: Entry, order: ActiveOrder): void {
    if (entry.cancelling || !this.#parts.gate.connected()) return
    const release = this.#turn(entry, entry.toCancel, this.#parts.slots.toCancel)
    if (release === undefined) return
    // Answers that do not come must not keep other cancels from being asked for.
    const soon = this.#parts.ports.timers.after(answerSoonMs, release.slot)
    this.#parts.cancelling.start(entry, order.terms.account, () => {
      soon()
      release.all()
    })
  }
  /** Whoever began it, died or froze over it; we only know that it may have been sent. */
  async #doubt(entry: Entry, after: Instant): Promise<void> {
    if (this.#parts.ports.clock.now() <= after) {
      this.#arm(entry, after)
      return
    }
    const reason = because('venueSilent', 'Whoever sent it did not say what became of it.')
    await this.#record(entry, { type: 'ReportUnknown', orderId: entry.orderId, reason })
  }
  /** Each kill switch asks once; what the venue then refuses is for people. */
  #forbidding({ forbiddenBy }: Entry, order: ActiveOrder): EngagedKillSwitch | undefined {
    const asked = new Set(order.killSwitches)
    return [...forbiddenBy.values()].find(({ killSwitchId }) => !asked.has(killSwitchId))
  }

  async #record(
    entry: Entry,
    command: OrderCommand,
    cause?: EngagedKillSwitch['eventId'],
  ): Promise<void> {
    await this.#parts.recorder.recordOnce(entry, [command], cause)
    entry.attend = true
  }
  /** A slot on the wire, kept until it is released; or none yet, and a place in the queue. */
  #turn(
    entry: Entry,
    turn: Turn,
    take: TakeSlot,
  ): { readonly slot: Release; readonly all: () => void } | undefined {
    const slot = turn.slot ?? (turn.waiting ? undefined : this.#take(entry, turn, take))
    turn.slot = undefined
    if (slot === undefined) return undefined
    const drop = this.#parts.hold()
    let held = true
    const all = (): void => {
      if (!held) return
      held = false
      slot()
      drop()
    }
    return { slot, all }
  }
  #take(entry: Entry, turn: Turn, take: TakeSlot): Release | undefined {
    const slot = take((granted) => {
      turn.waiting = false
      turn.slot = granted
      this.#parts.again(entry)
    })
    if (slot === undefined) turn.waiting = true
    return slot
  }
  #arm(entry: Entry, after: Instant): void {
    const { clock, timers } = this.#parts.ports
    const milliseconds = Math.max(1, Math.ceil(msBetween(clock.now(), after)) + 1)
    entry.disarm = timers.after(milliseconds, () => this.#parts.again(entry))
  }
}
