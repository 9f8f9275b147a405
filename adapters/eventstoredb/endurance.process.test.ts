/** The log at length, beside a double in a process of its own. DAYBOOK_TEST_LONG=yes takes the long form. */
import { afterAll, beforeAll } from 'vitest'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { type DoubleProcess, startDouble } from '#adapters/testing/eventstore-double/process'
import { openEventStoreLog } from './event-log.ts'

const isLong = process.env['DAYBOOK_TEST_LONG'] === 'yes'

let double: DoubleProcess
let log: ReturnType<typeof openEventStoreLog>
beforeAll(async () => {
  double = await startDouble()
  const backOff = { leastMs: 1, mostMs: 5 }
  log = openEventStoreLog({ url: double.url(), app: 'api', probeMs: 50, backOff })
})
afterAll(async () => {
  await log.close()
  await double.stop()
})

eventLogEndurance(() => log, {
  many: isLong ? 100_000 : 5_000,
  breaks: {
    count: isLong ? 1_000 : 40,
    break: async () => {
      await double.tell({ do: 'cut' })
    },
  },
  handedOut: async () => (await double.tell({ do: 'tell' })).written,
})
