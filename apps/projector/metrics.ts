/** How much the projector does, for those who watch it. */
import { Counter, Histogram, type Registry } from 'prom-client'

export interface ProjectionMetrics {
  readonly applied: (events: number, ms: number) => void
}

export const measureProjection = (registry: Registry): ProjectionMetrics => {
  const events = new Counter({
    name: 'daybook_projector_events_total',
    help: 'Events that are in the read models.',
    registers: [registry],
  })
  const batches = new Histogram({
    name: 'daybook_projector_batch_seconds',
    help: 'Time from a page of the log to its commit in the read models.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers: [registry],
  })
  return {
    applied: (count, ms) => {
      events.inc(count)
      batches.observe(ms / 1000)
    },
  }
}
