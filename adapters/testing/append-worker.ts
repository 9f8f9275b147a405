/**
 * One writing process: appends until it is told to stop, and says on its standard output what was acknowledged,
 * one line for each event: id, position, revision, stream. What it has said is what a user would have been told.
 */
import { writeSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import type { ExpectedRevision } from '#domain/kernel/event-log'
import { accountNamed, deposit } from './ledger-events.ts'

const [url = '', name = '', callers = '1', events = '0', hot = ''] = process.argv.slice(2)
const log = openPostgresEventLog({ url, app: 'api', patienceMs: 20_000 })
let left = Number(events)

/** Each caller has a stream of its own, or all of them, in all processes, fight for one. */
const write = async (caller: number): Promise<void> => {
  const account = hot === '' ? `${name}_${String(caller)}` : hot
  let expected: ExpectedRevision = 'noStream'
  while (left > 0) {
    left -= 1
    const event = deposit(account)
    const appended = await log.append(accountNamed(account), expected, [event])
    if (E.isRight(appended)) {
      const { lastPosition, revision, stream } = appended.right
      expected = revision
      writeSync(1, `${event.metadata.id} ${String(lastPosition)} ${String(revision)} ${stream}\n`)
    } else if (appended.left._tag === 'RevisionConflict' && hot !== '') {
      expected = appended.left.actual ?? 'noStream'
    } else {
      throw new Error(`${appended.left._tag} after ${String(expected)}`)
    }
  }
}

const run = async (): Promise<void> => {
  await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => write(caller)))
  await log.close()
}
run().catch((e: unknown) => {
  console.error(e)
  process.exit(1)
})
