/** Tells each tick to all who are at hand in this process, in turn: the hub first. */
import type { TickHub } from '#adapters/feed/server'
import type { App } from '#apps/process/app'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Diary } from './diary.ts'
import type { MarketSource } from './source.ts'

/** Is given each tick once, in order, and returns at once: it neither throws nor holds up the next tick. */
export type TickSink = (tick: Tick) => void
/** Whoever keeps ticks. */
export interface Witnesses {
  readonly sinks: readonly TickSink[]
  /** Before the next tick of this symbol so many trades were made and not told. */
  readonly missed: (symbol: MarketSymbol, trades: number) => void
}

/** After so long it is looked anew whether the app is to stop. */
const heardMsMax = 250

/** Until the source has ended or the app stops. The witnesses come after the hub, so that they delay nobody. */
export const tellAll = async (
  source: MarketSource,
  hub: TickHub,
  { diary, sinks, missed }: Witnesses & { readonly diary: Diary },
  app: App,
): Promise<void> => {
  const finished = await source.run({
    tick: (tick) => {
      hub.publish(tick)
      diary.tick(tick)
      for (const sink of sinks) sink(tick)
    },
    // However slow a listener is, it is waited for; the hub sends away those who do not read at all.
    heard: async () => {
      while (!(await hub.drained(heardMsMax)) && !app.stopping.aborted);
    },
    stands: ({ state, detail }) => app.report(state, undefined, detail),
    notice: (notice) => {
      diary.notice(notice)
      if (notice.type === 'gap') missed(notice.symbol, notice.missed)
    },
  })
  if (finished.kind === 'stopped') return
  hub.publish({ type: 'ended', source: source.name })
  const detail = finished.detail ?? `${source.name} has ended`
  if (finished.kind === 'failed') app.logger.error(detail)
  app.report(finished.kind === 'failed' ? 'waiting' : 'ready', undefined, detail)
}
