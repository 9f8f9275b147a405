/** Clients of the stream for tests: over the wire, and without one, where the test says when there is room. */
import * as E from 'fp-ts/lib/Either.js'
import { WebSocket } from 'ws'
import type { Socket } from '#adapters/http/socket'
import { openLedger, ownersKey } from '#apps/api/testing/ledger'
import type { Ledger, LedgerSettings } from '#apps/api/testing/ledger'
import { idOf, limitBuy, list } from '#apps/api/testing/with-ledger'
import { accepted, approved, filled, main, submitted } from '#apps/api/testing/words'
import { orderStream, riskStream } from '#schemas/streams'
import type { OrderId } from '#schemas/values/ids'

export interface FrameSeen {
  readonly type: string
  readonly logPosition: string
  readonly data: Readonly<Record<string, unknown>>
  readonly event: Readonly<Record<string, unknown>>
}

/** A ledger that listens, and its port. */
export const listeningLedger = async (
  settings: LedgerSettings = {},
): Promise<{ readonly ledger: Ledger; readonly port: number }> => {
  const logLines: string[] = settings.logLines ?? []
  const ledger = await openLedger({ ...settings, logLines })
  for (;;) {
    const line = logLines.find((said) => said.includes('"listening"'))
    if (line !== undefined && ledger.knowledge.isComplete()) {
      return { ledger, port: (JSON.parse(line) as { readonly port: number }).port }
    }
    await new Promise((done) => setImmediate(done))
  }
}

export interface Listening {
  readonly line: WebSocket
  readonly seen: FrameSeen[]
  /** Everything that came, as text. */
  readonly texts: string[]
  readonly until: (enough: () => boolean) => Promise<void>
  readonly count: (n: number) => Promise<readonly FrameSeen[]>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}
export interface Connecting {
  readonly key?: string | undefined
  readonly query?: string
  readonly origin?: string
}

export const listen = (port: number, { query = '', ...how }: Connecting = {}): Listening => {
  const key = 'key' in how ? how.key : ownersKey
  const line = new WebSocket(`ws://127.0.0.1:${String(port)}/v1/stream${query}`, {
    perMessageDeflate: false,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(how.origin === undefined ? {} : { origin: how.origin }),
  })
  const seen: FrameSeen[] = []
  const texts: string[] = []
  let wake = (): void => undefined
  line.on('error', () => undefined)
  line.on('message', (data: Buffer) => {
    const text = data.toString()
    texts.push(text)
    const said = JSON.parse(text) as FrameSeen
    if ('logPosition' in said) seen.push(said)
    wake()
  })
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    line.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    line,
    seen,
    texts,
    until,
    count: async (n) => {
      await until(() => seen.length >= n)
      return seen
    },
    closed,
  }
}

const open: (() => Promise<unknown>)[] = []
/** After each test. */
export const closeAll = async (): Promise<void> => {
  for (const close of open.splice(0).toReversed()) await close()
}
export const atEnd = (close: () => Promise<unknown>): void => {
  open.push(close)
}
/** A ledger that is streamed, clients of it, and orders to tell of. */
export const streaming = async (settings: LedgerSettings = {}) => {
  const { ledger, port } = await listeningLedger(settings)
  open.push(ledger.close)
  await list(ledger, 'BTC/USDT')
  const client = (how: Connecting = {}): Listening => {
    const one = listen(port, how)
    open.push(async () => one.line.terminate())
    return one
  }
  /** An order as far as its first fill; its id. */
  const trade = async (name: string, size = '1'): Promise<OrderId> => {
    const order = idOf(await ledger.place({ ...limitBuy, quantity: '1' }, name))
    await ledger.write('risk-guard', riskStream(main), approved(order))
    await ledger.write('gateway', orderStream(order), submitted(order), accepted(order))
    await ledger.write('gateway', orderStream(order), filled(order, size))
    return order
  }
  const head = async (): Promise<bigint> => {
    const read = await ledger.log.head()
    if (E.isLeft(read)) throw new Error(read.left.detail)
    return read.right
  }
  return { ledger, port, client, trade, head }
}

/** Frames from the wire as their texts, and what is left of an unfinished one. */
export const textsOf = (
  bytes: Buffer,
): { readonly texts: readonly string[]; readonly rest: Buffer } => {
  const texts: string[] = []
  let rest = bytes
  for (;;) {
    const short = rest[1]
    if (short === undefined) return { texts, rest }
    const header = short === 126 ? 4 : short === 127 ? 10 : 2
    if (rest.length < header) return { texts, rest }
    const size =
      short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
    if (rest.length < header + size) return { texts, rest }
    if (rest[0] === 0x81) texts.push(rest.toString('utf8', header, header + size))
    rest = rest.subarray(header + size)
  }
}

/** A client without a wire: it has room for so many sends at a time, until it is read from. */
export const fakeSocket = (): Socket & {
  readonly texts: string[]
  readonly ended: { readonly code: number; readonly reason: string } | undefined
  pings: number
  silent: number
  /** What it takes before it is full; Infinity never is. */
  room: number
} => {
  const texts: string[] = []
  let ended: { readonly code: number; readonly reason: string } | undefined
  const socket = {
    texts,
    get ended() {
      return ended
    },
    pings: 0,
    silent: 0,
    room: Number.POSITIVE_INFINITY,
    send: (bytes: Uint8Array) => {
      texts.push(...textsOf(Buffer.from(bytes)).texts)
      socket.room -= 1
    },
    hasRoom: () => ended === undefined && socket.room > 0,
    ping: () => {
      socket.pings += 1
    },
    silentMs: () => socket.silent,
    close: (code: number, reason: string) => {
      ended ??= { code, reason }
    },
  }
  return socket
}
