/** The venues whose public sockets can be listened to. */
import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { kraken } from './kraken.ts'
import { krakenV1 } from './kraken-v1.ts'
import type { Protocol } from './protocol.ts'

export type { Protocol } from './protocol.ts'

export const venueNames = ['coinbase', 'binance', 'kraken'] as const
export type VenueName = (typeof venueNames)[number]

const protocols: Readonly<Record<VenueName, Protocol>> = { coinbase, binance, kraken }

/** What is spoken at an address, and the address; without one it is the venue's own. */
export const venueAt = (
  name: VenueName,
  address?: string,
): { readonly protocol: Protocol; readonly url: string } => {
  const protocol = protocols[name]
  if (address === undefined) return { protocol, url: protocol.url }
  const hasPath = new URL(address).pathname !== '/'
  // Kraken's two protocols are told apart by their paths, and only the older one has none.
  if (name === 'kraken') return { protocol: hasPath ? kraken : krakenV1, url: address }
  return {
    protocol,
    url: hasPath ? address : new URL(new URL(protocol.url).pathname, address).href,
  }
}
