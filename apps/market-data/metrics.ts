/** What an operator can see of the tick hub. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { TickHub } from '#adapters/feed/server'

export const measureHub = (hub: TickHub, registry: Registry): void => {
  const registers = [registry]
  new Gauge({
    name: 'daybook_hub_listeners',
    help: 'Processes that listen to the ticks.',
    registers,
    collect() {
      this.set(hub.stats().listeners)
    },
  })
  const counted = [
    ['daybook_hub_ticks_total', 'Ticks told.', 'published'],
    [
      'daybook_hub_superseded_total',
      'Ticks that a slow listener was not told because a newer one took their place.',
      'superseded',
    ],
    ['daybook_hub_sent_away_total', 'Listeners sent away because they did not read.', 'sentAway'],
  ] as const
  for (const [name, help, figure] of counted) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(hub.stats()[figure])
      },
    })
  }
}
