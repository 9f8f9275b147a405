/** Answers to what is not HTTP at all, or never becomes a whole request: written to the bare socket. */
import type { Duplex } from 'node:stream'
import type { Fault } from './faults.ts'
import { problemOf } from './problems.ts'

const headerBytesMax = 16_384

export const answerBrokenRequest = (
  error: Error & { readonly code?: string },
  socket: Duplex,
  requestId: string,
  secondsMax: number,
): void => {
  // The other side has gone, or an answer is on its way already.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  answerRaw(faultOf(error.code, secondsMax), socket, requestId)
}

/** The whole answer and the end of the connection. */
export const answerRaw = (fault: Fault, socket: Duplex, requestId: string): void => {
  const { problem, headers } = problemOf(fault, requestId)
  const body = `${JSON.stringify(problem)}\n`
  const head = [
    `HTTP/1.1 ${String(problem.status)} ${reasons[problem.status] ?? 'Bad Request'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `Request-Id: ${requestId}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ].join('\r\n')
  socket.end(`${head}\r\n\r\n${body}`)
}

const reasons: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
}

const faultOf = (code: string | undefined, secondsMax: number): Fault => {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { _tag: 'RequestTooSlow', secondsMax }
    case 'HPE_HEADER_OVERFLOW':
      return { _tag: 'HeadersTooLarge', bytesMax: headerBytesMax }
    case undefined:
    default:
      return { _tag: 'RequestMalformed', detail: 'That is not a valid HTTP/1.1 request.' }
  }
}
