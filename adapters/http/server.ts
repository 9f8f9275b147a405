/** The HTTP server: carries requests to routes, and turns every fault into a problem. */
import type { ServerResponse } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import * as E from 'fp-ts/lib/Either.js'
import type { CorrelationId } from '#schemas/values/ids'
import { type Cors, corsOf } from './cors.ts'
import { roleOf } from './endpoint.ts'
import type { Fault } from './faults.ts'
import { parseJson } from './json.ts'
import { isDefect, problemOf } from './problems.ts'
import { answerBrokenRequest } from './raw.ts'
import { type PaceOf } from './pacing.ts'
import {
  type Admit,
  type Answer,
  type Asked,
  type Caller,
  type KeyedDescription,
  methodsOf,
  type Route,
} from './route.ts'
import { acceptSockets, type SocketSettings } from './upgrade.ts'

export const bodyBytesMax = 65_536
const requestSecondsMax = 10
const connectionsMax = 4_096

/** One answered request, for logs and metrics. No header and no body is in it. */
export interface Observed {
  readonly requestId: string
  readonly method: string
  /** As it was declared, so that it can be a label; undefined where no route fits. */
  readonly route: string | undefined
  readonly status: number
  readonly milliseconds: number
  readonly caller: Caller | undefined
  readonly fault: Fault | undefined
  readonly defect: boolean
}

export interface HttpSettings {
  readonly routes: readonly Route[]
  readonly admit: Admit
  readonly paceOf: PaceOf
  /** Of pages that may ask from elsewhere. */
  readonly origins: readonly string[]
  readonly requestId: () => CorrelationId
  readonly observe: (observed: Observed) => void
  /** What is told over WebSockets, on the same port; absent: nothing is. */
  readonly sockets?: SocketSettings
  /** Once aborted, new requests are turned away and waiting ones are answered as they stand. */
  readonly stopping: AbortSignal
}

export interface HttpServer {
  /** Answers the port. */
  readonly listen: (host: string, port: number) => Promise<number>
  /** Ends when the last request is answered. */
  readonly close: () => Promise<void>
  /** Without a socket, for tests. */
  readonly inject: FastifyInstance['inject']
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
    fault: Fault | undefined
    /** What its answer says beside what it is asked for. */
    beside: Readonly<Record<string, string>> | undefined
  }
}

export const httpServer = (settings: HttpSettings): HttpServer => {
  const app = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    genReqId: settings.requestId,
    requestIdHeader: false,
    // An id that is too long is an id that nobody has, and is said to be so.
    routerOptions: { maxParamLength: 16_384 },
    return503OnClosing: false,
    requestTimeout: requestSecondsMax * 1000,
    keepAliveTimeout: 65_000,
    // Node looks for requests that are too slow only this often; its default is every 30 s.
    http: { connectionsCheckingInterval: 1_000, headersTimeout: requestSecondsMax * 1000 },
    frameworkErrors: (error, request, reply) => refuse(request, reply, faultOf(error, request)),
    clientErrorHandler: (error, socket) =>
      answerBrokenRequest(error, socket, settings.requestId(), requestSecondsMax),
  })
  app.server.maxConnections = connectionsMax
  app.decorateRequest('caller', undefined)
  app.decorateRequest('fault', undefined)
  app.decorateRequest('beside', undefined)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, bytes, done) => {
    done(null, bytes.length === 0 ? undefined : parseJson(bytes as Buffer))
  })
  app.setErrorHandler((error, request, reply) => refuse(request, reply, faultOf(error, request)))
  app.setNotFoundHandler((request, reply) => refuse(request, reply, notFound(settings, request)))
  const cors = corsOf(settings.origins)
  const goneOf = leavingOf(settings.stopping)
  app.addHook('onRequest', (request, reply, next) => {
    if (settings.origins.length > 0) request.beside = cors.headersFor(request.headers.origin)
    const asksFirst = preflightOf(settings, cors, request)
    if (asksFirst !== undefined) return write(reply, 204, asksFirst, '')
    const fault = beforeBody(settings, request)
    if (fault === undefined) next()
    else refuse(request, reply, fault)
  })
  app.addHook('onResponse', (request, reply, next) => {
    settings.observe(observed(request, reply))
    next()
  })
  for (const route of settings.routes) addRoute(app, route, goneOf)
  const { sockets } = settings
  if (sockets !== undefined) acceptSockets(app.server, sockets, settings)
  return {
    listen: async (host, port) => {
      await app.listen({ host, port })
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    },
    close: async () => {
      // A server is closed when its last connection is, and these do not end by themselves.
      await sockets?.close()
      await app.close()
    },
    inject: app.inject.bind(app) as FastifyInstance['inject'],
  }
}

/** What can be said before a byte of the body is read. */
const beforeBody = (settings: HttpSettings, request: FastifyRequest): Fault | undefined => {
  if (settings.stopping.aborted) return { _tag: 'NotReady', detail: 'This process is stopping.' }
  if (request.is404) return notFound(settings, request)
  const config = request.routeOptions.config as Partial<Gate>
  if (config.access !== 'key') return undefined
  const admitted = settings.admit(request.headers.authorization, request.ip)
  if (E.isLeft(admitted)) return admitted.left
  request.caller = admitted.right
  const paced = settings.paceOf(admitted.right, config.lane ?? 'requests')
  if (paced !== undefined) {
    request.beside = { ...request.beside, ...paced.headers }
    if (paced.fault !== undefined) return paced.fault
  }
  const role = roleOf(config, admitted.right)
  return E.isLeft(role) ? role.left : undefined
}

