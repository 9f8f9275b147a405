/** Recordings of one session, told again together at their own pace, faster, or as fast as they are listened to. */
import * as E from 'fp-ts/lib/Either.js'
import type { RecordedTrade, Recording } from '#adapters/recording/reader'
import type { Clock } from '#domain/kernel/clock'
import { paperInstrument } from '#domain/matching/instruments'
import { quoteOf, type SeenSides, seeTrade } from '#domain/simulation/replayed-quote'
import { msBetween } from '#domain/values/instant'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Speed } from './config.ts'
import { inOrder } from './in-order.ts'
import { paceOf } from './pace.ts'
import type { MarketSource, Tell } from './source.ts'

interface Replay {
  readonly name: string
  /** Each of another symbol. */
  readonly recordings: readonly Recording[]
  readonly speed: Speed
  readonly clock: Clock
  readonly stopping: AbortSignal
}

export const replaySource = (replay: Replay): MarketSource => ({
  name: replay.name,
  kind: 'replay',
  symbols: replay.recordings.map(({ symbol }) => symbol),
  run: async (tell) => {
    const { recordings, speed, clock, stopping } = replay
    const pace = paceOf(clock.monotonicMs, stopping)
    const unread = unreadRows(tell)
    const voices = new Map(recordings.map(({ symbol }) => [symbol, voiceOf(symbol)]))
    let first: RecordedTrade | undefined
    let told = 0
    tell.stands({ state: 'ready' })
    for await (const { symbol, read } of inOrder(recordings)) {
      if (E.isLeft(read)) {
        const { _tag, detail } = read.left
        if (_tag === 'UnusableRecording') return { kind: 'failed', detail }
        if (unread.isTooMuch(detail, told)) return { kind: 'failed', detail }
        continue
      }
      const trade = read.right
      first ??= trade
      if (speed === 'max') await tell.heard()
      else await pace.until(msBetween(first.venueAt, trade.venueAt) / speed)
      if (stopping.aborted) return { kind: 'stopped' }
      for (const tick of voices.get(symbol)?.(trade, clock.now()) ?? []) tell.tick(tick)
      told += 1
    }
    return { kind: 'ended', detail: `${replay.name} has ended${unread.summary()}` }
  },
})

/** A few rows that cannot be read are left out and said; more of them than of the others: it is no recording. */
const unreadRows = ({ stands, notice }: Pick<Tell, 'stands' | 'notice'>) => {
  let count = 0
  let first = ''
  const summary = (): string =>
    count === 0 ? '' : `; rows that could not be read: ${String(count)}, the first: ${first}`
  return {
    isTooMuch: (detail: string, read: number): boolean => {
      count += 1
      if (count === 1) first = detail
      notice({ type: 'malformed', kind: 'row', detail })
      if (count === 1) stands({ state: 'ready', detail: `a row was left out: ${detail}` })
      return count > Math.max(unreadMin, read)
    },
    summary,
  }
}
/** So many may come before the first that can be read. */
const unreadMin = 10

/** Of one symbol: each trade, and the quote that it leaves behind. */
const voiceOf = (symbol: MarketSymbol) => {
  const { tickSize } = paperInstrument(symbol).rules
  let seen: SeenSides = {}
  let sequence = -2
  return (trade: RecordedTrade, receivedAt: Instant): readonly Tick[] => {
    seen = seeTrade(seen, trade, tickSize)
    sequence += 2
    const { tradeId, price, quantity, aggressor, venueAt } = trade
    const common = { symbol, venueAt, receivedAt }
    const quote = quoteOf(seen)
    return [
      { type: 'trade', ...common, sequence, tradeId, price, quantity, aggressor },
      ...(quote === undefined
        ? []
        : [{ type: 'quote' as const, ...common, sequence: sequence + 1, ...quote }]),
    ]
  }
}
