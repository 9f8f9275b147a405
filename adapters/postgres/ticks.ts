/** Keeps ticks in schema `market`: batches go in whole or not at all, and once however often they are told. */
import * as E from 'fp-ts/lib/Either.js'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { openSession, type Session } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { storeParameters, type TickBatch } from './ticks-rows.ts'

export type { GapReason, TickBatch, TickGap } from './ticks-rows.ts'

/** `refused`: it will never have this batch. `lost`: perhaps it has it, and may be told again. `busy`: ask later. */
export interface TickFailure {
  readonly _tag: 'TicksRefused' | 'TicksLost' | 'TicksBusy'
  readonly detail: string
}
type Kept<A> = Promise<E.Either<TickFailure, A>>

/** How many were new. */
export interface Stored {
  readonly trades: number
  readonly quotes: number
}
export interface TickStore {
  readonly store: (batch: TickBatch) => Kept<Stored>
  /** By the venue's clock: the last of what is stored of this symbol; absent where there is nothing. */
  readonly lastOf: (symbol: MarketSymbol) => Kept<Instant | undefined>
  /** Days to come are made ready, so that no batch has to; answers how many tables were made. */
  readonly makeRoom: (today: Instant, days: number) => Kept<number>
  /** Drops one day of one table that ended before; its name, or undefined when there is none left. */
  readonly forget: (before: Instant) => Kept<string | undefined>
  /** Compresses one chunk where TimescaleDB can; its name, or undefined when there is nothing to do. */
  readonly compress: () => Kept<string | undefined>
  readonly close: () => Promise<void>
}

const storeMsMax = 10_000
const upkeepMsMax = 30_000

/** `source` is what its readers know these ticks by. Opens nothing before the first use. */
export const openTickStore = (url: string, source: string): TickStore => {
  const writing = openSession({ url, app: 'market-data' })
  const keeping = openSession({ url, app: 'market-data' })
  const numbers = new Map<MarketSymbol, number>()
  const learn = async ({ ticks, gaps }: TickBatch): Promise<void> => {
    for (const { symbol } of [...gaps, ...ticks]) {
      if (!numbers.has(symbol)) numbers.set(symbol, await numberOf(writing, source, symbol))
    }
  }
  return {
    store: (batch) =>
      kept(async () => {
        await learn(batch)
        const values = storeParameters(batch, (symbol) => numbers.get(symbol) ?? 0)
        const [row] = await writing.query({ name: 'store', text: storeText, values }, storeMsMax)
        return { trades: Number(row?.[0] ?? 0), quotes: Number(row?.[1] ?? 0) }
      }),
    lastOf: (symbol) =>
      kept(async () => {
        const values = [source, symbol]
        const [row] = await keeping.query({ name: 'last', text: lastText, values }, storeMsMax)
        const last = row?.[0] as bigint | null | undefined
        return last === null || last === undefined ? undefined : (Number(last) as Instant)
      }),
    makeRoom: (today, days) =>
      kept(async () => {
        const values = [formatInstant(today).slice(0, 10), days]
        const text = 'select market.make_room($1::date, $2::integer)'
        const [row] = await keeping.query({ name: 'room', text, values }, upkeepMsMax)
        return Number(row?.[0] ?? 0)
      }),
    forget: (before) =>
      kept(() => named(keeping, 'select market.forget($1::timestamptz)', [formatInstant(before)])),
    compress: () => kept(() => named(keeping, 'select market.compress()', [])),
    close: async () => {
      await Promise.all([writing.close(), keeping.close()])
    },
  }
}

const storeText = `select trades, quotes from market.store(${Array.from(
  { length: 22 },
  (_, n) => `$${String(n + 1)}`,
).join(', ')})`

/** The later of the last trade and the last quote; -infinity is not a number of microseconds. */
const lastText = `select case when greatest(traded_to, quoted_to) > '-infinity'
    then (extract(epoch from greatest(traded_to, quoted_to)) * 1000000)::bigint end
  from market.feeds where source = $1 and symbol = $2`

const numberOf = async (
  session: Session,
  source: string,
  symbol: MarketSymbol,
): Promise<number> => {
  const text = 'select market.feed($1, $2)'
  const [row] = await session.query({ name: 'feed', text, values: [source, symbol] }, storeMsMax)
  return Number(row?.[0] ?? 0)
}

const named = async (
  session: Session,
  text: string,
  values: readonly unknown[],
): Promise<string | undefined> => {
  const [row] = await session.query({ name: text.slice(7, 22), text, values }, upkeepMsMax)
  return (row?.[0] as string | null | undefined) ?? undefined
}

const kept = async <A>(work: () => Promise<A>): Kept<A> => {
  try {
    return E.right(await work())
  } catch (e) {
    const { _tag, code, detail } = databaseFailure(e)
    // 55P03: somebody reads or writes what was to be locked.
    if (code === '55P03') return E.left({ _tag: 'TicksBusy', detail })
    return E.left({ _tag: _tag === 'refused' ? 'TicksRefused' : 'TicksLost', detail })
  }
}
