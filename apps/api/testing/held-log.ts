/** A log whose followers can be held up: what is read and written goes on, and what is heard does not. */
import { memoryEventLog } from '#adapters/memory/event-log'
import type { EventLog } from '#domain/kernel/event-log'

export interface HeldLog {
  readonly log: EventLog
  readonly hold: () => void
  readonly release: () => void
}

export const heldLog = (): HeldLog => {
  const inner = memoryEventLog()
  let held = Promise.resolve()
  let release = (): void => undefined
  const log: EventLog = {
    ...inner,
    subscribeAll: (after, filter) => {
      const subscription = inner.subscribeAll(after, filter)
      return {
        ...subscription,
        next: async () => {
          const page = await subscription.next()
          await held
          return page
        },
      }
    },
  }
  return {
    log,
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve
      })
    },
    release: () => release(),
  }
}
