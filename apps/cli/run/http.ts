/** One HTTP request within a deadline. (fetch() refuses ports such as 6000, on which a ledger may well be.) */
import { type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'

export interface HttpRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly withinMs: number
}
export interface HttpReply {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
}

export const ask = (url: string, { method = 'GET', headers, body, withinMs }: HttpRequest) =>
  new Promise<HttpReply>((resolve, reject) => {
    const send = url.startsWith('https:') ? secure : plain
    const asked = send(url, {
      method,
      // No connection is kept for a next request: there is none.
      agent: false,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      signal: AbortSignal.timeout(withinMs),
    })
    asked.once('error', reject)
    asked.once('response', (reply) => {
      read(reply).then(resolve, reject)
    })
    asked.end(body)
  })

const read = async (reply: IncomingMessage): Promise<HttpReply> => {
  const pieces: Buffer[] = []
  for await (const piece of reply) pieces.push(piece as Buffer)
  return {
    status: reply.statusCode ?? 0,
    retryAfter: reply.headers['retry-after'],
    text: Buffer.concat(pieces).toString('utf8'),
  }
}
