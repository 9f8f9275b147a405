/**
 * Whether a snapshot is what a fold of the whole log comes to. It is found out beside the guard's own work: a few
 * events at a time, with rests between that are longer than the work.
 */
import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import type { StoredSnapshot } from '#adapters/postgres/snapshots'
import type { App } from '#apps/process/app'
import { pause } from '#apps/process/back-off'
import { whyNot } from '#apps/process/follow'
import type { EventLog } from '#domain/kernel/event-log'
import { type StandingsState, standingsFold } from '#domain/risk/standing'
import { digestInTurns } from './digesting.ts'
import { guardFilter } from './guard.ts'
import { stateIn } from './snapshot-body.ts'

export interface Verifying {
  readonly app: Pick<App, 'stopping' | 'logger'>
  readonly log: Pick<EventLog, 'readAll'>
  readonly snapshot: Pick<StoredSnapshot, 'mark' | 'body'>
  /** How far it is. */
  readonly reached: (position: bigint) => void
}
export type Verification =
  | { readonly _tag: 'Same' }
  | { readonly _tag: 'Different'; readonly detail: string }
  | { readonly _tag: 'Stopped' }

const pageEvents = 200
/** So many times as long as a page took. */
const rest = 3
const retryMs = 1_000
const { eager: _, ...filter } = guardFilter

export const verify = async ({
  app: { stopping, logger },
  log,
  snapshot: { mark, body },
  reached,
}: Verifying): Promise<Verification> => {
  const standings = standingsFold()
  let after = 0n
  while (!stopping.aborted && after < mark.position) {
    const began = performance.now()
    const page = await log.readAll(after, filter, pageEvents)
    if (E.isLeft(page)) {
      if (page.left._tag === 'UnreadableEvent') return different(whyNot(page.left))
      logger.info(page.left, 'the snapshot cannot be verified now')
      await pause(retryMs, stopping)
      continue
    }
    for (const recorded of page.right.events) {
      if (recorded.position > mark.position) break
      const forked = standings.apply(recorded)
      if (forked !== undefined)
        return different(`${forked.expected} was expected, and ${forked.found} found`)
    }
    after = page.right.upTo
    reached(after)
    await pause((performance.now() - began) * rest, stopping)
  }
  if (stopping.aborted) return { _tag: 'Stopped' }
  const [kept, found] = [await digestOf(stateIn(body)), await digestOf(standings.state())]
  if (kept === found) return { _tag: 'Same' }
  return different(`what it holds has the digest ${kept}, what the whole log comes to ${found}`)
}
const digestOf = async (state: StandingsState | undefined): Promise<string> =>
  state === undefined ? 'of nothing' : digestInTurns(state)
const different = (detail: string): Verification => ({ _tag: 'Different', detail })
