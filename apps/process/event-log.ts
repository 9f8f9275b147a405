/** The event log that a setting names: the one place where it is chosen. */
import { isEventStoreUrl, parseAddress } from '#adapters/eventstoredb/address'
import { openEventStoreLog } from '#adapters/eventstoredb/event-log'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import type { EventLog } from '#domain/kernel/event-log'
import type { AppName } from '#schemas/writers'
import * as E from 'fp-ts/lib/Either.js'

export const logExamples =
  'postgres://daybook:password@127.0.0.1:5432/daybook or esdb://user:password@127.0.0.1:2113?tls=true'

const isPostgresUrl = (text: string): boolean =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)

/** Why that is no event log of ours, or undefined. What it says may be shown: it holds no password. */
export const faultInLogUrl = (text: string): string | undefined => {
  if (!isEventStoreUrl(text)) return isPostgresUrl(text) ? undefined : `it is not ${logExamples}`
  const address = parseAddress(text)
  return E.isLeft(address) ? address.left : undefined
}

/** Nothing is connected yet, and of EventStoreDB's client nothing loaded. */
export const openEventLog = (
  url: string,
  app: AppName,
): EventLog & { readonly close: () => Promise<void> } =>
  isEventStoreUrl(url) ? openEventStoreLog({ url, app }) : openPostgresEventLog({ url, app })
