/** The log that an address names, as its texts, for moving it; in PostgreSQL as its owner. */
import { isEventStoreUrl } from '#adapters/eventstoredb/address'
import { openEventStoreStoredLog } from '#adapters/eventstoredb/stored-log'
import { openPostgresStoredLog } from '#adapters/postgres/stored-log'
import type { StoredLog } from '#domain/kernel/stored-log'

export const openStoredLog = (url: string): StoredLog & { readonly close: () => Promise<void> } =>
  isEventStoreUrl(url) ? openEventStoreStoredLog({ url }) : openPostgresStoredLog({ url })
