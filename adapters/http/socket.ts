/** One WebSocket, as whoever tells something over it sees it: whole frames out, and whether there is room for more. */
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { CorrelationId } from '#schemas/values/ids'
import type { Asked } from './route.ts'
import { textFrame } from './wire.ts'

/** What a client said when it connected. */
export interface SocketAsked {
  readonly requestId: CorrelationId
  readonly query: Asked['query']
  readonly authorization: string | undefined
  readonly address: string
  readonly origin: string | undefined
  readonly host: string | undefined
}
export interface SocketEvents {
  readonly message: (text: string) => void
  /** There is room again. */
  readonly room: () => void
  readonly closed: (code: number) => void
}
export interface Socket {
  /** Frames as `textFrame` makes them, one or several together. They may be shared with others. */
  readonly send: (frames: Uint8Array) => void
  /** False while the client has much to read yet: what is sent all the same waits in memory. */
  readonly hasRoom: () => boolean
  /** Asks for a sign of life. */
  readonly ping: () => void
  /** How long a sign of life has been waited for, while there was none; 0 where none is owed. */
  readonly silentMs: () => number
  /** Says goodbye, and cuts the line soon afterwards whatever the client does. */
  readonly close: (code: number, reason: string) => void
}

/** What waits in this process for the operating system to take it. */
const waitingBytesMax = 64 * 1024
/**
 * What may be on its way, in the operating systems' buffers too, before the client has shown that it read the
 * rest. It shows that by its pongs, so pings go along with the frames.
 */
const unreadBytesMax = 512 * 1024
const pingEveryBytes = 64 * 1024
const goodbyeMs = 1_000

export const openSocket = (line: WebSocket, raw: Duplex, events: SocketEvents): Socket => {
  let [sent, read, pinged] = [0, 0, 0]
  let owedSince: number | undefined
  let isOpen = true
  let wasFull = false
  const hasRoom = (): boolean => {
    const room = raw.writableLength <= waitingBytesMax && sent - read <= unreadBytesMax
    if (!room) wasFull = true
    return room
  }
  const tellOfRoom = (): void => {
    if (!isOpen || !wasFull || !hasRoom()) return
    wasFull = false
    events.room()
  }
  /** Each names how much went before it, so that its pong says how much was read. */
  const ping = (): void => {
    if (!isOpen) return
    pinged = sent
    owedSince ??= performance.now()
    line.ping(String(sent))
  }
  line.on('pong', (data) => {
    const upTo = Number(data.toString())
    if (!(upTo >= read && upTo <= pinged)) return
    read = upTo
    owedSince = upTo === pinged ? undefined : performance.now()
    tellOfRoom()
  })
  raw.on('drain', tellOfRoom)
  line.on('message', (data, isBinary) => {
    if (isOpen) events.message(isBinary ? '' : textOf(data))
  })
  // A frame that breaks the protocol: the line is closed by itself, with the code for it.
  line.on('error', () => undefined)
  line.on('close', (code) => {
    isOpen = false
    events.closed(code)
  })
  return {
    send: (frames) => {
      if (!isOpen) return
      raw.write(frames)
      sent += frames.length
      if (sent - pinged >= pingEveryBytes) ping()
    },
    hasRoom,
    ping,
    silentMs: () => (owedSince === undefined ? 0 : performance.now() - owedSince),
    close: (code, reason) => {
      if (!isOpen) return
      isOpen = false
      line.close(code, reason)
      const cut = setTimeout(() => line.terminate(), goodbyeMs)
      line.once('close', () => clearTimeout(cut))
    },
  }
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString()

/** One JSON object as one frame. */
export const jsonFrame = (value: unknown): Buffer => textFrame(JSON.stringify(value))
