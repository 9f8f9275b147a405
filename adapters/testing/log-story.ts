/** Writes a told log into a real one, each event by the app that writes its kind. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog } from '#domain/kernel/event-log'
import { enveloped, type Told } from '#projections/testing/stories'
import type { RecordedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import { type AppName, apps, type Writes, writes } from '#schemas/writers'

export const writerOf = ({ event, stream }: Told): AppName => {
  const app = apps.find((name) =>
    Object.entries<Writes[keyof Writes]>(writes[name]).some(
      ([prefix, types]) => stream.startsWith(prefix) && types?.includes(event.type) === true,
    ),
  )
  if (app === undefined) throw new Error(`nobody writes ${event.type} to ${stream}`)
  return app
}

/** Told in turn; from `first` on, where some were told before. */
export const tell = async (
  logOf: (app: AppName) => EventLog,
  story: readonly Told[],
  first = 0,
): Promise<void> => {
  const revisions = new Map<StreamName, bigint>()
  for (const [n, told] of story.entries()) {
    const last = revisions.get(told.stream)
    revisions.set(told.stream, (last ?? -1n) + 1n)
    if (n < first) continue
    const proposed = enveloped(told, n)
    const appended = await logOf(writerOf(told)).append(told.stream, last ?? 'noStream', [proposed])
    if (E.isLeft(appended))
      throw new Error(JSON.stringify(appended.left, (_, v: unknown) => String(v)))
  }
}

/** The whole log. */
export const readBack = async (log: EventLog): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  let after = 0n
  for (;;) {
    const page = await log.readAll(after, {}, 1_000)
    if (E.isLeft(page)) throw new Error(page.left.detail)
    events.push(...page.right.events)
    after = page.right.upTo
    if (page.right.atHead) return events
  }
}
