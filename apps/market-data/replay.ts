/** A recording, told again at its own pace, faster, or as fast as it is listened to. */
import * as E from 'fp-ts/lib/Either.js'
import type { RecordedTrade, Recording } from '#adapters/recording/reader'
import type { Clock } from '#domain/kernel/clock'
import { paperInstrument } from '#domain/matching/instruments'
import { quoteOf, type SeenSides, seeTrade } from '#domain/simulation/replayed-quote'
import { msBetween } from '#domain/values/instant'
import type { Tick } from '#schemas/market/tick'
import type { Speed } from './config.ts'
import { paceOf } from './pace.ts'
import type { MarketSource } from './source.ts'

interface Replay {
  readonly name: string
  readonly recording: Recording
  readonly speed: Speed
  readonly clock: Clock
  readonly stopping: AbortSignal
}

export const replaySource = (replay: Replay): MarketSource => ({
  name: replay.name,
  symbols: [replay.recording.symbol],
  run: async (tell) => {
    const { recording, speed, clock, stopping } = replay
    const { tickSize } = paperInstrument(recording.symbol).rules
    const pace = paceOf(clock.monotonicMs, stopping)
    let first: RecordedTrade | undefined
    let seen: SeenSides = {}
    let sequence = 0
    for await (const read of recording.trades()) {
      if (E.isLeft(read)) return { kind: 'failed', detail: read.left.detail }
      const trade = read.right
      first ??= trade
      if (speed === 'max') await tell.heard()
      else await pace.until(msBetween(first.venueAt, trade.venueAt) / speed)
      if (stopping.aborted) return { kind: 'stopped' }
      seen = seeTrade(seen, trade, tickSize)
      const common = {
        symbol: recording.symbol,
        venueAt: trade.venueAt,
        receivedAt: clock.now(),
      }
      for (const tick of ticksOf(trade, seen, common, sequence)) tell.tick(tick)
      sequence += 2
    }
    return { kind: 'ended' }
  },
})

/** The trade, and the quote that it leaves behind. */
const ticksOf = (
  { tradeId, price, quantity, aggressor }: RecordedTrade,
  seen: SeenSides,
  common: Pick<Tick, 'symbol' | 'venueAt' | 'receivedAt'>,
  sequence: number,
): readonly Tick[] => {
  const quote = quoteOf(seen)
  return [
    { type: 'trade', ...common, sequence, tradeId, price, quantity, aggressor },
    ...(quote === undefined
      ? []
      : [{ type: 'quote' as const, ...common, sequence: sequence + 1, ...quote }]),
  ]
}
