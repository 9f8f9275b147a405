/** Sends an approved order: first the log, then at most one attempt on the wire, and only before `sendBy`. */
import * as E from 'fp-ts/lib/Either.js'
import type { PlaceFailure, VenueOrder, VenueOrderState } from '#domain/kernel/venue'
import type { Approval, OrderCommand } from '#domain/order/commands'
import { clientOrderIdOf } from '#domain/order/order'
import { because } from '#domain/order/because'
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'
import type { Entry } from './entry.ts'
import type { Gate } from './gate.ts'
import type { GatewayPorts } from './ports.ts'
import type { Recorder } from './recorder.ts'
import type { Task } from './tasks.ts'
import type { View } from './view.ts'

/** Between the begin of the append and the last moment at which a byte may leave (DEFAULTS 24). */
export const sendWithinMs = 2000

interface Attempt {
  readonly order: VenueOrder
  /** By the monotonic clock, which nobody sets. */
  readonly beganMs: number
}

export interface SubmissionParts {
  readonly ports: GatewayPorts
  readonly view: View
  readonly gate: Gate
  readonly recorder: Recorder
  readonly answer: (entry: Entry, tasks: readonly Task[]) => void
}

export class Submission {
  readonly #ports: GatewayPorts
  readonly #view: View
  readonly #gate: Gate
  readonly #recorder: Recorder
  readonly #answer: (entry: Entry, tasks: readonly Task[]) => void

  constructor({ ports, view, gate, recorder, answer }: SubmissionParts) {
    this.#ports = ports
    this.#view = view
    this.#gate = gate
    this.#recorder = recorder
    this.#answer = answer
  }

  /**
   * `begun`: the attempt goes on by itself, and `finished` is called at its end. `moved`: look at it again.
   * `refused`: with this approval it will never be sent.
   */
  async start(
    entry: Entry,
    approval: Approval,
    finished: () => void,
  ): Promise<'begun' | 'moved' | 'refused'> {
    const { clock } = this.#ports
    const beganMs = clock.monotonicMs()
    const at = clock.now()
    const sendBy = plusMs(at, sendWithinMs)
    const clientOrderId = clientOrderIdOf(entry.orderId)
    const command = this.#command(entry, approval, at, sendBy)
    const { outcome, rejections } = await this.#recorder.recordOnce(
      entry,
      [command],
      approval.approvalId,
      ({ metadata }) => metadata.occurredAt <= approval.expiresAt,
    )
    for (const rejection of rejections) this.#ports.logger.warn(rejection, 'not sent')
    if (rejections.length > 0) return 'refused'
    if (outcome !== 'recorded') return 'moved'
    entry.attempting = true
    const attempt = { order: { clientOrderId, terms: approval.terms, sendBy }, beganMs }
    this.#send(entry, attempt)
      .then((answer) => {
        entry.attempting = false
        this.#answer(entry, [answer])
      })
      .catch(this.#ports.defect)
      .finally(finished)
    return 'begun'
  }

  #command(entry: Entry, approval: Approval, at: Instant, sendBy: Instant): OrderCommand {
    const book = entry.order._tag === 'Unrecorded' ? undefined : entry.order.book
    return {
      type: 'StartSubmission',
      orderId: entry.orderId,
      approval,
      killSwitches: [...entry.forbiddenBy.values()],
      riskRevision: book === undefined ? 0n : this.#view.riskRevisionOf(book),
      clientOrderId: clientOrderIdOf(entry.orderId),
      at,
      sendBy,
    }
  }

  /** Everything that is known at the last moment may still keep it from being sent. */
  #whyNot(entry: Entry, { order: sent, beganMs }: Attempt): string | undefined {
    const { order } = entry
    // A monotonic clock may stand still while the machine sleeps, and the time of day may be set back.
    const { clock } = this.#ports
    const late = clock.monotonicMs() - beganMs >= sendWithinMs || clock.now() > sent.sendBy
    if (late) return 'Too late to be sent.'
    if (order._tag !== 'Submitting') return `It was ${order._tag} before it was sent.`
    if (order.cancelPending) return 'Cancelled before it was sent.'
    if (entry.forbiddenBy.size > 0) return 'A kill switch was engaged before it was sent.'
    if (!this.#gate.mayPlace(order.terms.account)) return 'The venue went away.'
    return this.#gate.closing() ? 'The gateway is stopping.' : undefined
  }

  async #send(entry: Entry, attempt: Attempt): Promise<Task> {
    await this.#ports.beforeSend?.()
    const held = this.#whyNot(entry, attempt)
    if (held !== undefined) return { command: this.#notSent(entry, held) }
    const placed = await this.#place(entry, attempt)
    if (E.isLeft(placed)) return { command: this.#failed(entry, placed.left, attempt) }
    return { word: { type: 'order', order: placed.right, via: 'report' } }
  }
  /** What breaks on the way may have been sent all the same: only named failures say more. */
  async #place(entry: Entry, attempt: Attempt): Promise<E.Either<PlaceFailure, VenueOrderState>> {
    const mayStillSend = () => this.#whyNot(entry, attempt) === undefined
    try {
      return await this.#ports.venue.place(attempt.order, mayStillSend)
    } catch (thrown) {
      return E.left({ _tag: 'VenueSilent', detail: String(thrown) })
    }
  }
  #failed(entry: Entry, failure: PlaceFailure, attempt: Attempt): OrderCommand {
    const { orderId } = entry
    switch (failure._tag) {
      case 'VenueRefused': {
        const { reason, payloadHash } = failure
        const hash = payloadHash === undefined ? {} : { payloadHash }
        const receivedAt = this.#ports.clock.now()
        return { type: 'ReportRefused', orderId, via: 'report', receivedAt, reason, ...hash }
      }
      case 'VenueThrottled': {
        const reason = because('venueThrottled', 'The venue takes no more orders for now.')
        return { type: 'ReportNotSent', orderId, reason }
      }
      case 'NotSent':
        return this.#notSent(entry, this.#whyNot(entry, attempt) ?? failure.detail)
      case 'VenueSilent': {
        this.#ports.logger.warn({ orderId, detail: failure.detail }, 'outcome unknown')
        const reason = because('venueSilent', 'The venue gave no clear answer.')
        return { type: 'ReportUnknown', orderId, reason }
      }
    }
  }
  #notSent({ orderId }: Entry, why: string): OrderCommand {
    this.#ports.logger.warn({ orderId, why }, 'not sent')
    return { type: 'ReportNotSent', orderId, reason: because('notSent', lineOf(why)) }
  }
}

const lineOf = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').slice(0, 200) || '-'
