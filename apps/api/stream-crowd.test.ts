import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { ownersKey } from '#apps/api/testing/ledger'
import { atEnd, closeAll, streaming } from '#apps/api/testing/streams'
import { filled } from '#apps/api/testing/words'
import { orderStream } from '#schemas/streams'

afterEach(closeAll)

/** A client that costs a test little: it keeps where the frames stand, and answers pings while it reads. */
class Ear {
  readonly positions: number[] = []
  readonly #line: Socket
  #handshake = true
  #rest = Buffer.alloc(0)

  constructor(port: number, query: string) {
    this.#line = connect(port, '127.0.0.1')
    this.#line.on('error', () => undefined)
    this.#line.write(
      `GET /v1/stream${query} HTTP/1.1\r\nHost: x\r\n` +
        `Authorization: Bearer ${ownersKey}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    this.#line.on('data', (piece: Buffer) => this.#take(piece))
    atEnd(async () => this.#line.destroy())
  }
  readonly opened = async (): Promise<void> => {
    while (this.#handshake) await once(this.#line, 'data')
  }
  readonly stopReading = (): void => {
    this.#line.pause()
  }
  readonly read = (): void => {
    this.#line.resume()
  }
  readonly vanish = (): void => {
    this.#line.destroy()
  }
  readonly #hear = (frame: Buffer): void => {
    const [, position] = /"logPosition":"([0-9]+)"/.exec(frame.toString('latin1', 0, 120)) ?? []
    if (position !== undefined) this.positions.push(Number(position))
  }

  readonly #take = (piece: Buffer): void => {
    if (this.#handshake) {
      const end = piece.indexOf('\r\n\r\n')
      this.#handshake = false
      this.#take(piece.subarray(end + 4))
      return
    }
    this.#rest = Buffer.concat([this.#rest, piece])
    for (;;) {
      const [opcode, short] = [this.#rest[0], this.#rest[1]]
      if (opcode === undefined || short === undefined) return
      const header = short === 126 ? 4 : 2
      const size = short === 126 && this.#rest.length >= 4 ? this.#rest.readUInt16BE(2) : short
      if (this.#rest.length < header + size) return
      const frame = this.#rest.subarray(0, header + size)
      this.#rest = this.#rest.subarray(header + size)
      if (opcode === 0x81) this.#hear(frame)
      // Masked with zeros, which leaves it as it is.
      const head = Buffer.from([0x8a, 0x80 | size, 0, 0, 0, 0])
      if (opcode === 0x89) this.#line.write(Buffer.concat([head, frame.subarray(header)]))
    }
  }
}

/** An order with a fill, some more fills of it, and so on. */
const market = async () => {
  const opened = await streaming({ stream: { newestBytesMax: 200_000 } })
  const { ledger, trade } = opened
  let trades = 0
  const busy = async (name: string, fills: number): Promise<void> => {
    const order = await trade(name, '0.0001')
    const more = Array.from({ length: fills }, () => {
      trades += 1
      return filled(order, '0.0001', `more${String(trades)}`)
    })
    await ledger.write('gateway', orderStream(order), ...more)
  }
  /** Where the frames of these types stand, or all of them. */
  const positions = async (after: bigint, types?: readonly string[]) =>
    (await ledger.events())
      .filter(({ position }) => position > after)
      .filter(({ event }) => types === undefined || types.includes(event.type))
      .map(({ position }) => Number(position))
  return { ...opened, busy, positions }
}

const crowd = 1_000
test('a thousand clients, some slow, some vanishing, one from an old position: none misses anything', {
  timeout: 60_000,
}, async () => {
  const { ledger, port, busy, head, positions } = await market()
  await busy('before', 1)
  const old = await head()
  await busy('missed', 50)
  const now = await head()
  const ears = (count: number, query: string) =>
    Array.from({ length: count }, () => new Ear(port, query))
  const [slow, vanishing, lively] = [ears(50, ''), ears(50, ''), ears(100, '')]
  const choosy = ears(crowd - 201, '?types=order.placed,order.accepted')
  await Promise.all([slow, vanishing, lively, choosy].flat().map((ear) => ear.opened()))
  for (const ear of slow) ear.stopReading()
  await busy('told', 100)
  for (const ear of vanishing) ear.vanish()
  const [late] = ears(1, `?after=${old.toString()}`)
  // More than is on its way for any client that does not read, so that the slow ones fall behind.
  for (let n = 0; n < 10; n += 1) await busy(`more ${String(n)}`, 100)
  const [all, some] = [
    await positions(now),
    await positions(now, ['OrderIntentRecorded', 'OrderAccepted']),
  ]
  const until = async (which: readonly Ear[], count: number): Promise<void> => {
    for (const ear of which) {
      while (ear.positions.length < count) await new Promise((done) => setImmediate(done))
    }
  }
  await until(lively, all.length)
  await until(choosy, some.length)
  for (const ear of lively) expect(ear.positions).toEqual(all)
  for (const ear of choosy) expect(ear.positions).toEqual(some)
  const missed = await positions(old)
  await until(late === undefined ? [] : [late], missed.length)
  expect(late?.positions).toEqual(missed)
  // They were held up by themselves alone; now they read, and are told all the same.
  for (const ear of slow) {
    expect(ear.positions.length).toBeLessThan(all.length)
    ear.read()
  }
  await until(slow, all.length)
  for (const ear of slow) expect(ear.positions).toEqual(all)
  const { text } = await ledger.send('/metrics')
  expect(text).toContain('daybook_stream_clients{state="live"} 950')
  expect(text).toContain('daybook_stream_closed_total{code="lost"} 50')
})

test('the one beyond the thousand is turned away', { timeout: 30_000 }, async () => {
  const { port, client } = await market()
  const ears = Array.from({ length: crowd }, () => new Ear(port, ''))
  await Promise.all(ears.map((ear) => ear.opened()))
  const one = client()
  const [, response] = (await once(one.line, 'unexpected-response')) as [
    unknown,
    { readonly statusCode: number },
  ]
  expect(response.statusCode).toBe(503)
})
