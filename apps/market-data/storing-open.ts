/** Opens what stores ticks, where there is a database, and shows how it does. */
import { Counter, Gauge } from 'prom-client'
import { openTickStore } from '#adapters/postgres/ticks'
import type { App } from '#apps/process/app'
import type { MarketSymbol } from '#schemas/values/ids'
import { storingTrouble } from './standing.ts'
import { type Storing, type StoringStats, storing } from './storing.ts'
import { storedName } from './storing-config.ts'
import { upkeep } from './storing-upkeep.ts'
import type { TickSink } from './telling.ts'

export interface StoringSettings {
  readonly database: string | undefined
  readonly ticksRetention: number | 'off'
}
/** Whoever keeps ticks: all of these are told each tick after the hub. */
export interface OpenStoring {
  readonly sinks: readonly TickSink[]
  readonly missed: (symbol: MarketSymbol, ticks: number) => void
  /** What is wrong with it now, in words. */
  readonly trouble: () => string | undefined
}

export const openStoring = (
  { database, ticksRetention }: StoringSettings,
  source: string,
  app: App,
): OpenStoring => {
  if (database === undefined) {
    app.logger.info('ticks are not stored: DAYBOOK_DATABASE is not set')
    return { sinks: [], missed: () => undefined, trouble: () => undefined }
  }
  const store = openTickStore(database, storedName(source))
  const ticks = storing({ store, app })
  const keeping = Promise.all([
    ticks.run(),
    upkeep({
      store,
      app,
      retentionDays: ticksRetention === 'off' ? undefined : ticksRetention,
    }),
  ])
  app.onStop(async () => {
    await keeping
    await store.close()
  })
  measure(ticks, app)
  const trouble = storingTrouble(ticks.stats, app.clock.monotonicMs)
  return { sinks: [ticks.sink], missed: ticks.missed, trouble }
}

const counted = [
  ['daybook_ticks_stored_total', 'Ticks that were stored.', 'stored'],
  ['daybook_ticks_known_total', 'Ticks that were told again and are stored already.', 'known'],
  [
    'daybook_ticks_dropped_total',
    'Ticks that were told and not stored, because the database was away, too slow, or refused them.',
    'dropped',
  ],
] as const satisfies readonly (readonly [string, string, keyof StoringStats])[]

const measure = ({ stats }: Storing, { metrics }: App): void => {
  const registers = [metrics]
  for (const [name, help, figure] of counted) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(stats()[figure])
      },
    })
  }
  new Gauge({
    name: 'daybook_ticks_waiting',
    help: 'Ticks that wait to be stored.',
    registers,
    collect() {
      this.set(stats().waiting)
    },
  })
}
