/** A WebSocket to the paper venue that is opened again for as long as it takes. */
import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { togetherOn } from './together.ts'

export interface LineOptions {
  readonly url: string
  readonly onText: (text: string) => void
  readonly onOpen: () => void
  readonly onClose: (detail: string) => void
  readonly retryMsMin: number
  readonly retryMsMax: number
  /** The other side is asked so often whether it is still there. */
  readonly pingEveryMs?: number
  /** After so long without any sign of it the line is cut, and opened again. */
  readonly silentMsMax?: number
}
export interface Line {
  readonly isOpen: () => boolean
  /** Only while it is open. */
  readonly send: (text: string) => void
  /** Gives up this connection for another one. */
  readonly cut: (detail: string) => void
  readonly close: () => Promise<void>
}

const handshakeTimeout = 2_000
const frameBytesMax = 4 * 1024 * 1024
const goodbyeMsMax = 250

export const openLine = (options: LineOptions): Line => {
  let socket: WebSocket | undefined
  let together = (): void => undefined
  let retrying: NodeJS.Timeout | undefined
  let failures = 0
  let closed = false
  let cutBecause: string | undefined
  const cut = (detail: string): void => {
    cutBecause ??= detail
    socket?.terminate()
  }

  const connect = (): void => {
    let opened = false
    cutBecause = undefined
    const { url, onText, onOpen, onClose } = options
    const opening = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout,
      maxPayload: frameBytesMax,
    })
    socket = opening
    opening.on('upgrade', ({ socket: stream }: IncomingMessage) => {
      together = togetherOn(stream)
    })
    opening.on('open', () => {
      opened = true
      failures = 0
      watch(opening, options, cut)
      onOpen()
    })
    // Text arrives as one Buffer, because `binaryType` is left at `nodebuffer`.
    opening.on('message', (data: Buffer) => {
      onText(data.toString('utf8'))
    })
    // `close` follows every error.
    opening.on('error', () => undefined)
    opening.on('close', (code, reason) => {
      const detail = cutBecause ?? `${String(code)} ${reason.toString('utf8')}`.trim()
      if (opened) onClose(detail)
      if (closed) return
      retrying = setTimeout(connect, retryMs(failures, options))
      failures += 1
    })
  }
  connect()
  return {
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    send: (text) => {
      together()
      socket?.send(text)
    },
    cut,
    close: async () => {
      closed = true
      clearTimeout(retrying)
      await sayGoodbye(socket)
    },
  }
}

/** A line that was lost without a word stays open on this side; only asking finds that out. */
const watch = (socket: WebSocket, options: LineOptions, cut: (detail: string) => void): void => {
  const { pingEveryMs = 2_000, silentMsMax = 5_000 } = options
  const asking = setInterval(() => {
    socket.ping()
  }, pingEveryMs)
  const silence = setTimeout(() => {
    cut(`nothing was heard for ${String(silentMsMax)} ms`)
  }, silentMsMax)
  for (const sign of ['message', 'ping', 'pong']) socket.on(sign, () => silence.refresh())
  socket.once('close', () => {
    clearInterval(asking)
    clearTimeout(silence)
  })
}

/** Doubles with each failure, spread over its upper half so that not all come back at once. */
const retryMs = (failures: number, { retryMsMin, retryMsMax }: LineOptions): number => {
  const full = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(failures, 20))
  return full / 2 + Math.random() * (full / 2)
}

const sayGoodbye = async (socket: WebSocket | undefined): Promise<void> => {
  if (socket === undefined || socket.readyState === WebSocket.CLOSED) return
  const cut = setTimeout(() => {
    socket.terminate()
  }, goodbyeMsMax)
  await new Promise<void>((done) => {
    socket.once('close', () => {
      done()
    })
    socket.close()
  })
  clearTimeout(cut)
}
