/** Listens to the stream of a ledger, and after every loss goes on where it was, at whichever address answers. */
import { WebSocket } from 'ws'
import { StatusReply } from '#schemas/api/status'
import { StreamFrame } from '#schemas/api/stream'

export interface StreamClientSettings {
  /** Of the api, such as http://127.0.0.1:8080; several where several serve the same ledger. */
  readonly urls: readonly [string, ...string[]]
  readonly key: string
  /** Absent: from now on. */
  readonly after?: bigint
  readonly account?: string
  readonly types?: string
  /** Told of each frame in turn; while it is busy with one, nothing more is read. */
  readonly onFrame: (frame: StreamFrame, text: string) => void | Promise<void>
  readonly onConnection?: (state: 'connected' | 'disconnected', detail: string) => void
  readonly retryMsMin?: number
  readonly retryMsMax?: number
  /** Longer than three heartbeats; then the line is held to be lost. */
  readonly silentMsMax?: number
}
export interface StreamClient {
  /** Of the last frame that was dealt with, or where it began. */
  readonly position: () => bigint | undefined
  readonly close: () => void
  /** Settles when it is closed, or when the same again would be refused again. */
  readonly ended: Promise<StreamEnd>
}
export type StreamEnd =
  | { readonly _tag: 'Closed' }
  /** `problem` is what the ledger said, as far as it could be read. */
  | { readonly _tag: 'Refused'; readonly code: number; readonly problem: StreamProblem }
export interface StreamProblem {
  readonly code: string
  readonly detail: string
}

/** How one connection came to its end. */
interface Cut {
  readonly code: number
  readonly reason: string
  readonly wasOpen: boolean
  readonly problem: StreamProblem | undefined
}

export const listenToStream = (settings: StreamClientSettings): StreamClient => {
  const stopping = new AbortController()
  const place = { position: settings.after }
  return {
    position: () => place.position,
    close: () => stopping.abort(),
    ended: listen(settings, place, stopping.signal),
  }
}

interface Place {
  position: bigint | undefined
}

const listen = async (
  settings: StreamClientSettings,
  place: Place,
  stopping: AbortSignal,
): Promise<StreamEnd> => {
  const { urls, onConnection } = settings
  for (let failures = 0, n = 0; !stopping.aborted; n += 1) {
    const url = urls[n % urls.length] ?? urls[0]
    // As a position, so that nothing is missed where the line is cut before the first frame.
    const head = place.position ?? (await headOf(url, settings.key, stopping))
    if (typeof head === 'object') return head
    if (head !== undefined) {
      place.position = head
      const { code, reason, wasOpen, problem } = await oneConnection(url, settings, place, stopping)
      if (code >= 4400 && code < 4404) {
        return { _tag: 'Refused', code, problem: problem ?? { code: reason, detail: reason } }
      }
      if (wasOpen) onConnection?.('disconnected', problem?.detail ?? `${String(code)} ${reason}`)
      // Turned away with a problem is no sign that it will go better soon.
      if (wasOpen && problem === undefined) failures = 0
    }
    await pause(retryMs(failures, settings), stopping)
    failures += 1
  }
  return { _tag: 'Closed' }
}

const askMsMax = 5_000

const headOf = async (
  url: string,
  key: string,
  stopping: AbortSignal,
): Promise<bigint | StreamEnd | undefined> => {
  try {
    const reply = await fetch(`${url}/v1/status`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.any([stopping, AbortSignal.timeout(askMsMax)]),
    })
    const said: unknown = await reply.json()
    if (reply.status === 401 && isProblem(said)) {
      return { _tag: 'Refused', code: 4401, problem: said }
    }
    return StatusReply.is(said) && said.head !== null ? BigInt(said.head) : undefined
  } catch {
    return undefined
  }
}

const addressOf = (
  url: string,
  { account, types }: StreamClientSettings,
  after: bigint | undefined,
): string => {
  const address = new URL('/v1/stream', url.replace(/^http/, 'ws'))
  const asked = { after: after?.toString(), account, types }
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) address.searchParams.set(name, value)
  }
  return address.href
}

const frameBytesMax = 1 << 20

const oneConnection = (
  url: string,
  settings: StreamClientSettings,
  place: Place,
  stopping: AbortSignal,
): Promise<Cut> =>
  new Promise((resolve, reject) => {
    const line = new WebSocket(addressOf(url, settings, place.position), {
      headers: { authorization: `Bearer ${settings.key}` },
      perMessageDeflate: false,
      handshakeTimeout: askMsMax,
      maxPayload: frameBytesMax,
    })
    const cutOff = (): void => line.terminate()
    const silence = setTimeout(cutOff, settings.silentMsMax ?? 50_000)
    let wasOpen = false
    let problem: StreamProblem | undefined
    const inTurn = oneByOne(line, async (text) => {
      const said: unknown = JSON.parse(text)
      if (StreamFrame.is(said)) {
        await settings.onFrame(said, text)
        place.position = BigInt(said.logPosition)
      } else if (isProblem(said)) problem = said
    })
    if (stopping.aborted) cutOff()
    stopping.addEventListener('abort', cutOff, { once: true })
    line.on('open', () => {
      wasOpen = true
      settings.onConnection?.('connected', url)
    })
    line.on('ping', () => silence.refresh())
    line.on('message', (data: Buffer) => {
      silence.refresh()
      inTurn.add(data.toString())
    })
    // `close` follows every error.
    line.on('error', () => undefined)
    line.on('close', (code, reason) => {
      clearTimeout(silence)
      stopping.removeEventListener('abort', cutOff)
      // What had come before the end is still dealt with, for the position stands for it.
      const cut = () => resolve({ code, reason: reason.toString(), wasOpen, problem })
      inTurn.idle().then(cut, reject)
    })
  })

const isProblem = (said: unknown): said is StreamProblem =>
  typeof said === 'object' && said !== null && 'code' in said && 'detail' in said

/** Deals with one text after the other, and reads no more while there is one in hand. */
const oneByOne = (line: WebSocket, deal: (text: string) => Promise<void>) => {
  const waiting: string[] = []
  let working: Promise<void> | undefined
  const work = async (): Promise<void> => {
    try {
      for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) await deal(text)
    } catch (thrown) {
      // Whoever listens has failed: nothing more is read, and the end says why.
      line.terminate()
      throw thrown
    }
    working = undefined
    if (line.isPaused) line.resume()
  }
  return {
    add: (text: string): void => {
      waiting.push(text)
      if (waiting.length > waitingMax) line.pause()
      working ??= work()
      working.catch(() => undefined)
    },
    idle: async (): Promise<void> => working,
  }
}
const waitingMax = 64

const retryMs = (
  failures: number,
  { retryMsMin = 200, retryMsMax = 10_000 }: StreamClientSettings,
): number => {
  const full = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(failures, 20))
  // Spread, so that a thousand clients do not come back all at once.
  return full / 2 + Math.random() * (full / 2)
}

const pause = (ms: number, stopping: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stopping.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stopping.addEventListener('abort', done, { once: true })
  })
