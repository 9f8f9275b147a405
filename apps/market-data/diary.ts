/** What the log and the counters say of a market source: every kind of trouble once a minute, with how often. */
import type { Logger } from 'pino'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Notice } from '#adapters/exchange/line'
import type { Clock } from '#domain/kernel/clock'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'

export interface Diary {
  readonly tick: (tick: Tick) => void
  readonly notice: (notice: Notice) => void
}
export interface DiaryMeans {
  /** What the source is, in one word. */
  readonly source: string
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly metrics: Registry
  readonly clock: Pick<Clock, 'monotonicMs'>
}

export const openDiary = ({ source, logger, metrics, clock }: DiaryMeans): Diary => {
  const { ticks, heardAt, count } = countersIn(metrics, source, clock)
  const seldom = onceAMinute(clock.monotonicMs)
  return {
    tick: ({ type, symbol }) => {
      ticks[type]()
      heardAt(symbol)
    },
    notice: (notice) => {
      count(notice)
      switch (notice.type) {
        case 'opened':
          return logger.info({ source }, 'the line to the venue is open')
        case 'lost': {
          const { detail, retryMs } = notice
          const again = { source, detail, retryMs: Math.round(retryMs) }
          return logger.warn(again, 'no line to the venue; it is tried again')
        }
        case 'refused': {
          const { symbols, words } = notice
          return logger.error({ source, symbols, words }, 'the venue refuses a subscription')
        }
        case 'unacknowledged': {
          const { symbols } = notice
          return logger.error({ source, symbols }, 'subscriptions were not acknowledged in time')
        }
        case 'gap':
          return seldom(`gap ${notice.symbol}`, (more) =>
            logger.warn({ ...notice, more }, 'trades were made and not told to us'),
          )
        case 'malformed':
          return seldom(`malformed ${notice.kind}`, (more) =>
            logger.warn({ ...notice, more }, 'not understood, and left out'),
          )
        case 'administrative':
          return seldom(notice.type, (more) =>
            logger.info({ ...notice, more }, "a print of the venue's own is not a tick"),
          )
        case 'venueSays':
          return seldom(notice.type, (more) => logger.warn({ ...notice, more }, 'the venue says'))
        case 'repeated':
          return undefined
      }
    },
  }
}

const minuteMs = 60_000

/** Says the first of its kind, and after a minute the next one, with how many were not said in between. */
const onceAMinute = (monotonicMs: () => number) => {
  const said = new Map<string, { readonly at: number; more: number }>()
  return (kind: string, say: (more: number) => void): void => {
    const now = monotonicMs()
    const before = said.get(kind)
    if (before !== undefined && now - before.at < minuteMs) {
      before.more += 1
      return
    }
    said.set(kind, { at: now, more: 0 })
    say(before?.more ?? 0)
  }
}

const countersIn = (registry: Registry, source: string, clock: Pick<Clock, 'monotonicMs'>) => {
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name: `daybook_market_${name}`, help, labelNames: [...labelNames], registers })
  const told = counter('ticks_total', 'Ticks told by the market source.', ['source', 'type'])
  const lost = counter('reconnects_total', 'Times that a line to the venue ended, or did not open.')
  const gaps = counter('gaps_total', 'Times that trades were missing.', ['symbol'])
  const missed = counter('missed_trades_total', 'Trades made and not told to us.', ['symbol'])
  const malformed = counter('malformed_total', 'Frames or rows not understood.', ['kind'])
  const own = counter('administrative_total', "Prints of the venue's own, which are not ticks.")
  const repeated = counter('repeated_total', 'Ticks left out as told before.', ['symbol'])
  const heard = new Map<MarketSymbol, number>()
  new Gauge({
    name: 'daybook_market_last_tick_age_seconds',
    help: 'How long ago the last tick was told.',
    labelNames: ['symbol'],
    registers,
    collect() {
      for (const [symbol, at] of heard) this.set({ symbol }, (clock.monotonicMs() - at) / 1_000)
    },
  })
  const ofType = (type: Tick['type']) => {
    const labels = { source, type }
    told.inc(labels, 0)
    return () => told.inc(labels)
  }
  return {
    ticks: { trade: ofType('trade'), quote: ofType('quote') },
    heardAt: (symbol: MarketSymbol) => heard.set(symbol, clock.monotonicMs()),
    count: (notice: Notice): void => {
      if (notice.type === 'lost') lost.inc()
      if (notice.type === 'gap') gaps.inc({ symbol: notice.symbol })
      if (notice.type === 'gap') missed.inc({ symbol: notice.symbol }, notice.missed)
      if (notice.type === 'malformed') malformed.inc({ kind: notice.kind })
      if (notice.type === 'administrative') own.inc()
      if (notice.type === 'repeated') repeated.inc({ symbol: notice.symbol })
    },
  }
}
