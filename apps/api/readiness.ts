/** Whether an order placed now would be decided and sent. Asked until it is so for the first time. */
import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '#domain/kernel/clock'
import type { MarketSymbol, VenueId } from '#schemas/values/ids'
import type { AppName } from '#schemas/writers'
import type { Marks } from '#domain/market/marks'
import type { Directory } from './directory.ts'
import { type ReadHeartbeats, silentMsMax } from './status.ts'

/** So long a symbol may be without a tick before the others do not wait for it any longer. */
const firstTickMs = 10_000

export interface ReadinessMeans {
  readonly directory: Pick<Directory, 'instruments'>
  readonly marks: Pick<Marks, 'markOf'>
  /** What the market source offers; undefined until it has said so. */
  readonly offered: () => readonly MarketSymbol[] | undefined
  readonly heartbeats: ReadHeartbeats
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly venue: VenueId
}

/** Answers what is still missing, in words; nothing: it is ready. */
export const readiness = (means: ReadinessMeans): (() => Promise<readonly string[]>) => {
  const { directory, heartbeats, clock, venue } = means
  const startedAt = clock.monotonicMs()
  return async () => {
    const rows = await heartbeats()
    if (E.isLeft(rows)) return ['the read models do not answer']
    const isUp = (app: AppName): boolean =>
      rows.right.some((row) => row.app === app && row.state === 'ready' && row.ageMs <= silentMsMax)
    const missing: string[] = []
    if (!isUp('risk-guard')) missing.push('the risk guard is not ready')
    if (!isUp('gateway')) missing.push('the gateway is not ready')
    if (!directory.instruments().some((row) => row.venue === venue)) {
      missing.push(`${venue} has not said what may be traded`)
    }
    const market = rows.right.find(
      ({ app, ageMs }) => app === 'market-data' && ageMs <= silentMsMax,
    )
    // However long it takes: without prices nothing that increases risk is approved.
    if (market?.state === 'waiting') missing.push(market.detail ?? 'the market source waits')
    if (clock.monotonicMs() - startedAt < firstTickMs) missing.push(...withoutTicks(means))
    return missing
  }
}

const withoutTicks = ({ offered, marks }: ReadinessMeans): readonly string[] => {
  const symbols = offered()
  if (symbols === undefined) return ['the market source has not said what it offers']
  const silent = symbols.filter((symbol) => marks.markOf(symbol) === undefined)
  return silent.length === 0 ? [] : [`no price yet of ${silent.join(', ')}`]
}
