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
    name: 'daybook_projector_batch_ms',
    help: 'From a page of the log to its commit in the read models.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000],
    registers: [registry],
  })
  return {
    applied: (count, ms) => {
      events.inc(count)
      batches.observe(ms)
    },
  }
}
