/** One gateway as an app: follows the log from its beginning, and shows where it stands. */
import { Gauge } from 'prom-client'
import { sha256 } from '#adapters/system/hash'
import type { App } from '#apps/process/app'
import { follow } from '#apps/process/follow'
import type { EventLog } from '#domain/kernel/event-log'
import type { Venue } from '#domain/kernel/venue'
import { Gateway } from './gateway.ts'
import { systemTimers } from './ports.ts'
import { followed } from './view.ts'

export interface GatewayWorld {
  readonly log: EventLog
  readonly venue: Venue
  /** Between the durable append and the wire. Only tests pause here. */
  readonly beforeSend?: () => Promise<void>
}

export const runGateway = async (app: App, world: GatewayWorld): Promise<void> => {
  const gateway = new Gateway({
    ...world,
    clock: app.clock,
    timers: systemTimers,
    ids: app.ids,
    hash: sha256,
    envelop: app.envelop,
    logger: app.logger,
    // Where nobody waits for the answer, a defect still ends the process.
    defect: (thrown) => {
      setImmediate(() => {
        throw thrown
      })
    },
    changed: () => {
      const { state, detail } = gateway.standing()
      app.report(state, undefined, detail)
    },
  })
  app.onStop(() => gateway.close())
  app.metrics.registerMetric(
    new Gauge({
      name: 'daybook_gateway_orders',
      help: 'Orders in memory: those that have not ended, and those that are being told something.',
      registers: [],
      collect() {
        this.set(gateway.ordersInMemory())
      },
    }),
  )
  await follow(app, world.log, {
    after: 0n,
    filter: followed,
    onPage: async (page) => gateway.onPage(page),
    stateAtHead: () => gateway.standing(),
  })
}
