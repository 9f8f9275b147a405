/** Everything at hand while the demonstration plays: the people, what they see, and what is kept of it. */
import { setTimeout } from 'node:timers/promises'
import { symbols } from './cast.ts'
import type { Ledger } from './ledger.ts'
import { listen, type Listening } from './listening.ts'
import { liveOrders } from './live-orders.ts'
import { viewMarket } from './market-view.ts'
import {
  admitPeople,
  contractDesk,
  openAccounts,
  type People,
  quoteDesk,
  spotDesk,
} from './people.ts'
import { numberOf } from './strategies/prices.ts'
import { openTally, type Tally } from './tally.ts'
import type { Increments, Pit } from './trading.ts'

export interface Stage extends Pit {
  readonly people: People
  readonly listening: Listening
  readonly tally: Tally
  readonly say: (line: string) => void
}

interface Instrument {
  readonly id: string
  readonly symbol: string
  readonly tickSize: string
  readonly lotSize: string
}

export const openStage = async (ledger: Ledger, say: (line: string) => void): Promise<Stage> => {
  const { url, key, data } = ledger
  const people = await admitPeople(url, key)
  await openAccounts(people)
  const live = liveOrders()
  const tally = openTally(live.hear)
  const listening = listen(url, people.keys['audrey']?.key ?? '', live.hear)
  const market = viewMarket(data)
  await market.opened(symbols)
  const instruments = await people.audrey.all<Instrument>('/v1/instruments')
  const increments = new Map<string, Increments>(
    instruments.map(({ symbol, tickSize, lotSize }) => [
      symbol,
      { tick: numberOf(tickSize), lot: numberOf(lotSize) },
    ]),
  )
  const traders = new Map([
    [spotDesk, { client: people.ada, place: tally.through(people.ada) }],
    [contractDesk, { client: people.ben, place: tally.through(people.ben) }],
    [quoteDesk, { client: people.ben, place: tally.through(people.ben) }],
  ])
  return {
    people,
    listening,
    tally,
    say,
    live,
    market,
    increments,
    traderOf: (account) => traders.get(account)?.client ?? people.ada,
    place: async (account, request) => traders.get(account)?.place(request),
  }
}

/** Looks every so often; false where the time is up. */
export const until = async (isSo: () => boolean, withinMs: number): Promise<boolean> => {
  const givenUp = performance.now() + withinMs
  while (!isSo()) {
    if (performance.now() > givenUp) return false
    await setTimeout(25)
  }
  return true
}
