/** The last snapshot: at an orderly stop, of all that was decided, once the log has brought it back. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog } from '#domain/kernel/event-log'
import { type Guard, guardFilter } from './guard.ts'
import type { Snapshots } from './snapshots.ts'

const pageEvents = 1_000
/** What was decided last stands near the end of the log; under load that end runs away. */
const pagesMax = 5
const { eager: _, ...filter } = guardFilter

export const keepLast = async (
  log: Pick<EventLog, 'readAll'>,
  guard: Pick<Guard, 'fold'>,
  snapshots: Pick<Snapshots, 'keep' | 'position' | 'wrong'>,
): Promise<void> => {
  for (let pages = 0; pages < pagesMax && !snapshots.wrong.aborted; pages += 1) {
    if (await snapshots.keep()) return
    const page = await log.readAll(snapshots.position(), filter, pageEvents)
    if (E.isLeft(page)) return
    guard.fold(page.right)
  }
}
