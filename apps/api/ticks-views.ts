/** What the api asks of the ticks that are stored, and what every question about them says: symbol, source, stretch. */
import * as E from 'fp-ts/lib/Either.js'
import { wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Feed, TickReader } from '#adapters/postgres/ticks-read'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'

/** It may be away, as the read models may, of which the asker knows nothing else. */
export type TickViews = Omit<TickReader, 'close'>

interface Asked {
  readonly symbol: MarketSymbol
  readonly source?: string
  readonly from?: Instant
  readonly to?: Instant
}

/** The feed that is meant; undefined where the symbol is known and nothing of it was ever stored. */
export const feedFor = async (
  { symbol, source, from, to }: Asked,
  ticks: TickViews,
  directory: Directory,
): Promise<E.Either<Fault, Feed | undefined>> => {
  const all = viewed(await ticks.feeds())
  if (E.isLeft(all)) return all
  const feeds = all.right.filter((feed) => feed.symbol === symbol)
  const faults: RequestFault[] = []
  const listed = directory.instruments().map((row) => row.symbol)
  const known = [...new Set([...listed, ...all.right.map((feed) => feed.symbol)])]
  if (!known.includes(symbol)) {
    faults.push(unknownName(['symbol'], 'unknownSymbol', symbol, known))
  } else if (source !== undefined && !feeds.some((feed) => feed.source === source)) {
    const sources = feeds.map((feed) => feed.source)
    faults.push(unknownName(['source'], 'unknownSource', source, sources))
  }
  if (from !== undefined && to !== undefined && from >= to) {
    const detail = 'must be later than from: it is the first moment that is left out.'
    faults.push({ pointer: '/to', code: 'invalid', detail })
  }
  if (faults.length > 0) return wrong(faults)
  return E.right(source === undefined ? heardLast(feeds) : feeds.find((f) => f.source === source))
}

/** Where the ledger gets its prices from now, or got them last. */
const heardLast = (feeds: readonly Feed[]): Feed | undefined =>
  feeds.toSorted((a, b) => (b.heardAt ?? -Infinity) - (a.heardAt ?? -Infinity))[0]

export const viewed = <A>(answer: E.Either<{ readonly detail: string }, A>): E.Either<Fault, A> =>
  E.isLeft(answer) ? E.left({ _tag: 'ReadModelsUnreachable', detail: answer.left.detail }) : answer
