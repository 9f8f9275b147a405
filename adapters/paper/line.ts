/** A WebSocket to the paper venue that is opened again for as long as it takes. */
import { WebSocket } from 'ws'

export interface LineOptions {
  readonly url: string
  readonly onText: (text: string) => void
  readonly onOpen: () => void
  readonly onClose: (detail: string) => void
  readonly retryMsMin: number
  readonly retryMsMax: number
}
export interface Line {
  readonly isOpen: () => boolean
  /** Only while it is open. */
  readonly send: (text: string) => void
  readonly close: () => Promise<void>
}

const handshakeTimeout = 2_000
const frameBytesMax = 4 * 1024 * 1024
const goodbyeMsMax = 250

export const openLine = (options: LineOptions): Line => {
  let socket: WebSocket | undefined
  let retrying: NodeJS.Timeout | undefined
  let failures = 0
  let closed = false

  const connect = (): void => {
    let opened = false
    const { url, onText, onOpen, onClose } = options
    socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout,
      maxPayload: frameBytesMax,
    })
    socket.on('open', () => {
      opened = true
      failures = 0
      onOpen()
    })
    // Text arrives as one Buffer, because `binaryType` is left at `nodebuffer`.
    socket.on('message', (data: Buffer) => {
      onText(data.toString('utf8'))
    })
    // `close` follows every error.
    socket.on('error', () => undefined)
    socket.on('close', (code, reason) => {
      if (opened) onClose(`${String(code)} ${reason.toString('utf8')}`.trim())
      if (closed) return
      retrying = setTimeout(connect, retryMs(failures, options))
      failures += 1
    })
  }
  connect()
  return {
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    send: (text) => socket?.send(text),
    close: async () => {
      closed = true
      clearTimeout(retrying)
      await sayGoodbye(socket)
    },
  }
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
