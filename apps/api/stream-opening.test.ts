import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { strangersMax } from '#adapters/http/upgrade'
import { memoryEventLog } from '#adapters/memory/event-log'
import { keyNamed, ownersKey } from '#apps/api/testing/ledger'
import {
  atEnd,
  closeAll,
  listen,
  type Listening,
  listeningLedger,
  streaming,
} from '#apps/api/testing/streams'
import { Client, turns, World } from '#apps/api/testing/stream-world'
import type { EventLog } from '#domain/kernel/event-log'
import { accessStream } from '#schemas/streams'
import type { KeyId, Line, PersonId } from '#schemas/values/ids'

afterEach(closeAll)

const types = ({ seen }: Listening): readonly string[] => seen.map(({ type }) => type)

describe('a client is refused, with a problem and a code,', () => {
  const refused = async (one: Listening) => {
    const { code, reason } = await one.closed
    expect(one.seen).toEqual([])
    const problem = JSON.parse(one.texts.at(-1) ?? '{}') as Readonly<Record<string, unknown>>
    expect(problem['requestId']).toMatch(/^[0-9a-f-]{36}$/)
    return { code, reason, problem }
  }
  test.each([
    ['?after=x', 'malformed', '/after'],
    ['?after=-1', 'malformed', '/after'],
    ['?after=999999', 'invalid', '/after'],
    ['?from=1', 'unknownField', '/from'],
    ['?account=nobody', 'unknownAccount', '/account'],
    ['?account=No%20Body', 'invalid', '/account'],
    ['?types=orders', 'invalid', '/types'],
    ['?types=', 'invalid', '/types'],
    ['?after=1&after=2', 'invalid', '/after'],
  ])('for the query %s', async (query, code, pointer) => {
    const { client } = await streaming()
    expect(await refused(client({ query }))).toMatchObject({
      code: 4400,
      reason: code,
      problem: { code, errors: [{ pointer }] },
    })
  })
  test('for a key that is malformed or not known', async () => {
    const { client } = await streaming()
    for (const key of ['nonsense', keyNamed('nobody')]) {
      expect(await refused(client({ key }))).toMatchObject({
        code: 4401,
        problem: { code: 'unauthenticated', status: 401 },
      })
    }
  })
  test('for no key in time', async () => {
    const { client } = await streaming({ stream: { keyMsMax: 30 } })
    expect(await refused(client({ key: undefined }))).toMatchObject({
      code: 4408,
      problem: { code: 'unauthenticated' },
    })
  })
  test('for a first message that is no key', async () => {
    const { client } = await streaming()
    for (const [text, code] of [
      ['hello', 'malformed'],
      ['{"key":7}', 'malformed'],
      ['{"token":"x"}', 'invalid'],
      ['{"key":"x","more":1}', 'unknownField'],
    ] as const) {
      const one = client({ key: undefined })
      one.line.once('open', () => one.line.send(text))
      expect(await refused(one)).toMatchObject({ code: 4400, problem: { code } })
    }
  })
  test('for a page of another origin, though not for our own', async () => {
    const { client, port } = await streaming()
    for (const origin of [
      'https://elsewhere.example',
      'null',
      `http://127.0.0.1:${String(port + 1)}`,
    ]) {
      expect(await refused(client({ origin }))).toMatchObject({
        code: 4403,
        problem: { code: 'forbidden' },
      })
    }
    const own = client({ origin: `http://127.0.0.1:${String(port)}`, query: '?after=0' })
    await own.count(1)
  })
  test('for words where nothing is heard', async () => {
    const { client } = await streaming()
    const one = client({ query: '?after=0' })
    await one.count(1)
    one.line.send(JSON.stringify({ key: ownersKey }))
    one.line.send(JSON.stringify({ subscribe: 'order' }))
    expect(await one.closed).toEqual({ code: 4400, reason: 'malformed' })
  })
  test('and over plain HTTP is told to come as a WebSocket', async () => {
    const { ledger } = await streaming()
    expect(await ledger.send('/v1/stream')).toMatchObject({
      status: 426,
      headers: { upgrade: 'websocket' },
      body: { code: 'upgradeRequired' },
    })
  })
  test('before the log has been read is asked to come back', async () => {
    const memory = memoryEventLog()
    let read = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      read = resolve
    })
    const log: EventLog = {
      ...memory,
      readAll: async (...asked) => {
        await gate
        return memory.readAll(...asked)
      },
    }
    const logLines: string[] = []
    const opening = listeningLedger({ log, logLines })
    while (!logLines.some((line) => line.includes('"listening"'))) {
      await new Promise((done) => setImmediate(done))
    }
    const said = logLines.find((line) => line.includes('"listening"')) ?? '{}'
    const early = listen((JSON.parse(said) as { port: number }).port)
    expect(await refused(early)).toMatchObject({ code: 1013, problem: { code: 'notReady' } })
    read()
    atEnd((await opening).ledger.close)
  })
})

