/** What the gateway touches of the world; handed in, so that tests can stand in for all of it. */
import type { Clock } from '#domain/kernel/clock'
import type { Envelop } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { Hash, Ids } from '#domain/kernel/ids'
import type { Venue } from '#domain/kernel/venue'

/** Waking up later. Answers how not to. */
export interface Timers {
  readonly after: (milliseconds: number, then: () => void) => () => void
}

export interface Say {
  readonly info: (facts: object, sentence: string) => void
  readonly warn: (facts: object, sentence: string) => void
}

export interface GatewayPorts {
  readonly log: EventLog
  readonly venue: Venue
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly hash: Hash
  readonly envelop: Envelop
  readonly logger: Say
  /** Something that cannot be: the process ends itself, and the next one starts from the log. */
  readonly defect: (thrown: unknown) => void
  /** Told whenever the gateway's readiness changes. */
  readonly changed: () => void
  /** Between the durable append and the wire. Only tests pause here. */
  readonly beforeSend?: () => Promise<void>
}

/** The longest wait that setTimeout takes; whoever wakes up looks again whether it is time. */
const longestMs = 2 ** 31 - 1

export const systemTimers: Timers = {
  after: (milliseconds, then) => {
    const timer = setTimeout(then, Math.min(longestMs, Math.max(0, milliseconds)))
    return () => clearTimeout(timer)
  },
}
