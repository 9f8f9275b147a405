/** One client of the stream, from its connection to its end. */
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import type { Fault } from '#adapters/http/faults'
import { isDefect, problemOf } from '#adapters/http/problems'
import type { Caller } from '#adapters/http/route'
import { jsonFrame, type Socket, type SocketAsked, type SocketEvents } from '#adapters/http/socket'
import type { CloseCode } from '#schemas/api/stream'
import type { KeyId } from '#schemas/values/ids'
import {
  codeOf,
  keyIn,
  type OpeningMeans,
  originFault,
  placeFault,
  wantedOf,
} from './stream-opening.ts'
import { Reader, type Sources } from './stream-reader.ts'

export interface SessionMeans {
  readonly opening: OpeningMeans
  readonly sources: Sources
  /** Whether the log is told already. */
  readonly hasStarted: () => boolean
  /** Takes a place among the clients, where there is one. */
  readonly enter: () => boolean
  readonly clientsMax: number
  /** So long a client may take to send its key. */
  readonly keyMsMax: number
  /** So long a client may owe a sign of life. */
  readonly silentMsMax: number
  readonly logger: Pick<Logger, 'debug' | 'error'>
  /** It is gone: the code that we closed it with, or how it left. */
  readonly gone: (session: Session, how: string) => void
}

/** No goodbye was said (RFC 6455, 7.4.1). */
const lost = 1006

export class Session {
  readonly #means: SessionMeans
  readonly #socket: Socket
  readonly #asked: SocketAsked
  /** From now on is from when it came, however long its key takes. */
  readonly #from: bigint
  #caller: Caller | undefined
  #reader: Reader | undefined
  #ended: CloseCode | undefined
  #keyDeadline: ReturnType<typeof setTimeout> | undefined

  constructor(means: SessionMeans, socket: Socket, asked: SocketAsked) {
    this.#means = means
    this.#socket = socket
    this.#asked = asked
    this.#from = means.opening.heard()
  }

  /** Looks at what it asked, and at its key or waits for it. */
  readonly begin = (): void => {
    const { opening, hasStarted, keyMsMax } = this.#means
    const { authorization } = this.#asked
    const foreign = originFault(opening, this.#asked)
    if (foreign !== undefined) return this.refuse(foreign)
    if (!hasStarted()) return this.refuse(starting)
    if (authorization !== undefined) return this.#admit(authorization)
    const late: Fault = { _tag: 'KeyTooLate', secondsMax: keyMsMax / 1000 }
    this.#keyDeadline = setTimeout(() => this.refuse(late), keyMsMax)
  }

  readonly goOn = (): void => this.#reader?.goOn()

  readonly state = (): 'opening' | 'live' | 'behind' => {
    if (this.#reader === undefined) return 'opening'
    return this.#reader.isLevel() ? 'live' : 'behind'
  }
  readonly holds = (key: KeyId): boolean => this.#caller?.keyId === key

  readonly refuse = (fault: Fault): void => {
    if (this.#ended !== undefined) return
    const { requestId } = this.#asked
    if (isDefect(fault)) this.#means.logger.error({ requestId, fault }, 'a stream met a defect')
    const { problem } = problemOf(fault, requestId)
    this.#socket.send(jsonFrame(problem))
    this.end(codeOf(fault), problem.code)
  }

  readonly end = (code: CloseCode, reason: string): void => {
    if (this.#ended !== undefined) return
    this.#ended = code
    this.#letGo()
    this.#socket.close(code, reason)
  }

  /** Tells it that the line is alive, and asks the same of it. */
  readonly beat = (heartbeat: Uint8Array): void => {
    const { silentMs, hasRoom, send, ping } = this.#socket
    if (silentMs() > this.#means.silentMsMax) {
      const place =
        this.#reader === undefined ? '' : `; resume after ${String(this.#reader.position())}`
      return this.end(4408, `no sign of life${place}`)
    }
    if (this.#reader !== undefined && hasRoom()) send(heartbeat)
    ping()
  }

  readonly events: SocketEvents = {
    message: (text) => {
      if (this.#ended === undefined) this.#hear(text)
    },
    room: () => this.goOn(),
    closed: (code) => {
      const { logger, gone } = this.#means
      const { requestId } = this.#asked
      const [frames, logPosition] = [this.#reader?.frames(), this.#reader?.position()]
      const how = this.#ended === undefined ? (code === lost ? 'lost' : 'left') : `${this.#ended}`
      this.#ended ??= 1001
      this.#letGo()
      logger.debug({ requestId, how, frames, logPosition }, 'stream closed')
      gone(this, how)
    },
  }

  readonly #hear = (text: string): void => {
    const key = keyIn(text)
    if (E.isLeft(key)) this.refuse(this.#caller === undefined ? key.left : unexpected)
    else if (this.#caller === undefined) this.#admit(key.right)
  }

  readonly #admit = (authorization: string): void => {
    clearTimeout(this.#keyDeadline)
    const admitted = this.#means.opening.admit(authorization, this.#asked.address)
    if (E.isLeft(admitted)) return this.refuse(admitted.left)
    const { enter, clientsMax } = this.#means
    if (!enter()) return this.refuse({ _tag: 'StreamsExhausted', clientsMax })
    this.#caller = admitted.right
    this.#listen().catch(this.#means.sources.defect)
  }

  readonly #listen = async (): Promise<void> => {
    const { opening, sources, logger } = this.#means
    const wanted = wantedOf(opening, this.#asked)
    if (E.isLeft(wanted)) return this.refuse(wanted.left)
    const { after = this.#from, account, types } = wanted.right
    const fault = await placeFault(opening, after)
    if (fault !== undefined) return this.refuse(fault)
    if (this.#ended !== undefined) return
    const reading = {
      socket: this.#socket,
      after,
      filter: { account, types },
      unreadable: this.refuse,
    }
    this.#reader = new Reader(sources, reading)
    const { requestId } = this.#asked
    logger.debug({ requestId, person: this.#caller?.person, after, account }, 'stream opened')
    this.#reader.goOn()
  }

  readonly #letGo = (): void => {
    clearTimeout(this.#keyDeadline)
    this.#reader?.end()
  }
}

const starting: Fault = { _tag: 'NotReady', detail: 'The ledger is starting. Connect again.' }
const unexpected: Fault = {
  _tag: 'RequestMalformed',
  detail: 'Nothing is heard on this stream but a key, as the first message.',
}
