/** What plain HTTP answers on the path of the stream: that it is a WebSocket. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { StreamFrame, StreamQuery } from '#schemas/api/stream'
import { streamPath } from './stream.ts'

const streaming = {
  method: 'GET',
  path: streamPath,
  summary: 'The log as WebSocket frames, from any position on: connect to it as a WebSocket.',
  tag: 'stream',
  query: StreamQuery,
  replies: { 101: StreamFrame },
  problems: ['upgradeRequired', 'tooManyClients', 'unknownAccount'],
} as const satisfies KeyedDescription

export const streamRoute: KeyedRoute = keyed(streaming, async () =>
  E.left({ _tag: 'UpgradeMissing', protocol: 'WebSocket' }),
)
