/** Tells each tick to all who are at hand in this process, in turn: the hub first. */
import type { Tick } from '#schemas/market/tick'
import type { TickHub } from '#adapters/feed/server'
import type { App } from '#apps/process/app'
import type { MarketSource } from './source.ts'

/** Is given each tick once, in order, and returns at once: it neither throws nor holds up the next tick. */
export type TickSink = (tick: Tick) => void

/** How long a source that goes as fast as it is heard waits for a slow listener, and for a first one. */
const heardMsMax = 250

/** Until the source has ended or the app stops. Others than the hub come after it, so that they delay nobody. */
export const tellAll = async (
  source: MarketSource,
  hub: TickHub,
  others: readonly TickSink[],
  app: App,
): Promise<void> => {
  const finished = await source.run({
    tick: (tick) => {
      hub.publish(tick)
      for (const sink of others) sink(tick)
    },
    heard: () => hub.drained(heardMsMax),
  })
  if (finished.kind === 'stopped') return
  if (finished.kind === 'failed') app.logger.error(finished.detail)
  hub.publish({ type: 'ended', source: source.name })
  const detail = finished.kind === 'failed' ? finished.detail : `${source.name} has ended`
  app.report('ready', undefined, detail)
}
