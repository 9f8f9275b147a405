/** Takes cancels to the venue, again and again until it has done them, refused them, or the order ended by itself. */
import * as E from 'fp-ts/lib/Either.js'
import type { PlaceFailure, VenueOrderState } from '#domain/kernel/venue'
import { clientOrderIdOf } from '#domain/order/order'
import type { AccountId } from '#schemas/values/ids'
import type { Entry } from './entry.ts'
import type { Gate } from './gate.ts'
import type { GatewayPorts } from './ports.ts'
import type { Task } from './tasks.ts'

const againMs = 1000
const mostAgainMs = 10_000
/** An order that had ended before its cancel: its fills are on their way, or are asked for. */
const fillsWithinMs = 500

export interface CancellingParts {
  readonly ports: GatewayPorts
  readonly gate: Gate
  readonly answer: (entry: Entry, tasks: readonly Task[]) => void
  readonly again: (entry: Entry) => void
}

export class Cancelling {
  readonly #ports: GatewayPorts
  readonly #gate: Gate
  readonly #answer: (entry: Entry, tasks: readonly Task[]) => void
  readonly #again: (entry: Entry) => void

  constructor({ ports, gate, answer, again }: CancellingParts) {
    this.#ports = ports
    this.#gate = gate
    this.#answer = answer
    this.#again = again
  }

  /** Goes on by itself; `finished` is called when the venue has answered or has not. */
  start(entry: Entry, account: AccountId, finished: () => void): void {
    entry.cancelling = true
    this.#cancel(entry, account)
      .then((result) => this.#answered(entry, result))
      .catch(this.#ports.defect)
      .finally(finished)
  }

  async #cancel(
    entry: Entry,
    account: AccountId,
  ): Promise<E.Either<PlaceFailure, VenueOrderState>> {
    try {
      return await this.#ports.venue.cancel(account, clientOrderIdOf(entry.orderId))
    } catch (thrown) {
      return E.left({ _tag: 'VenueSilent', detail: String(thrown) })
    }
  }
  #answered(entry: Entry, result: E.Either<PlaceFailure, VenueOrderState>): void {
    const { orderId } = entry
    if (E.isRight(result)) {
      entry.cancelFailures = 0
      const { status } = result.right
      if (status === 'open') this.#later(entry, againMs)
      if (status === 'filled') this.#gate.sweepWithin(fillsWithinMs)
      this.#answer(entry, [{ word: { type: 'order', order: result.right, via: 'report' } }])
      return
    }
    const failure = result.left
    switch (failure._tag) {
      case 'VenueRefused': {
        const { reason } = failure
        // Said before its request was on the order's stream it changes nothing there, and is asked again.
        entry.cancelling = false
        this.#answer(entry, [{ command: { type: 'ReportCancelRefused', orderId, reason } }])
        return
      }
      case 'VenueThrottled':
        this.#later(entry, Math.max(1, failure.retryAfterMs))
        return
      case 'NotSent':
      case 'VenueSilent':
        this.#ports.logger.warn({ orderId, detail: failure.detail }, 'cancel not confirmed')
        entry.cancelFailures += 1
        this.#later(entry, Math.min(mostAgainMs, againMs * entry.cancelFailures))
        return
    }
  }
  /** Idempotent at the venue: asking again does no harm. */
  #later(entry: Entry, milliseconds: number): void {
    this.#ports.timers.after(milliseconds, () => {
      entry.cancelling = false
      this.#again(entry)
    })
  }
}
