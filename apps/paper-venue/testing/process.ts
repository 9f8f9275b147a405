/** The paper venue as a real process, on a real PostgreSQL, with a market that the test makes. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import * as E from 'fp-ts/lib/Either.js'
import { openTickHub, type TickHub } from '#adapters/feed/server'
import { paperVenue } from '#adapters/paper/venue'
import { systemClock } from '#adapters/system/clock'
import { sha256 } from '#adapters/system/hash'
import { type AppProcess, startApp } from '#apps/testing/app-process'
import type { Venue, VenueOrder, VenueReport } from '#domain/kernel/venue'
import { type Asked, bitcoin, quote, request, trade } from '#domain/testing/paper'
import { plusMs } from '#domain/values/instant'
import type { MarketSymbol, StrategyId, VenueId } from '#schemas/values/ids'

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

export interface Market {
  readonly hub: TickHub
  /** A fresh quote of every symbol, and a print of so much at that price. */
  readonly print: (at: string, size: string) => void
  /** Every print so far: how much was traded in it. */
  readonly prints: ReadonlyMap<string, bigint>
  readonly close: () => Promise<void>
}

export const openMarket = async (...others: readonly MarketSymbol[]): Promise<Market> => {
  const symbols = [bitcoin, ...others]
  const opened = await openTickHub({
    url: 'ws://127.0.0.1:0',
    welcome: { source: 'test', symbols },
  })
  if (E.isLeft(opened)) throw new Error(opened.left.detail)
  const hub = opened.right
  const prints = new Map<string, bigint>()
  let sequence = 0
  const print = (at: string, size: string): void => {
    sequence += 1
    const now = systemClock.now()
    for (const symbol of symbols) {
      const tick = trade(at, size, { sequence, at: now, symbol })
      if (symbol === bitcoin) prints.set(`${String(sequence)}:${tick.tradeId}`, tick.quantity)
      hub.publish(tick)
      hub.publish(quote('99.9', '100.1', { at: now, size: '5', symbol }))
    }
  }
  // A quote is fresh for five seconds only.
  const refreshing = setInterval(() => {
    print('100', '1')
  }, 500)
  print('100', '1')
  return {
    hub,
    print,
    prints,
    close: async () => {
      clearInterval(refreshing)
      await hub.close()
    },
  }
}

export const startVenue = (
  database: string,
  market: Market,
  port: number,
  environment: Readonly<Record<string, string>> = {},
): AppProcess =>
  startApp('paper-venue', {
    DAYBOOK_DATABASE: database,
    DAYBOOK_HUB: market.hub.url,
    DAYBOOK_PAPER: `ws://127.0.0.1:${String(port)}`,
    ...environment,
  })

/** The client as the gateway has it, and all that it was told. */
export interface Client {
  readonly venue: Venue
  readonly reports: readonly VenueReport[]
  /** Resolves when what was told is enough. */
  readonly until: (enough: (reports: readonly VenueReport[]) => boolean) => Promise<void>
}
export const openClient = (port: number): Client => {
  const venue = paperVenue({
    url: `ws://127.0.0.1:${String(port)}`,
    clock: systemClock,
    hash: sha256,
    answerMsMax: 3_000,
    retryMsMin: 10,
    retryMsMax: 100,
  })
  const reports: VenueReport[] = []
  let wake = (): void => undefined
  venue.listen((report) => {
    reports.push(report)
    wake()
  })
  return {
    venue,
    reports,
    until: async (enough) => {
      while (!enough(reports)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
export const connections = (reports: readonly VenueReport[]): number =>
  reports.filter(({ type }) => type === 'connected').length

export const order = (asked: Asked, lifeMs = 2_000): VenueOrder => {
  const { clientOrderId, sendBy: _, ...terms } = request(asked)
  const sendBy = plusMs(systemClock.now(), lifeMs)
  const strategy = 'manual' as StrategyId
  return { clientOrderId, sendBy, terms: { ...terms, strategy, venue: 'paper' as VenueId } }
}
