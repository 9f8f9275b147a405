/** What an operator and a load balancer may ask of every app: does it live, is it ready, how is it doing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { AppState, Heartbeat } from './heartbeats.ts'

const states: readonly AppState[] = ['starting', 'replaying', 'ready', 'waiting', 'stopping']

/** Gauges of the library that are named as counters are; each says the same by type, without the `_total`. */
const misnamed = ['resources', 'handles', 'requests']

/** The metrics of one app: the process, its build, its state and its place in the log. */
export const openMetrics = (current: () => Heartbeat, version: string): Registry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'daybook_' })
  for (const name of misnamed) registry.removeSingleMetric(`daybook_nodejs_active_${name}_total`)
  const registers = [registry]
  new Gauge({
    name: 'daybook_build_info',
    help: 'Always 1; the labels say what is running.',
    labelNames: ['app', 'version', 'node'],
    registers,
  }).set({ app: current().app, version, node: process.version }, 1)
  new Gauge({
    name: 'daybook_state',
    help: '1 for the state that the app is in, 0 for the others.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of states) this.set({ state }, state === current().state ? 1 : 0)
    },
  })
  new Gauge({
    name: 'daybook_log_position',
    help: 'The last position of the event log that this app has dealt with.',
    registers,
    collect() {
      // A gauge is a float: exact below 2^53 events.
      this.set(Number(current().logPosition ?? 0n))
    },
  })
  return registry
}

export interface HealthServer {
  readonly port: number
  readonly close: () => Promise<void>
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** Serves /healthz, /readyz and /metrics. */
export const serveHealth = async (
  at: { readonly host: string; readonly port: number },
  current: () => Heartbeat,
  metrics: Registry,
): Promise<HealthServer> => {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000 },
    (request, reply) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      answer(path, current(), metrics)
        .catch((error: unknown) => text(500, String(error)))
        .then(({ status, type, body }) => {
          reply.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
        })
        .catch(() => reply.destroy())
    },
  )
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const text = (status: number, body: string): Reply => ({ status, type: 'text/plain', body })
const json = (status: number, { logPosition, ...row }: Heartbeat): Reply => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify({
    ...row,
    ...(logPosition === undefined ? {} : { logPosition: logPosition.toString() }),
  })}\n`,
})

const answer = async (path: string, now: Heartbeat, metrics: Registry): Promise<Reply> => {
  switch (path) {
    case '/healthz':
      return json(200, now)
    case '/readyz':
      return json(now.state === 'ready' ? 200 : 503, now)
    case '/metrics':
      return { status: 200, type: metrics.contentType, body: await metrics.metrics() }
    default:
      return text(404, 'Ask for /healthz, /readyz or /metrics.\n')
  }
}
