/** A log with a server of its own, as a ledger under torture has it: PostgreSQL, or EventStoreDB beside it. */
import { openEventStoreLog } from '#adapters/eventstoredb/event-log'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { startDouble } from '#adapters/testing/eventstore-double/process'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import type { EventLog } from '#domain/kernel/event-log'
import type { AppName } from '#schemas/writers'

export type Engine = 'PostgreSQL' | 'EventStoreDB'
export interface TortureLog {
  /** Of snapshots and of the paper venue. */
  readonly database: TestPostgres
  readonly url: (app: AppName) => string
  readonly open: (app: AppName) => EventLog & { readonly close: () => Promise<void> }
  readonly close: () => Promise<void>
}

export const openTortureLog = async (engine: Engine): Promise<TortureLog> => {
  const database = await testPostgres()
  if (engine === 'PostgreSQL') {
    return {
      database,
      url: database.url,
      open: (app) => openPostgresEventLog({ url: database.url(app), app }),
      close: database.stop,
    }
  }
  const double = await startDouble()
  return {
    database,
    url: () => double.url(),
    open: (app) => openEventStoreLog({ url: double.url(), app }),
    close: async () => {
      await double.stop()
      await database.stop()
    },
  }
}
