/** What an operator can see of the paper venue. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Running } from './terms.ts'

type Figure = (running: Running) => number

const gauges: readonly (readonly [name: string, help: string, figure: Figure])[] = [
  [
    'daybook_paper_gateways',
    'Gateways that are connected.',
    ({ socket }) => socket.stats().gateways,
  ],
  [
    'daybook_paper_waiting',
    'Requests and ticks that wait to be worked off.',
    ({ inbox }) => inbox.stats().waiting,
  ],
]
const counters: typeof gauges = [
  [
    'daybook_paper_requests_total',
    'Requests that arrived.',
    ({ socket }) => socket.stats().requests,
  ],
  [
    'daybook_paper_malformed_total',
    'Requests that could not be understood.',
    ({ socket }) => socket.stats().malformed,
  ],
  [
    'daybook_paper_deaf_total',
    'Gateways that were sent away because they did not read.',
    ({ socket }) => socket.stats().deaf,
  ],
  [
    'daybook_paper_ticks_dropped_total',
    'Ticks that were let go because too many waited.',
    ({ inbox }) => inbox.stats().ticksDropped,
  ],
]

/** Counters begin again with each term of ownership, as after a restart. */
export const measureVenue = (running: () => Running | undefined, registry: Registry): void => {
  const registers = [registry]
  for (const [name, help, figure] of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const now = running()
        this.set(now === undefined ? 0 : figure(now))
      },
    })
  }
  for (const [name, help, figure] of counters) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        const now = running()
        this.reset()
        this.inc(now === undefined ? 0 : figure(now))
      },
    })
  }
}
