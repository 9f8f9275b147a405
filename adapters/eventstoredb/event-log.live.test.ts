/** The contract on a real server of one's own: DAYBOOK_TEST_EVENTSTORE_URL=esdb://… It is left with what was written. */
import { afterAll, beforeAll, describe } from 'vitest'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { openEventStoreLog } from './event-log.ts'

const url = process.env['DAYBOOK_TEST_EVENTSTORE_URL'] ?? ''

describe.skipIf(url === '')('EventStoreDB at DAYBOOK_TEST_EVENTSTORE_URL', () => {
  let log: ReturnType<typeof openEventStoreLog>
  beforeAll(() => {
    log = openEventStoreLog({ url, app: 'api', patienceMs: 15_000, probeMs: 50 })
  })
  afterAll(() => log.close())
  eventLogContract(() => log, { runs: 30, isDense: false })
  eventLogEndurance(() => log, { many: 100_000 })
})
