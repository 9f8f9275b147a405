/** One connection to a venue from its opening to its end: subscribe, hear, and notice when nothing is heard. */
import { WebSocket } from 'ws'
import type { Heard } from './heard.ts'
import type { LineOptions, Timings } from './options.ts'
import { acknowledge, markHeard, refuse, settle, type Subscribed } from './subscribed.ts'
import type { Ticks } from './ticks.ts'

export interface Conversation extends Omit<LineOptions, 'timings'>, Subscribed {
  readonly timings: Timings
  readonly ticks: Ticks
}
export interface Ending {
  readonly detail: string
  readonly wasOpen: boolean
  /** How long it was open, where ticks were heard on it. */
  readonly goodForMs: number
}

const handshakeTimeout = 10_000
const frameBytesMax = 4 * 1024 * 1024
const goodbyeMsMax = 500

export const converse = (conversation: Conversation): Promise<Ending> =>
  new Promise((resolve) => {
    const { url, world, stopping } = conversation
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout,
      maxPayload: frameBytesMax,
    })
    let because: string | undefined
    let openedAt: number | undefined
    const cut = (detail: string): void => {
      because ??= detail
      socket.terminate()
    }
    const goodbye = (): void => {
      socket.close()
      setTimeout(() => socket.terminate(), goodbyeMsMax).unref()
    }
    stopping.addEventListener('abort', goodbye, { once: true })
    const ear = earOf(conversation, cut)
    socket.on('open', () => {
      openedAt = world.monotonicMs()
      begin(conversation, socket, cut)
      ear.begin()
    })
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) ear.binary(data.length)
      else ear.text(data.toString('utf8'))
    })
    // `close` follows every error.
    socket.on('error', (error) => {
      because ??= wordsOf(error)
    })
    socket.on('close', (code, reason) => {
      stopping.removeEventListener('abort', goodbye)
      ear.end()
      const said = `closed with ${String(code)} ${reason.toString('utf8')}`.trim()
      const isOpen = openedAt !== undefined
      const goodForMs = isOpen && ear.hasTicked() ? world.monotonicMs() - (openedAt ?? 0) : 0
      resolve({ detail: because ?? said, wasOpen: isOpen, goodForMs })
    })
  })

/** Where a name has several addresses, the errors of all of them come as one without words. */
const wordsOf = (error: Error): string =>
  error instanceof AggregateError
    ? error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join(', ')
    : error.message

/** Subscribes, and from now on asks whether the other side is still there. */
const begin = (
  { protocol, codes, standing, timings, notice, tell }: Conversation,
  socket: WebSocket,
  cut: (detail: string) => void,
): void => {
  const { frames, channels } = protocol.subscribe([...codes.keys()])
  standing.line = 'open'
  standing.channels = channels
  standing.settled = false
  for (const market of standing.markets.values()) {
    market.acknowledged.clear()
    market.refused = undefined
    market.ticked = false
  }
  for (const frame of frames) socket.send(frame)
  const { pingEveryMs, silentMsMax } = timings
  const asking = setInterval(() => socket.ping(), pingEveryMs)
  const silence = setTimeout(
    () => cut(`nothing was heard for ${String(silentMsMax)} ms`),
    silentMsMax,
  )
  for (const sign of ['message', 'ping', 'pong']) socket.on(sign, () => silence.refresh())
  socket.once('close', () => {
    clearInterval(asking)
    clearTimeout(silence)
  })
  notice({ type: 'opened' })
  tell()
}

interface Ear {
  readonly begin: () => void
  readonly text: (text: string) => void
  readonly binary: (bytes: number) => void
  readonly hasTicked: () => boolean
  readonly end: () => void
}

const earOf = (conversation: Conversation, cut: (detail: string) => void): Ear => {
  const { protocol, timings, notice } = conversation
  let stale: NodeJS.Timeout | undefined
  let settling: NodeJS.Timeout | undefined
  let ticked = false
  return {
    begin: () => {
      const { staleMsMax, acknowledgeMsMax } = timings
      stale = setTimeout(
        () => cut(`no trade and no quote for ${String(staleMsMax)} ms, though it answers`),
        staleMsMax,
      )
      settling = setTimeout(() => {
        if (settle(conversation)) return
        cut(`nothing was acknowledged within ${String(acknowledgeMsMax)} ms`)
      }, acknowledgeMsMax)
    },
    text: (text) => {
      for (const heard of protocol.decode(text)) {
        if (!hear(conversation, heard, cut)) continue
        ticked = true
        stale?.refresh()
      }
    },
    binary: (bytes) => {
      notice({ type: 'malformed', kind: 'binary', detail: `${String(bytes)} bytes` })
    },
    hasTicked: () => ticked,
    end: () => {
      clearTimeout(stale)
      clearTimeout(settling)
    },
  }
}

/** Whether it was a tick. */
const hear = (conversation: Conversation, heard: Heard, cut: (detail: string) => void): boolean => {
  const { ticks, world, notice } = conversation
  switch (heard.type) {
    case 'trade':
    case 'quote':
    case 'before':
    case 'promised':
      if (!ticks.hear(heard, world.now())) return false
      markHeard(conversation, heard.code)
      return true
    case 'acknowledged':
      acknowledge(conversation, heard.channel, heard.code)
      return false
    case 'refused':
      refuse(conversation, heard.words, heard.code)
      return false
    case 'closing':
      cut(heard.words)
      return false
    case 'notice':
      notice({ type: 'venueSays', words: heard.words })
      return false
    case 'administrative':
      ticks.hear(heard, world.now())
      notice({ type: 'administrative', words: `${heard.words} ${heard.code}` })
      return false
    case 'malformed':
      notice(heard)
      return false
  }
}
