/** The contract on a real server of one's own: DAYBOOK_TEST_EVENTSTORE_URL=esdb://… It is left with what was written. */
import { afterAll, beforeAll, describe } from 'vitest'
import { type CuttingProxy, startCuttingProxy } from '#adapters/testing/cutting-proxy'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { openEventStoreLog } from './event-log.ts'

const url = process.env['DAYBOOK_TEST_EVENTSTORE_URL'] ?? ''
const isLong = process.env['DAYBOOK_TEST_LONG'] === 'yes'

describe.skipIf(url === '')('EventStoreDB at DAYBOOK_TEST_EVENTSTORE_URL', () => {
  let log: ReturnType<typeof openEventStoreLog>
  beforeAll(() => {
    log = openEventStoreLog({ url, app: 'api', patienceMs: 15_000, probeMs: 50 })
  })
  afterAll(() => log.close())
  eventLogContract(() => log, { runs: 30, isDense: false })
  eventLogEndurance(() => log, { many: 100_000 })
})

/** One node in the clear: of a cluster the client learns other addresses, and with TLS the name would be another. */
const single = /^esdb:\/\/(?:[^@/]*@)?(?<host>[a-z0-9.-]+):(?<port>\d+)\/?\?.*\btls=false\b/i.exec(
  url,
)
const { host = '', port = '' } = single?.groups ?? {}

describe.skipIf(single === null)(
  'a single EventStoreDB without TLS at DAYBOOK_TEST_EVENTSTORE_URL, its connections broken on the way',
  () => {
    let proxy: CuttingProxy
    let log: ReturnType<typeof openEventStoreLog>
    beforeAll(async () => {
      proxy = await startCuttingProxy(host, Number(port))
      const backOff = { leastMs: 1, mostMs: 20 }
      const away = url.replace(`${host}:${port}`, `127.0.0.1:${String(proxy.port)}`)
      log = openEventStoreLog({ url: away, app: 'api', patienceMs: 15_000, probeMs: 50, backOff })
    })
    afterAll(async () => {
      await log.close()
      await proxy.close()
    })
    const breaks = { count: isLong ? 1_000 : 100, break: () => proxy.cut() }
    eventLogEndurance(() => log, { many: 1_000, breaks })
  },
)
