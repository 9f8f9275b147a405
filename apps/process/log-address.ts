/** Addresses of event logs, judged without anything that opens one. */
import * as E from 'fp-ts/lib/Either.js'
import { isEventStoreUrl, parseAddress } from '#adapters/eventstoredb/address'

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
