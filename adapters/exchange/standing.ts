/** How a line to a venue stands, in words for whoever waits for its prices. */
import type { MarketSymbol } from '#schemas/values/ids'

export interface Standing {
  readonly state: 'ready' | 'waiting'
  readonly detail?: string
}

/** What is known of one market on the present connection. */
export interface MarketStanding {
  /** The channels that the venue has acknowledged. */
  readonly acknowledged: Set<string>
  /** The venue's own words. */
  refused: string | undefined
  /** Something was heard of it. */
  ticked: boolean
}
export interface LineStanding {
  readonly venue: string
  readonly url: string
  readonly markets: ReadonlyMap<MarketSymbol, MarketStanding>
  line: 'connecting' | 'open' | 'down'
  /** Why the last connection ended, and whether it had been opened. */
  problem: { readonly detail: string; readonly wasOpen: boolean } | undefined
  channels: readonly string[]
  /** All that could be expected at once has had its time. */
  settled: boolean
}

export const freshMarket = (): MarketStanding => ({
  acknowledged: new Set(),
  refused: undefined,
  ticked: false,
})

/** Ready once every market was acknowledged and heard; or, when they have had their time, without those that are named. */
export const standingOf = (standing: LineStanding): Standing => {
  const { venue, line } = standing
  if (line === 'connecting') return { state: 'waiting', detail: `connecting to ${venue}` }
  if (line === 'down') return { state: 'waiting', detail: lossOf(standing) }
  const missing = missingOf(standing)
  if (missing === '') return { state: 'ready' }
  const someTicked = [...standing.markets.values()].some(({ ticked }) => ticked)
  return { state: someTicked && standing.settled ? 'ready' : 'waiting', detail: missing }
}

const lossOf = ({ venue, url, problem }: LineStanding): string =>
  problem?.wasOpen === true
    ? `the line to ${venue} was lost: ${problem.detail}; it is opened again`
    : `${venue} cannot be reached at ${url}: ${problem?.detail ?? 'no answer'}; it is tried again`

export const isAcknowledged = (
  { acknowledged }: MarketStanding,
  channels: readonly string[],
): boolean => channels.every((channel) => acknowledged.has(channel))

const missingOf = ({ venue, markets, channels, settled }: LineStanding): string => {
  const of = (holds: (market: MarketStanding) => boolean): readonly MarketSymbol[] =>
    [...markets].flatMap(([symbol, market]) => (holds(market) ? [symbol] : []))
  const refused = of((market) => market.refused !== undefined)
  const unanswered = of(
    (market) => market.refused === undefined && !isAcknowledged(market, channels),
  )
  const silent = of((market) => isAcknowledged(market, channels) && !market.ticked)
  return [
    ...refused.map((symbol) => `${venue} refuses ${symbol}: ${markets.get(symbol)?.refused ?? ''}`),
    ...(unanswered.length === 0
      ? []
      : [`${venue} has not acknowledged ${unanswered.join(', ')}${settled ? '' : ' yet'}`]),
    ...(silent.length === 0
      ? []
      : [
          `no tick of ${silent.join(', ')} yet` +
            (settled ? `: perhaps ${venue} does not list it under this name` : ''),
        ]),
  ].join('; ')
}
