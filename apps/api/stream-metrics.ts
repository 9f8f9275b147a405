/** What an operator can see of the stream. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { ArchiveStats } from './stream-archive.ts'

export interface StreamFigures {
  readonly clients: () => {
    readonly opening: number
    readonly live: number
    readonly behind: number
  }
  readonly archive: () => ArchiveStats
}
export interface StreamMetrics {
  readonly sent: (frames: number, bytes: number) => void
  /** By the code that the ledger closed with, or how the client left. */
  readonly closed: (how: string) => void
}

export const measureStream = (figures: StreamFigures, registry: Registry): StreamMetrics => {
  const registers = [registry]
  new Gauge({
    name: 'daybook_stream_clients',
    help: 'WebSocket clients: opening, level with the log (live), or reading what they have missed (behind).',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(figures.clients())) this.set({ state }, count)
    },
  })
  const frames = new Counter({
    name: 'daybook_stream_frames_total',
    help: 'Frames sent to WebSocket clients, heartbeats not counted.',
    registers,
  })
  const bytes = new Counter({
    name: 'daybook_stream_sent_bytes_total',
    help: 'Bytes of the frames sent to WebSocket clients.',
    registers,
  })
  const closed = new Counter({
    name: 'daybook_stream_closed_total',
    help: 'WebSocket clients that are gone, by close code, or how they left.',
    labelNames: ['code'],
    registers,
  })
  new Counter({
    name: 'daybook_stream_log_pages_total',
    help: 'Pages of the log read for clients that had missed something.',
    registers,
    collect() {
      this.reset()
      this.inc(figures.archive().read)
    },
  })
  return {
    sent: (count, size) => {
      frames.inc(count)
      bytes.inc(size)
    },
    closed: (how) => closed.inc({ code: how }),
  }
}
