/** A ledger that answers as a test tells it to, and the command line in this process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { daybook } from '#apps/cli/daybook'

export const key = `dbk_abcdefgh_${'A'.repeat(43)}`
export const problem = (code: string, detail: string) => ({
  title: 'The request is not valid',
  code,
  detail,
  status: 0,
})

export const run = async (words: string, environment: Readonly<Record<string, string>>) => {
  let out = ''
  let err = ''
  const code = await daybook(words.split(' '), {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    bold: (text) => text,
    environment,
    calledAs: 'daybook',
  })
  return { code, out, err }
}

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
}
type Answer = readonly [status: number, body: unknown] | 'break'

const servers: Server[] = []
const folders: string[] = []
export const cleanUp = (): void => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
}
export const temporary = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'daybook-cli-'))
  folders.push(path)
  return path
}

/** A ledger that answers as it is told to. */
export const serving = async (answer: (asked: Asked, attempt: number) => Answer) => {
  const asked: Asked[] = []
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    const heard = await readRequest(request)
    asked.push(heard)
    const answered = answer(heard, asked.length - 1)
    if (answered === 'break') return request.socket.destroy()
    const [status, body] = answered
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
    return undefined
  }
  const server = createServer((request, response) => void reply(request, response))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const address = `http://127.0.0.1:${String(typeof bound === 'object' ? bound?.port : '')}`
  return {
    asked,
    address,
    run: (words: string) => run(`${words} --url ${address}`, { DAYBOOK_KEY: key }),
  }
}

const headersOfInterest = ['authorization', 'content-type', 'idempotency-key', 'prefer']
const readRequest = async (request: IncomingMessage): Promise<Asked> => {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString()
  const headers = Object.fromEntries(
    headersOfInterest.flatMap((name) => {
      const value = request.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
  const { method, url } = request
  return { method, url, headers, ...(text === '' ? {} : { body: JSON.parse(text) as unknown }) }
}
