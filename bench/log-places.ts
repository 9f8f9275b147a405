/** Where a ledger's log may be for a measurement: in its own PostgreSQL, or in EventStoreDB (a double of it, a process of its own). */
import { startDouble } from '#adapters/testing/eventstore-double/process'
import type { Rows } from '#apps/demo/judge/log-row'
import { openRows } from '#apps/demo/log-rows'
import { openEventStoreRows } from '#apps/testing/eventstore-rows'

export interface LogPlace {
  /** Of `daybook run`. */
  readonly options: readonly string[]
  readonly rows: (data: string) => Promise<Rows>
  readonly close: () => Promise<void>
}

export const inPostgres = async (): Promise<LogPlace> => ({
  options: [],
  rows: openRows,
  close: () => Promise.resolve(),
})

export const inEventStore = async (): Promise<LogPlace> => {
  const double = await startDouble()
  const url = double.url()
  return {
    options: ['--log', url],
    rows: (data) => openEventStoreRows(data, url),
    close: () => double.stop(),
  }
}
