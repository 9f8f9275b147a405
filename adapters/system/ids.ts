/** Ids from time and chance: UUIDv7 (RFC 9562), rising within the process. */
import { randomFillSync } from 'node:crypto'
import type { Ids } from '#domain/kernel/ids'
import type { CorrelationId, EventId, Nonce } from '#schemas/values/ids'

/** The ids of one millisecond are counted in 26 bits, begun at random in the lower half (RFC 9562, 6.2, method 1). */
const counterBits = 2 ** 26

/** `fill` fills bytes with chance. */
export const timeOrderedIds = (
  dateMs: () => number,
  fill: (bytes: Buffer) => void,
  counterEnd: number = counterBits,
): Ids => {
  const random = reservoir(fill)
  let milliseconds = -1
  let counter = counterEnd
  const begin = (at: number): void => {
    milliseconds = at
    counter = random(4).readUInt32BE() % (counterEnd / 2)
  }
  const uuid = (): string => {
    const now = dateMs()
    counter += 1
    // A clock that was stepped back is waited for, and a counter that is used up borrows from the next millisecond.
    if (now > milliseconds) begin(now)
    else if (counter >= counterEnd) begin(milliseconds + 1)
    const time = milliseconds.toString(16).padStart(12, '0')
    const high = (0x7000 + Math.floor(counter / 0x4000)).toString(16)
    const low = (0x8000 + (counter % 0x4000)).toString(16)
    const tail = random(6).toString('hex')
    return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${low}-${tail}`
  }
  return {
    eventId: () => uuid() as EventId,
    correlationId: () => uuid() as CorrelationId,
    nonce: () => random(16).toString('hex') as Nonce,
  }
}

/** Chance drawn in bulk: asking the system for a few bytes at a time is many times slower. */
const reservoir = (fill: (bytes: Buffer) => void): ((length: number) => Buffer) => {
  const bytes = Buffer.alloc(4096)
  let used = bytes.length
  return (length) => {
    if (used + length > bytes.length) {
      fill(bytes)
      used = 0
    }
    used += length
    return bytes.subarray(used - length, used)
  }
}

export const systemIds: Ids = timeOrderedIds(Date.now, (bytes) => randomFillSync(bytes))
