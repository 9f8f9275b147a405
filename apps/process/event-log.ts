/** The event log that a setting names: the one place where it is chosen. */
import { isEventStoreUrl } from '#adapters/eventstoredb/address'
import { openEventStoreLog } from '#adapters/eventstoredb/event-log'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import type { EventLog } from '#domain/kernel/event-log'
import type { AppName } from '#schemas/writers'
import { type Measures, measuredLog } from './measured-log.ts'

type OpenLog = EventLog & { readonly close: () => Promise<void> }

/** Nothing is connected yet, and of EventStoreDB's client nothing loaded. */
export const openEventLog = (url: string, app: AppName, measures?: Measures): OpenLog => {
  const log: OpenLog = isEventStoreUrl(url)
    ? openEventStoreLog({ url, app })
    : openPostgresEventLog({ url, app })
  return measures === undefined ? log : measuredLog(log, measures)
}
