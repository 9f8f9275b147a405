import { afterAll, beforeAll } from 'vitest'
import { type Double, openDouble } from '#adapters/testing/eventstore-double/double'
import { storedLogContract } from '#adapters/testing/stored-log.contract'
import { openEventStoreStoredLog } from './stored-log.ts'

let double: Double
let log: ReturnType<typeof openEventStoreStoredLog>
beforeAll(async () => {
  double = await openDouble()
  log = openEventStoreStoredLog({ url: double.url() })
})
afterAll(async () => {
  await log.close()
  double.stop()
})

storedLogContract(() => log, 15)
