import { afterAll, beforeAll } from 'vitest'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { type Double, openDouble } from '#adapters/testing/eventstore-double/double'
import { openEventStoreLog } from './event-log.ts'

/** Set for the long form: a hundred thousand events, a thousand broken lines. */
const isLong = process.env['DAYBOOK_TEST_LONG'] === 'yes'

let double: Double
let log: ReturnType<typeof openEventStoreLog>
beforeAll(async () => {
  double = await openDouble()
  const backOff = { leastMs: 1, mostMs: 5 }
  log = openEventStoreLog({ url: double.url(), app: 'api', probeMs: 50, backOff })
})
afterAll(async () => {
  await log.close()
  double.stop()
})

eventLogEndurance(() => log, {
  many: isLong ? 100_000 : 5_000,
  breaks: { count: isLong ? 1_000 : 40, break: () => double.cut() },
  handedOut: () => double.counts.written,
})
