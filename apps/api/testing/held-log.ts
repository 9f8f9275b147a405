/** Logs that let what is rare happen: followers are held up, or an append takes so long that others read first. */
import { memoryEventLog } from '#adapters/memory/event-log'
import type { EventLog } from '#domain/kernel/event-log'

/** What is read and written goes on, and what is heard does not. */
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

export const slowly = (log: EventLog): EventLog => ({
  ...log,
  append: async (...asked) => {
    for (let turns = 0; turns < 20; turns += 1) await new Promise((done) => setImmediate(done))
    return log.append(...asked)
  },
})
