/** What the market does, as a trader's screen has it: the last quote of every symbol, for as long as it is fresh. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { hubTickFeed } from '#adapters/feed/client'
import type { Quote } from './strategies/strategy.ts'

export interface MarketView {
  /** Undefined where none was heard lately. */
  readonly quote: (symbol: string) => Quote | undefined
  /** The last that was heard, however old. */
  readonly last: (symbol: string) => Quote | undefined
  /** Resolves when every symbol has one. */
  readonly opened: (symbols: readonly string[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** Who looks at an older one does not know where the market is. */
const freshMs = 2_000
const openedWithinMs = 20_000

export const viewMarket = (data: string): MarketView => {
  const { hub } = JSON.parse(readFileSync(join(data, 'daybook.json'), 'utf8')) as {
    readonly hub: string
  }
  const feed = hubTickFeed(hub)
  const quotes = new Map<string, Quote & { readonly heardAt: number }>()
  feed.listen((frame) => {
    if (frame.type !== 'quote') return
    const { symbol, bid, ask } = frame
    quotes.set(symbol, { bid, ask, heardAt: performance.now() })
  })
  const quote = (symbol: string): Quote | undefined => {
    const heard = quotes.get(symbol)
    return heard !== undefined && performance.now() - heard.heardAt <= freshMs ? heard : undefined
  }
  return {
    quote,
    last: (symbol) => quotes.get(symbol),
    opened: async (symbols) => {
      const givenUp = performance.now() + openedWithinMs
      while (!symbols.every((symbol) => quotes.has(symbol))) {
        if (performance.now() > givenUp)
          throw new Error(
            `no market was heard of ${symbols.filter((s) => !quotes.has(s)).join(', ')}`,
          )
        await setTimeout(20)
      }
    },
    close: feed.close,
  }
}
