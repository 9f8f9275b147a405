import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { client, closeAll, refusalOf, serving } from '#adapters/http/testing/sockets'

afterEach(closeAll)

describe('a request that offers another protocol', () => {
  const asked = async (port: number, text: string): Promise<string> => {
    const line = connect(port, '127.0.0.1')
    line.end(text)
    let answer = ''
    for await (const piece of line) answer += String(piece)
    return answer
  }
  const offer =
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
  test('is answered as if it had not, with its body', async () => {
    const { port } = await serving()
    const body = '{"a":"ü"}'
    const size = String(Buffer.byteLength(body))
    const answer = await asked(
      port,
      `POST /echo HTTP/1.1\r\nHost: x\r\n${offer}Content-Type: application/json\r\nContent-Length: ${size}\r\n\r\n${body}`,
    )
    expect(answer).toContain('HTTP/1.1 200 OK')
    expect(answer).toContain('"a":"ü"')
  })
  test('for the path of the stream is a request as any other', async () => {
    const { port } = await serving()
    const answer = await asked(port, `GET /stream HTTP/1.1\r\nHost: x\r\n${offer}\r\n`)
    expect(answer).toContain('HTTP/1.1 404')
  })
  test('for a WebSocket elsewhere finds nothing there', async () => {
    const { url } = await serving()
    expect(await refusalOf(client(url.replace('/stream', '/streams')))).toMatchObject({
      status: 404,
      body: { code: 'notFound' },
    })
  })
})
