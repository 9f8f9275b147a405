/** What fits into one append, each entered into the standing before the next is thought of. */
import { becauseOf, type Cause, type Envelop } from '#domain/kernel/envelop'
import { appendBytesMax, appendEventsMax, bytesOf, eventBytesMax } from '#domain/kernel/proposal'
import type { Entry, StandingFold } from '#domain/risk/standing'
import type { ProposedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

export interface Batch {
  readonly events: readonly ProposedEvent<Entry>[]
  /** Together with what follows from it, or not at all: false where there is no room. */
  readonly enter: (event: Entry, cause: Cause, ...following: readonly Entry[]) => boolean
}
export const batchInto = (standing: StandingFold, envelop: Envelop): Batch => {
  const batch = room()
  return {
    events: batch.events,
    enter: (event, cause, ...following) => {
      const first = envelop(event, cause)
      const all = [first, ...following.map((each) => envelop(each, becauseOf(first)))]
      if (!batch.take(all)) return false
      for (const each of all) standing.enter(each.event)
      return true
    },
  }
}
/** As many as there is room for; how many events that makes. */
export const enterMarks = (
  batch: Batch,
  { desk }: StandingFold,
  at: Instant,
  marks: readonly Mark[],
  cause: Cause,
): number => {
  for (const due of inChunks(marks))
    batch.enter({ type: 'MarksTaken', book: desk.book, at, marks: due }, cause)
  return batch.events.length
}

/** As much as one append may hold. */
const room = () => {
  const events: ProposedEvent<Entry>[] = []
  let bytes = 0
  return {
    events,
    take: (proposed: readonly ProposedEvent<Entry>[]): boolean => {
      // As the log counts them: a kill switch gives its reason in any alphabet.
      const sizes = proposed.map((each) => bytesOf(encodeProposed(each)))
      const size = sizes.reduce((sum, each) => sum + each, 0)
      const tooMany = events.length + proposed.length > appendEventsMax
      if (tooMany || bytes + size > appendBytesMax) return false
      if (sizes.some((each) => each > eventBytesMax)) return false
      events.push(...proposed)
      bytes += size
      return true
    },
  }
}

/** So many marks are well below the largest event that a log takes. */
const marksInEvent = 500
const inChunks = <A>(all: readonly A[]): readonly (readonly A[])[] =>
  all.length === 0 ? [] : [all.slice(0, marksInEvent), ...inChunks(all.slice(marksInEvent))]
