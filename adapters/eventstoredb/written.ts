/** What this process knows to have written, so that an id of ours is never used for anything else. */
import type { Proposal } from '#domain/kernel/proposal'
import { idOfBytes } from './translate.ts'

export interface Written {
  /**
   * `elsewhere`: an id of this append stands for another event, or in another place. `partly`: some of these events
   * stand where they should, and others do not. Undefined: nothing speaks against asking the server.
   */
  readonly against: (proposal: Proposal) => 'elsewhere' | 'partly' | undefined
  readonly add: (proposal: Proposal, lastRevision: bigint) => void
}

interface Place {
  readonly stream: string
  readonly revision: bigint
  readonly bytes: string
}

/** The server compares ids only at the revision in question, and not even there at a stream's end. */
const knownMax = 10_000

export const openWritten = (): Written => {
  const places = new Map<string, Place>()
  return {
    against: ({ stream, expected, events }) => {
      const known = events.map(({ id }) => places.get(id))
      const at = startOf(expected, known[0])
      const inPlace = events.filter((event, index) => {
        const place = known[index]
        return (
          place !== undefined &&
          place.stream === stream &&
          place.revision === at + BigInt(index) &&
          place.bytes === idOfBytes(event)
        )
      })
      if (known.filter((place) => place !== undefined).length > inPlace.length) return 'elsewhere'
      return inPlace.length > 0 && inPlace.length < events.length ? 'partly' : undefined
    },
    add: ({ stream, events }, lastRevision) => {
      const first = lastRevision - BigInt(events.length) + 1n
      for (const [index, event] of events.entries()) {
        places.set(event.id, {
          stream,
          revision: first + BigInt(index),
          bytes: idOfBytes(event),
        })
      }
      for (const id of places.keys()) {
        if (places.size <= knownMax) break
        places.delete(id)
      }
    },
  }
}

/** Without an exact revision an append stands wherever its first event does. */
const startOf = (expected: Proposal['expected'], first: Place | undefined): bigint => {
  if (expected === 'streamExists') return first?.revision ?? 0n
  return expected === 'noStream' ? 0n : expected + 1n
}
