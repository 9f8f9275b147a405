import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  answerPings,
  client,
  closeAll,
  deaf,
  refusalOf,
  serving,
} from '#adapters/http/testing/sockets'
import { jsonFrame } from './socket.ts'
import { textFrame } from './wire.ts'

afterEach(closeAll)

describe('a frame', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('of %d bytes arrives', async (size) => {
    const { url, meet } = await serving()
    const line = client(url)
    const { socket } = await meet()
    socket.send(textFrame('a'.repeat(size)))
    const [data, isBinary] = (await once(line, 'message')) as [Buffer, boolean]
    expect(isBinary).toBe(false)
    expect(data.toString()).toBe('a'.repeat(size))
  })
  test('may hold any text, and several may go together', async () => {
    const { url, meet } = await serving()
    const line = client(url)
    const { socket } = await meet()
    const heard: string[] = []
    const two = new Promise<void>((resolve) => {
      line.on('message', (data: Buffer) => {
        if (heard.push(data.toString()) === 2) resolve()
      })
    })
    socket.send(Buffer.concat([textFrame('ünï ☃ \u{1f4c8}'), jsonFrame({ a: 1 })]))
    await two
    expect(heard).toStrictEqual(['ünï ☃ \u{1f4c8}', '{"a":1}'])
  })
})

describe('a connection', () => {
  test('brings its query, its headers and a request id that the client is told', async () => {
    const { url, meet } = await serving()
    const line = client(`${url}?after=7&types=order&types=fill`, { authorization: 'Bearer x' })
    const [response] = (await once(line, 'upgrade')) as [
      { readonly headers: Readonly<Record<string, string>> },
    ]
    const { asked } = await meet()
    expect(asked).toMatchObject({
      query: { after: '7', types: ['order', 'fill'] },
      authorization: 'Bearer x',
      origin: undefined,
    })
    expect(response.headers['request-id']).toBe(asked.requestId)
  })
  test('says what the client says, and when it has gone', async () => {
    const { url, meet, until } = await serving()
    const line = client(url)
    const one = await meet()
    await once(line, 'open')
    line.send('{"key":"k"}')
    await until(() => one.messages.length === 1)
    expect(one.messages).toStrictEqual(['{"key":"k"}'])
    line.close(4000, 'enough')
    await until(() => one.codes.length === 1)
    expect(one.codes).toStrictEqual([4000])
  })
  test('ends with the code and reason that it is closed with', async () => {
    const { url, meet } = await serving()
    const line = client(url)
    const { socket } = await meet()
    socket.send(jsonFrame({ why: 'so' }))
    socket.close(4400, 'wrong')
    const heard = once(line, 'message')
    const [code, reason] = (await once(line, 'close')) as [number, Buffer]
    expect(String((await heard)[0])).toBe('{"why":"so"}')
    expect([code, reason.toString()]).toStrictEqual([4400, 'wrong'])
  })
  test('of a client that says too much is closed', async () => {
    const { url, meet, until } = await serving()
    const line = client(url)
    const one = await meet()
    await once(line, 'open')
    line.send('x'.repeat(2_000))
    await until(() => one.codes.length === 1)
    expect(one).toMatchObject({ codes: [1006], messages: [] })
    expect(line.readyState).not.toBe(WebSocket.OPEN)
  })
  test('beyond the most that are allowed is refused with 503, until another has gone', async () => {
    const { url, meet, until } = await serving(1)
    const first = client(url)
    const one = await meet()
    expect(await refusalOf(client(url))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
      body: { code: 'tooManyClients', status: 503 },
    })
    first.terminate()
    await until(() => one.codes.length === 1)
    client(url)
    await meet(1)
  })
  test('is refused with 503 once the process stops', async () => {
    const { url, stopping } = await serving()
    stopping.abort()
    expect(await refusalOf(client(url))).toMatchObject({ status: 503, body: { code: 'notReady' } })
  })
  test('does not keep the server from closing', async () => {
    const { server, url, meet, port } = await serving()
    const line = client(url)
    await meet()
    await deaf(port)
    await meet(1)
    const [closed] = await Promise.all([once(line, 'close'), server.close()])
    expect(closed[0]).toBe(1001)
  })
})

describe('a client that does not read', () => {
  test('has no room once half a megabyte is on its way, and has it again when it reads', async () => {
    const { port, meet, until } = await serving()
    const line = await deaf(port)
    const one = await meet()
    const frame = textFrame('x'.repeat(10_000))
    let sent = 0
    while (one.socket.hasRoom()) {
      one.socket.send(frame)
      sent += frame.length
    }
    expect(sent).toBeLessThan(700_000)
    expect(one.socket.silentMs()).toBeGreaterThan(0)
    answerPings(line)
    line.resume()
    await until(() => one.rooms === 1)
    expect(one.socket.hasRoom()).toBe(true)
    while (one.socket.silentMs() > 0) await new Promise((done) => setImmediate(done))
  })
  test('is cut off soon after it was told goodbye', async () => {
    const { port, meet, until } = await serving()
    await deaf(port)
    const one = await meet()
    one.socket.close(4408, '7')
    await until(() => one.codes.length === 1)
    expect(one.codes).toStrictEqual([1006])
  })
  test('owes a sign of life from the first ping that it did not answer', async () => {
    const { port, url, meet } = await serving()
    await deaf(port)
    const silent = await meet()
    client(url)
    const lively = await meet(1)
    for (const { socket } of [silent, lively]) socket.ping()
    const asked = performance.now()
    while (lively.socket.silentMs() > 0) await new Promise((done) => setImmediate(done))
    silent.socket.ping()
    expect(silent.socket.silentMs()).toBeGreaterThanOrEqual(performance.now() - asked - 1)
  })
})
