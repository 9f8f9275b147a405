/** One waits, others wake him; what happens while he does something else is not slept over. */

export interface Signal {
  readonly wake: () => void
  /** With whatever else arrives in the same turn of the event loop: once for all of it. */
  readonly wakeSoon: () => void
  /** Until he is woken, or the time is over; at once where he was woken since he last waited. */
  readonly wait: (ms: number) => Promise<void>
}

export const signal = (): Signal => {
  let isWoken = false
  let isSoon = false
  let waiting: (() => void) | undefined
  const wake = (): void => {
    isWoken = true
    waiting?.()
  }
  const wakeNow = (): void => {
    isSoon = false
    wake()
  }
  return {
    wake,
    wakeSoon: () => {
      if (isSoon) return
      isSoon = true
      setImmediate(wakeNow)
    },
    wait: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          isWoken = false
          waiting = undefined
          resolve()
        }
        const timer = setTimeout(done, ms)
        waiting = done
        if (isWoken) done()
      }),
  }
}
