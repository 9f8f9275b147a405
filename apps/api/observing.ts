/** What is said about each request: a metric always, a line where somebody should know. Never a key, never a body. */
import type { Logger } from 'pino'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Observed } from '#adapters/http/server'

/** From a tenth of a millisecond to the half minute that a request may wait. */
const bucketsSeconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
]

export const observing = (registry: Registry, logger: Logger): ((observed: Observed) => void) => {
  const registers = [registry]
  const seconds = new Histogram({
    name: 'daybook_http_request_seconds',
    help: 'Time from a request to its whole answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: bucketsSeconds,
    registers,
  })
  const faults = new Counter({
    name: 'daybook_http_faults_total',
    help: 'Requests that were not carried out, by what kept them from it.',
    labelNames: ['fault'],
    registers,
  })
  return (observed) => {
    const { method, route = 'none', status, milliseconds, fault } = observed
    seconds.observe({ method, route, status: String(status) }, milliseconds / 1000)
    if (fault !== undefined) faults.inc({ fault: fault._tag })
    say(logger, observed)
  }
}

const say = (logger: Logger, observed: Observed): void => {
  const { requestId, method, route, status, milliseconds, caller, fault } = observed
  const line = { requestId, method, route, status, milliseconds, person: caller?.person }
  if (fault === undefined) logger.debug(line, 'answered')
  else if (observed.defect && fault._tag === 'Defect') {
    logger.error({ ...line, error: fault.error }, 'a request met a defect')
  } else if (observed.defect) logger.error({ ...line, fault }, 'a request met a defect')
  else if (status >= 500) logger.warn({ ...line, fault }, 'a request could not be carried out')
  else logger.debug({ ...line, fault: fault._tag }, 'refused')
}
