import { afterAll, beforeAll } from 'vitest'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { type Double, openDouble } from '#adapters/testing/eventstore-double/double'
import { openEventStoreLog } from './event-log.ts'

let double: Double
let log: ReturnType<typeof openEventStoreLog>
beforeAll(async () => {
  double = await openDouble()
  log = openEventStoreLog({ url: double.url(), app: 'api', probeMs: 20 })
})
afterAll(async () => {
  await log.close()
  double.stop()
})

eventLogContract(() => log, { runs: 30, isDense: false })
