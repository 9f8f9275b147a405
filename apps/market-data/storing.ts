/** Stores every tick beside the hub, in batches: what the database cannot take in time is dropped, counted and named. */
import * as E from 'fp-ts/lib/Either.js'
import type { Stored, TickBatch, TickFailure, TickGap, TickStore } from '#adapters/postgres/ticks'
import type { App } from '#apps/process/app'
import { backOffMs, pause } from '#apps/process/back-off'
import { startOf } from '#domain/market/candles'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { diaryOf } from './storing-diary.ts'
import { tickHoles } from './storing-holes.ts'
import { tickQueue } from './storing-queue.ts'
import type { TickSink } from './telling.ts'

export interface Storing {
  /** Puts a tick in the queue and returns: it neither throws nor waits. */
  readonly sink: TickSink
  /** The line to the venue did not bring so many ticks between the last tick of this symbol and the next. */
  readonly missed: (symbol: MarketSymbol, ticks: number) => void
  readonly stats: () => StoringStats
  /** Until the app stops, and what waits then is stored or given up. */
  readonly run: () => Promise<void>
}
export interface StoringStats {
  readonly stored: number
  /** Told before, by the venue or by a recording, and stored then. */
  readonly known: number
  readonly dropped: number
  readonly waiting: number
}
export interface StoringOptions {
  readonly store: Pick<TickStore, 'store' | 'lastOf'>
  readonly app: Pick<App, 'logger' | 'stopping'>
  /** About a minute of a busy market, some 30 MB. */
  readonly ticksMax?: number
  /** Encoding one takes about 1 ms, in which no tick is told. */
  readonly batchMax?: number
  /** So long a batch may fill: each is a commit, on the disk that the log is on. */
  readonly lingerMs?: number
  readonly retryMsMax?: number
  /** So long what waits has when the app stops. */
  readonly stopMsMax?: number
}

const retryMsFirst = 100
const idleMsMax = 60_000

export const storing = (options: StoringOptions): Storing => {
  const { store, app, ticksMax = 100_000, batchMax = 500, lingerMs = 250 } = options
  const { retryMsMax = 5_000, stopMsMax = 3_000 } = options
  const queue = tickQueue(ticksMax, batchMax)
  const counts = { stored: 0, known: 0, dropped: 0 }
  const diary = diaryOf(app.logger)
  const missing = missingTicks()
  const alarm = alarmClock()
  const giveUp = new AbortController()
  const keep = keeping(store)

  const count = ({ trades, quotes }: Stored, { ticks }: TickBatch): void => {
    counts.stored += trades + quotes
    counts.known += ticks.length - trades - quotes
    diary.stored(counts.dropped)
  }
  const settle = async (batch: TickBatch): Promise<void> => {
    for (let attempt = 0; !giveUp.signal.aborted; attempt += 1) {
      // Only one is asked at a time, and what it is told twice it stores once.
      const kept = await orAborted(keep.store(batch), giveUp.signal)
      if (kept === undefined) break
      if (E.isRight(kept)) return count(kept.right, batch)
      diary.failed(kept.left, queue.length())
      if (kept.left._tag === 'TicksRefused') {
        keep.lose(batch)
        break
      }
      await pause(backOffMs(attempt, retryMsFirst, retryMsMax), giveUp.signal)
    }
    counts.dropped += batch.ticks.length
  }
  return {
    sink: (tick) => {
      const gap = missing.before(tick)
      if (gap !== undefined) queue.note(gap)
      if (queue.add(tick)) {
        if (queue.length() === 1 || queue.hasBatch()) alarm.ring()
        return
      }
      counts.dropped += 1
      diary.dropped(queue.length())
    },
    missed: missing.count,
    stats: () => ({ ...counts, waiting: queue.length() }),
    run: async () => {
      const stop = (): void => {
        alarm.ring()
        setTimeout(() => giveUp.abort(), stopMsMax).unref()
      }
      app.stopping.addEventListener('abort', stop, { once: true })
      while (!app.stopping.aborted) {
        if (queue.length() === 0) await alarm.sleep(idleMsMax)
        if (!queue.hasBatch() && !app.stopping.aborted) await alarm.sleep(lingerMs)
        const batch = queue.take()
        if (batch !== undefined) await settle(batch)
      }
      for (let batch = queue.take(); batch !== undefined; batch = queue.take()) await settle(batch)
      diary.stopped(counts.dropped)
    },
  }
}

const daySeconds = 86_400
const afterThat = (instant: Instant): Instant => (instant + 1) as Instant

type Keep = E.Either<TickFailure, Stored>

/** The store, and what it must be told besides: what was missed before this process began, and what it refused. */
const keeping = (store: StoringOptions['store']) => {
  const refused = tickHoles('refused')
  const begun = new Map<MarketSymbol, readonly TickGap[]>()
  const gapBefore = async ({ symbol, venueAt }: Tick): Promise<E.Either<TickFailure, void>> => {
    const last = await store.lastOf(symbol)
    if (E.isLeft(last)) return last
    // A source that was never heard before was not heard on the day until now either.
    const first = last.right === undefined ? startOf(daySeconds, venueAt) : afterThat(last.right)
    // A recording that is told again begins before the last of what is stored: nothing is missing.
    const hole = { symbol, first, last: (venueAt - 1) as Instant, reason: 'absent' } as const
    begun.set(symbol, first < venueAt ? [hole] : [])
    return E.right(undefined)
  }
  let pending: readonly TickGap[] = []
  return {
    lose: ({ ticks, gaps }: TickBatch): void => {
      refused.addBatch({ ticks, gaps: [...gaps, ...pending] })
      pending = []
    },
    store: async ({ ticks, gaps }: TickBatch): Promise<Keep> => {
      for (const tick of ticks) {
        if (begun.has(tick.symbol)) continue
        const asked = await gapBefore(tick)
        if (E.isLeft(asked)) return asked
      }
      pending = [...pending, ...refused.take(), ...[...begun.values()].flat()]
      for (const symbol of begun.keys()) begun.set(symbol, [])
      const kept = await store.store({ ticks, gaps: [...pending, ...gaps] })
      if (E.isRight(kept)) pending = []
      return kept
    },
  }
}

/** Ticks that a venue has counted and we have not heard: they lie between the two that were told. */
const missingTicks = () => {
  const told = new Map<MarketSymbol, Instant>()
  const missing = new Map<MarketSymbol, number>()
  return {
    count: (symbol: MarketSymbol, ticks: number): void => {
      missing.set(symbol, (missing.get(symbol) ?? 0) + ticks)
    },
    before: ({ symbol, venueAt }: Tick): TickGap | undefined => {
      const ticks = missing.get(symbol)
      const last = told.get(symbol) ?? venueAt
      told.set(symbol, venueAt)
      if (ticks === undefined) return undefined
      missing.delete(symbol)
      const [first, until] = last < venueAt ? [last, venueAt] : [venueAt, last]
      return { symbol, first, last: until, reason: 'missed', ticks }
    },
  }
}

/** Sleeps until it is rung or the time is up. */
const alarmClock = () => {
  const silent = (): void => undefined
  let ring = silent
  return {
    ring: () => ring(),
    sleep: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(awake, ms)
        function awake(): void {
          clearTimeout(timer)
          ring = silent
          resolve()
        }
        ring = awake
      }),
  }
}

/** Undefined when the signal comes first; nobody waits for the work any more then. */
const orAborted = <A>(work: Promise<A>, signal: AbortSignal): Promise<A | undefined> =>
  new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
