import { connect } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterEach, describe, expect, test } from 'vitest'
import { Problem } from '#schemas/api/problem'
import type { CorrelationId, KeyId, PersonId } from '#schemas/values/ids'
import { type HttpServer, httpServer, type Observed } from './server.ts'
import type { Asked, Caller, Route } from './route.ts'

const caller: Caller = {
  person: 'ann' as PersonId,
  keyId: '01234567' as KeyId,
  roles: ['trader'],
}
const open: HttpServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const described = { summary: 'Things.', tag: 'operation', replies: { 200: t.unknown } } as const
const roles = { anyOf: ['risk', 'admin'], to: 'change limits' } as const

const serving = (handle: (asked: Asked) => unknown = ({ body }) => body) => {
  const observed: Observed[] = []
  const stopping = new AbortController()
  let number = 0
  const answer = async (asked: Asked) => E.right({ status: 200, body: await handle(asked) })
  const routes: readonly Route[] = [
    { ...described, method: 'POST', path: '/things', access: 'key', handle: answer },
    { ...described, method: 'GET', path: '/things', access: 'key', handle: answer },
    { ...described, method: 'DELETE', path: '/things/:id', access: 'key', handle: answer },
    { ...described, method: 'PUT', path: '/limits', access: 'key', roles, handle: answer },
    { ...described, method: 'GET', path: '/open', access: 'anybody', handle: answer },
  ]
  const server = httpServer({
    routes,
    admit: (header) => (header === 'Bearer ann' ? E.right(caller) : E.left({ _tag: 'KeyMissing' })),
    paceOf: () => undefined,
    origins: [],
    requestId: () => `request-${String((number += 1))}` as CorrelationId,
    observe: (one) => observed.push(one),
    stopping: stopping.signal,
  })
  open.push(server)
  return { server, observed, stopping }
}
const keyed = { authorization: 'Bearer ann' }
const json = { ...keyed, 'content-type': 'application/json' }

const problem = (response: { readonly headers: object; readonly body: string }) => {
  expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json' })
  const decoded = Problem.decode(JSON.parse(response.body))
  if (E.isLeft(decoded)) throw new Error(response.body)
  return decoded.right
}

