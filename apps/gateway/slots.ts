/** How many requests may be with the venue at once: placing leaves room for cancels, and cancels go first. */

/** Gives the slot back, to whoever waits longest. */
export type Release = () => void
/** A slot at once, or undefined: then `granted` gets one later, and must give it back used or not. */
export type TakeSlot = (granted: (release: Release) => void) => Release | undefined

export interface Slots {
  readonly toPlace: TakeSlot
  readonly toCancel: TakeSlot
}

export const venueSlots = (width: number, keptForCancels: number): Slots => {
  let taken = 0
  const placers: ((release: Release) => void)[] = []
  const cancellers: ((release: Release) => void)[] = []

  const held = (): Release => {
    taken += 1
    let mine = true
    return () => {
      if (!mine) return
      mine = false
      taken -= 1
      const next =
        cancellers.shift() ?? (taken < width - keptForCancels ? placers.shift() : undefined)
      next?.(held())
    }
  }
  const take =
    (most: number, queue: ((release: Release) => void)[]): TakeSlot =>
    (granted) => {
      if (taken < most && queue.length === 0) return held()
      queue.push(granted)
      return undefined
    }
  return {
    toPlace: take(width - keptForCancels, placers),
    toCancel: take(width, cancellers),
  }
}
