/** One client of EventStoreDB: loaded when first needed, and closed as a whole, which the client itself cannot do. */
import type { EventStoreDBClient } from '@eventstore/db-client'
import type { EventStoreAddress } from './address.ts'
import { inTime, turn } from './time.ts'

export type Client = EventStoreDBClient

export interface OpenClient {
  readonly client: Client
  readonly close: () => Promise<void>
}

const closeMsMax = 500
/** The client's own default, and the least that it takes without a warning. */
const keepAliveMs = 10_000
const distinctMax = 10_000

let opened = 0

/**
 * Clients with equal options share one connection, and with it its fate and its 100 streams; even one that is made
 * anew would get the old connection back. So each has a time between its pings that no other has.
 */
export const openClient = async (
  { text }: EventStoreAddress,
  connectionName: string,
): Promise<OpenClient> => {
  const { EventStoreDBClient: Made } = await import('@eventstore/db-client')
  opened = (opened + 1) % distinctMax
  const client = Made.connectionString(
    `${text}&keepAliveInterval=${String(keepAliveMs + opened)}&connectionName=${connectionName}`,
  )
  return {
    client,
    close: () => inTime(closing(client), closeMsMax).catch(() => undefined),
  }
}

/**
 * It has no way to close its channel but this one. A call that is still being made when the channel closes would
 * throw where nobody can catch it; so whatever waits for the channel goes first, and is cancelled.
 */
const closing = async (client: Client): Promise<void> => {
  const { getChannel } = client as unknown as { readonly getChannel: () => Promise<Closable> }
  const channel = await getChannel()
  await turn()
  // It waits for streams that may never end.
  await inTime(client.dispose(), closeMsMax / 2).catch(() => undefined)
  channel.close()
}
interface Closable {
  readonly close: () => void
}
