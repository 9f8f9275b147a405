/** So many at once, and the others in the order in which they came. */
import { inTime } from './time.ts'

export interface Turns {
  /** Rejects where no turn came in time. */
  readonly take: (msMax: number) => Promise<void>
  readonly giveBack: () => void
}

export const turns = (most: number): Turns => {
  let busy = 0
  const waiting: (() => void)[] = []
  const giveBack = (): void => {
    const next = waiting.shift()
    if (next === undefined) busy -= 1
    else next()
  }
  return {
    giveBack,
    take: async (msMax) => {
      if (busy < most) {
        busy += 1
        return
      }
      let mine: () => void = () => undefined
      const free = new Promise<void>((resolve) => {
        mine = resolve
        waiting.push(mine)
      })
      try {
        await inTime(free, msMax)
      } catch (e) {
        const at = waiting.indexOf(mine)
        if (at >= 0) waiting.splice(at, 1)
        // It was given the turn in the moment in which it left.
        else giveBack()
        throw e
      }
    },
  }
}
