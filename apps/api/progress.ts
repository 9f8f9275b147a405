/** How far this process has folded the log, for those who must not answer from before a position. */
export interface Progress {
  readonly position: () => bigint
  /** False when the time is up before the position is reached. */
  readonly reached: (position: bigint, ms: number) => Promise<boolean>
}
export interface ProgressFold extends Progress {
  readonly moveTo: (position: bigint) => void
}

interface Waiter {
  readonly position: bigint
  readonly wake: () => void
}

export const progressFold = (): ProgressFold => {
  let at = 0n
  const waiters = new Set<Waiter>()
  return {
    position: () => at,
    moveTo: (position) => {
      at = position
      for (const waiter of waiters) if (waiter.position <= at) waiter.wake()
    },
    reached: async (position, ms) => {
      if (at >= position) return true
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, ms)
        const waiter: Waiter = { position, wake }
        function wake(): void {
          clearTimeout(timer)
          waiters.delete(waiter)
          resolve()
        }
        waiters.add(waiter)
      })
      return at >= position
    },
  }
}