/** What of a route is asked before its body is read. */
interface Gate extends Pick<KeyedDescription, 'roles' | 'lane'> {
  readonly access: Route['access']
}

const addRoute = (app: FastifyInstance, route: Route, goneOf: GoneOf): void => {
  app.route({
    method: route.method,
    url: route.path,
    config: gateOf(route),
    handler: async (request, reply) => {
      const asked = askedOf(request, () => goneOf(reply.raw))
      const answer = await answerOf(route, asked, request.caller)
      if (E.isLeft(answer)) refuse(request, reply, answer.left)
      else send(reply, answer.right)
      return reply
    },
  })
}

const gateOf = (route: Route): Gate => {
  if (route.access === 'anybody') return { access: 'anybody' }
  const { access, roles, lane = 'requests' } = route
  return roles === undefined ? { access, lane } : { access, lane, roles }
}

/** A browser asks by OPTIONS whether a page of another origin may ask at all. */
const preflightOf = (
  { routes }: HttpSettings,
  cors: Cors,
  request: FastifyRequest,
): Readonly<Record<string, string>> | undefined => {
  const isPreflight =
    request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
  if (!isPreflight) return undefined
  const methods = methodsOf(routes, pathOf(request))
  return methods.length === 0 ? undefined : cors.preflight(request.headers.origin, methods)
}

const answerOf = async (
  route: Route,
  asked: Asked,
  caller: Caller | undefined,
): Promise<E.Either<Fault, Answer>> => {
  if (route.access === 'anybody') return route.handle(asked)
  return caller === undefined ? E.left({ _tag: 'KeyMissing' }) : route.handle(asked, caller)
}

const askedOf = (request: FastifyRequest, gone: () => AbortSignal): Asked => ({
  requestId: request.id as CorrelationId,
  parameters: request.params as Asked['parameters'],
  query: request.query as Asked['query'],
  body: request.body as Asked['body'],
  header: (name) => headerOf(request, name),
  gone,
})

type GoneOf = (response: ServerResponse) => AbortSignal

/** Of each answer, whether somebody still waits for it: not once the connection is lost before it is complete. */
const leavingOf = (stopping: AbortSignal): GoneOf => {
  const waiting = new Set<AbortController>()
  stopping.addEventListener('abort', () => {
    for (const each of waiting) each.abort()
  })
  return (response) => {
    if (stopping.aborted) return stopping
    const gone = new AbortController()
    waiting.add(gone)
    response.once('close', () => {
      waiting.delete(gone)
      if (!response.writableFinished) gone.abort()
    })
    return gone.signal
  }
}

/** Node joins what is sent twice with a comma, which may as well stand in what is sent once. */
const headerOf = (
  { headers, raw }: FastifyRequest,
  name: string,
): string | readonly string[] | undefined => {
  const value = headers[name]
  if (typeof value !== 'string' || !value.includes(',')) return value
  const each = raw.rawHeaders.filter((_, n, all) => n % 2 === 1 && isNamed(all[n - 1], name))
  return each.length > 1 ? each : value
}
const isNamed = (header: string | undefined, name: string): boolean =>
  header?.toLowerCase() === name

const send = (reply: FastifyReply, { status, body, headers = {} }: Answer): void => {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  write(reply, status, { 'content-type': 'application/json', ...headers }, text)
}

const refuse = (request: FastifyRequest, reply: FastifyReply, fault: Fault): void => {
  request.fault = fault
  const { headers, problem } = problemOf(fault, request.id)
  const type = { 'content-type': 'application/problem+json' }
  write(reply, problem.status, { ...type, ...headers }, `${JSON.stringify(problem)}\n`)
}

const write = (
  reply: FastifyReply,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): void => {
  // As bytes: to a text the framework adds a charset, which JSON media types do not have (RFC 8259, 11).
  void reply
    .code(status)
    .headers({ ...common(reply.request.id), ...reply.request.beside, ...headers })
    .send(Buffer.from(text))
}

const common = (requestId: string): Readonly<Record<string, string>> => ({
  'request-id': requestId,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
})

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? ''

const notFound = ({ routes }: HttpSettings, request: FastifyRequest): Fault => {
  const { method } = request
  const allowed = methodsOf(routes, pathOf(request))
  return allowed.length === 0
    ? { _tag: 'RouteUnknown', method, path: pathOf(request) }
    : { _tag: 'MethodUnknown', method, allowed }
}

/** The framework's own errors, by their stable codes. */
const faultOf = (error: unknown, request: FastifyRequest): Fault => {
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { _tag: 'BodyTooLarge', bytesMax: bodyBytesMax }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { _tag: 'MediaTypeUnknown', given: request.headers['content-type'] ?? '' }
    case 'FST_ERR_BAD_URL':
      return { _tag: 'RequestMalformed', detail: 'The path is not a valid URL path.' }
    case undefined:
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? { _tag: 'RequestMalformed', detail: 'The request cannot be read.' }
        : { _tag: 'Defect', error }
  }
}

const observed = (request: FastifyRequest, reply: FastifyReply): Observed => ({
  requestId: request.id,
  method: request.method,
  route: request.routeOptions.url,
  status: reply.statusCode,
  milliseconds: reply.elapsedTime,
  caller: request.caller,
  fault: request.fault,
  defect: request.fault !== undefined && isDefect(request.fault),
})