describe('a key', () => {
  test('may come as the first message, and the stream begins where the client came', async () => {
    const { client, trade } = await streaming()
    const one = client({ key: undefined })
    await new Promise((done) => one.line.once('open', done))
    await trade('a')
    one.line.send(JSON.stringify({ key: ownersKey }))
    await one.count(5)
    expect(types(one)[0]).toBe('order.placed')
  })
  test('that is revoked ends its streams and no others', async () => {
    const { ledger, client, trade } = await streaming()
    const key = await ledger.issueKey('rita', 'risk')
    await ledger.caughtUp()
    const [hers, ours] = [client({ key, query: '?after=0' }), client({ query: '?after=0' })]
    await hers.count(1)
    await ledger.write('api', accessStream('rita' as PersonId), {
      type: 'ApiKeyRevoked',
      person: 'rita' as PersonId,
      keyId: key.slice(4, 12) as KeyId,
      reason: 'lost' as Line,
    })
    expect((await hers.closed).code).toBe(4401)
    expect(JSON.parse(hers.texts.at(-1) ?? '')).toMatchObject({ code: 'unauthenticated' })
    await trade('a')
    await ours.until(() => types(ours).includes('order.filled'))
    expect((await client({ key }).closed).code).toBe(4401)
  })
})

describe('the line', () => {
  test('is told to be alive, and asked whether it is', async () => {
    const { client } = await streaming({ stream: { heartbeatMs: 10 } })
    const one = client()
    const pinged = new Promise((done) => one.line.once('ping', done))
    await one.until(() => one.texts.length >= 2)
    expect(JSON.parse(one.texts[0] ?? '')).toEqual({
      type: 'heartbeat',
      at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    })
    await pinged
  })
  test('of a client that gives no sign of life is closed', async () => {
    const { client, ledger } = await streaming({ stream: { heartbeatMs: 10, silentMsMax: 40 } })
    const silent = client({ query: '?after=0' })
    await silent.count(1)
    silent.line.pause()
    const figures = async () => (await ledger.send('/metrics')).text
    while (!(await figures()).includes('daybook_stream_closed_total{code="4408"} 1')) {
      await new Promise((done) => setImmediate(done))
    }
    expect(await figures()).toContain('daybook_stream_clients{state="live"} 0')
  })
  test('that is closed for its silence names the place to resume at; others go on', async () => {
    const world = new World([], { heartbeatMs: 1, silentMsMax: 45_000 })
    const [silent, lively] = [new Client('', 0n), new Client('', 0n)]
    for (const one of [silent, lively]) world.connect(one)
    await turns(1)
    if (silent.socket === undefined || lively.socket === undefined) throw new Error('no sockets')
    silent.socket.silent = 45_001
    lively.socket.silent = 44_999
    while (silent.socket.ended === undefined) await turns(1)
    expect(silent.socket.ended).toEqual({
      code: 4408,
      reason: 'no sign of life; resume after 0',
    })
    const { pings } = lively.socket
    while (lively.socket.pings < pings + 2) await turns(1)
    expect(lively.socket.ended).toBeUndefined()
    expect(lively.socket.texts[0]).toContain('"type":"heartbeat"')
    await world.close()
  })
  test('is closed when the process stops', async () => {
    const { client, ledger } = await streaming()
    const one = client({ query: '?after=0' })
    await one.count(1)
    await ledger.close()
    expect(await one.closed).toEqual({ code: 1001, reason: 'the process stops' })
  })
  test('is in the log of the process with the id that the client was told', async () => {
    const logLines: string[] = []
    const { client } = await streaming({ logLines })
    const one = client({ query: '?after=0' })
    const [response] = await new Promise<readonly [{ headers: Record<string, string> }]>((done) =>
      one.line.once('upgrade', (answer) => done([answer as never])),
    )
    await one.count(1)
    one.line.close()
    await one.closed
    const about = () => logLines.filter((line) => line.includes('"stream '))
    while (about().length < 2) await new Promise((done) => setImmediate(done))
    for (const line of about()) expect(line).toContain(response.headers['request-id'])
  })
})

describe('whoever has not sent his key', () => {
  test('takes no place of those who have, and finds one only while there is one', async () => {
    const { client } = await streaming({ stream: { clientsMax: 2 } })
    const strangers = Array.from({ length: 3 }, () => client({ key: undefined }))
    await Promise.all(strangers.map(({ line }) => once(line, 'open')))
    const good = [client(), client()]
    await Promise.all(good.map(({ line }) => once(line, 'open')))
    const [late] = strangers
    late?.line.send(JSON.stringify({ key: ownersKey }))
    expect(await late?.closed).toStrictEqual({ code: 1013, reason: 'tooManyClients' })
  })
  test('is turned away where there are many of them, and whoever sends it at once is not', async () => {
    const { client } = await streaming()
    const strangers = Array.from({ length: strangersMax }, () => client({ key: undefined }))
    await Promise.all(strangers.map(({ line }) => once(line, 'open')))
    for (const key of [undefined, ownersKey.replace(/.$/, '_')]) {
      const [, response] = (await once(client({ key }).line, 'unexpected-response')) as [
        unknown,
        { readonly statusCode: number },
      ]
      expect(response.statusCode).toBe(503)
    }
    await once(client().line, 'open')
  })
})