describe('a request', () => {
  test('is carried to its route with its parsed body', async () => {
    const { server } = serving()
    const response = await server.inject({
      method: 'POST',
      url: '/things',
      headers: json,
      payload: '{"a":1}',
    })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toStrictEqual({ _tag: 'Right', right: { a: 1 } })
    expect(response.headers['request-id']).toBe('request-1')
    expect(response.headers['server']).toBeUndefined()
    expect(response.headers['x-powered-by']).toBeUndefined()
  })
  test('cannot choose its own id', async () => {
    const { server } = serving()
    const response = await server.inject({
      url: '/open',
      headers: { 'request-id': 'mine', 'x-request-id': 'mine' },
    })
    expect(response.headers['request-id']).toBe('request-1')
  })
  test('without the role that a route needs is refused before its body is read', async () => {
    const { server, observed } = serving()
    const response = await server.inject({
      method: 'PUT',
      url: '/limits',
      headers: json,
      payload: '{"a":',
    })
    expect(problem(response)).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'To change limits a key needs the role risk or admin.',
    })
    expect(observed).toMatchObject([{ caller: { person: 'ann' }, fault: { _tag: 'RoleMissing' } }])
  })
  test('with a body that is not JSON reaches the route as such', async () => {
    const { server } = serving()
    const response = await server.inject({
      method: 'POST',
      url: '/things',
      headers: json,
      payload: '{"a":1',
    })
    expect(response.json()).toStrictEqual({ _tag: 'Left', left: 'The body is not JSON.' })
  })
  test('is turned away before its body is read when it has no key', async () => {
    const { server } = serving()
    const response = await server.inject({
      method: 'POST',
      url: '/things',
      headers: { 'content-type': 'text/plain' },
      payload: 'x'.repeat(70_000),
    })
    expect(problem(response)).toMatchObject({ status: 401, code: 'unauthenticated' })
    expect(response.headers['www-authenticate']).toBe('Bearer realm="daybook"')
  })
  test('may have 64 KiB of body, and not a byte more', async () => {
    const { server } = serving(() => 'read')
    const send = async (length: number) =>
      server.inject({
        method: 'POST',
        url: '/things',
        headers: json,
        payload: JSON.stringify('x'.repeat(length - 2)),
      })
    expect((await send(65_536)).statusCode).toBe(200)
    expect(problem(await send(65_537))).toMatchObject({ status: 413, code: 'payloadTooLarge' })
  })
  test.each([
    ['text/plain', 'The body is text/plain; send it as Content-Type: application/json.'],
    [
      'application/x-www-form-urlencoded',
      'The body is application/x-www-form-urlencoded; send it as Content-Type: application/json.',
    ],
    [undefined, 'Say what the body is: Content-Type: application/json.'],
  ])('with a body of type %s is refused', async (type, detail) => {
    const { server } = serving()
    const response = await server.inject({
      method: 'POST',
      url: '/things',
      headers: type === undefined ? keyed : { ...keyed, 'content-type': type },
      payload: 'hello',
    })
    expect(problem(response)).toMatchObject({ status: 415, code: 'unsupportedMediaType', detail })
  })
  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)(
    'by a method that the path does not have is told which it has: %s',
    async (method) => {
      const { server } = serving()
      const response = await server.inject({
        method,
        url: '/things?x=1',
        headers: { 'content-type': 'text/plain' },
        payload: 'hello',
      })
      expect(problem(response)).toMatchObject({ status: 405, code: 'methodNotAllowed' })
      expect(response.headers['allow']).toBe('POST, GET, HEAD')
    },
  )
  test.each(['/', '/thing', '/things/1/2', '//things'])(
    'to a path that is not there is not found: %s',
    async (url) => {
      const { server } = serving()
      expect(problem(await server.inject({ url, headers: keyed }))).toMatchObject({
        status: 404,
        code: 'notFound',
      })
    },
  )
  test('with a broken path is malformed', async () => {
    const { server } = serving()
    expect(
      problem(await server.inject({ method: 'DELETE', url: '/things/%zz', headers: keyed })),
    ).toMatchObject({ status: 400, code: 'malformed' })
  })
  test('that makes a route throw is answered without saying how', async () => {
    const { server, observed } = serving(() => {
      throw new Error('the password is 1234')
    })
    const response = await server.inject({ url: '/things', headers: keyed })
    expect(problem(response)).toMatchObject({ status: 500, code: 'internal' })
    expect(response.body).not.toContain('1234')
    expect(observed[0]).toMatchObject({ defect: true, fault: { _tag: 'Defect' }, caller })
  })
  test('is turned away while the server stops', async () => {
    const { server, stopping } = serving()
    stopping.abort()
    expect(problem(await server.inject({ url: '/open' }))).toMatchObject({
      status: 503,
      code: 'notReady',
    })
  })
})

/** Everything the server says to raw bytes until it hangs up. */
const said = async (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => (text += part))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })

describe('on a real socket', () => {
  test('what is not HTTP is answered with a problem', async () => {
    const { server } = serving()
    const port = await server.listen('127.0.0.1', 0)
    const text = await said(port, 'hello there\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(text).toContain('"code":"malformed"')
  })
  test('a head that is too large is answered with a problem', async () => {
    const { server } = serving()
    const port = await server.listen('127.0.0.1', 0)
    const text = await said(
      port,
      `GET /open HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
  })
  test('a waiting request learns that its asker has gone', async () => {
    let hungUp = (): void => undefined
    const gone = new Promise<void>((resolve) => (hungUp = resolve))
    let began = (): void => undefined
    const asked = new Promise<void>((resolve) => (began = resolve))
    const { server } = serving(async ({ gone: signal }) => {
      const aborted = signal()
      began()
      await new Promise<void>((resolve) => aborted.addEventListener('abort', () => resolve()))
      hungUp()
      return 'nobody hears this'
    })
    const port = await server.listen('127.0.0.1', 0)
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\n\r\n'),
    )
    await asked
    socket.destroy()
    await gone
  })
})
