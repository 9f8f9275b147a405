/** I7 to I12 on a whole log, by the judge that shares nothing with the guard, and what only a race could break. */
import { controlFindings } from '#apps/demo/judge/control'
import { derivedFinding } from '#apps/demo/judge/derived'
import type { Finding } from '#apps/demo/judge/finding'
import { killSwitchFindings } from '#apps/demo/judge/kill-switches'
import { limitFindings } from '#apps/demo/judge/limits'
import { rowOf } from '#apps/demo/judge/log-row'
import { sendingFindings } from '#apps/demo/judge/sending'
import { isHolding } from '#domain/risk/holdings'
import { msBetween } from '#domain/values/instant'
import type { RecordedEvent, StoredEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'

const storedOf = (recorded: RecordedEvent): StoredEvent => ({
  ...encodeProposed(recorded),
  position: recorded.position,
  stream: recorded.stream,
  revision: recorded.revision,
  recordedAt: recorded.recordedAt,
})

/** What a log under torture must have something of to say about. */
const proved: readonly string[] = ['I7', 'I8', 'I10', 'I11', 'I12']

/** What does not hold, and what held of nothing. */
export const tortureFindings = (
  events: readonly RecordedEvent[],
): readonly (Finding | string)[] => {
  const stored = events.map(storedOf)
  const rows = stored.map(rowOf)
  const findings = [
    ...limitFindings(rows),
    derivedFinding(stored),
    ...killSwitchFindings(rows),
    ...controlFindings(rows),
    ...sendingFindings(rows),
  ]
  return [
    ...findings.filter(({ verdict }) => verdict !== 'holds'),
    ...proved.filter((each) => !findings.some((of) => of.invariant === each && of.examined > 0)),
    ...overlooked(events),
    ...twice(events),
  ]
}

const overlookedMs = 2_000
/** I9: an approval that increases leaves out nothing that had long been written down. */
const overlooked = (events: readonly RecordedEvent[]): readonly string[] => {
  const held: RecordedEvent[] = []
  return events.flatMap((recorded) => {
    if (isHolding(recorded.stream)) held.push(recorded)
    const { event } = recorded
    if (event.type !== 'OrderApproved' || event.reducing) return []
    const [first] = held.slice(event.basis.count)
    if (first === undefined || msBetween(first.recordedAt, event.clock) <= overlookedMs) return []
    return [`${event.orderId} was approved without ${first.event.type} ${first.metadata.id}`]
  })
}
/** I12, and the streams: each revision once and in order. */
const twice = (events: readonly RecordedEvent[]): readonly string[] => {
  const revisions = new Map<string, bigint>()
  const decided = new Set<string>()
  return events.flatMap(({ stream, revision, event }) => {
    const isNext = (revisions.get(stream) ?? -1n) + 1n === revision
    revisions.set(stream, revision)
    const gap = isNext ? [] : [`${stream} has no revision before ${revision.toString()}`]
    if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return gap
    const again = decided.has(event.orderId) ? [`${event.orderId} was decided twice`] : []
    decided.add(event.orderId)
    return [...gap, ...again]
  })
}
