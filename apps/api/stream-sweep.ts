/** Goes to every member of a set whenever asked to, without holding up for long whatever else waits its turn. */

export interface Sweep {
  /** Begins, or goes round once more when the round under way is over. */
  readonly now: () => void
}

const sliceMs = 4

export const sweeper = <A>(
  members: Iterable<A>,
  visit: (member: A) => void,
  over: () => void,
): Sweep => {
  let [sweeping, again] = [false, false]
  const goOn = (round: Iterator<A>): void => {
    const until = performance.now() + sliceMs
    for (;;) {
      const next = round.next()
      if (next.done === true) break
      visit(next.value)
      if (performance.now() > until) {
        setImmediate(() => goOn(round))
        return
      }
    }
    over()
    sweeping = false
    if (again) now()
  }
  const now = (): void => {
    again = sweeping
    if (sweeping) return
    sweeping = true
    goOn(members[Symbol.iterator]())
  }
  return { now }
}
