import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { openDouble } from '#adapters/testing/eventstore-double/double'
import { openEventLog } from './event-log.ts'
import { faultInLogUrl } from './log-address.ts'
import { readSettings, shared } from './settings.ts'

const settingsWith = (log: string) => ({
  DAYBOOK_LOG: log,
  DAYBOOK_DATABASE: 'postgres://d:hunter2@h/d',
  DAYBOOK_HUB: 'ws://127.0.0.1:1',
  DAYBOOK_PAPER: 'ws://127.0.0.1:2',
})

describe('the event log', () => {
  test('is chosen by the scheme of its address', async () => {
    const logs = ['postgres://h/d', 'esdb://h?tls=false', 'esdb+discover://h?tls=false'].map(
      (url) => openEventLog(url, 'api'),
    )
    expect(logs.map(({ countsEvents }) => countsEvents)).toStrictEqual([true, false, false])
    for (const log of logs) await log.close()
  })
  test('is refused with what is wrong with its address, and without its password', () => {
    expect(faultInLogUrl('esdb://admin:hunter2@h:2113')).toBeUndefined()
    expect(readSettings(shared, settingsWith('esdb://admin:hunter2@h?tlss=true'))).toMatchObject({
      left: [expect.stringMatching(/^DAYBOOK_LOG is not usable: "tlss" is no option/) as string],
    })
    expect(JSON.stringify(readSettings(shared, settingsWith('mysql://hunter2@h')))).not.toContain(
      'hunter2',
    )
  })
  test('in EventStoreDB needs a PostgreSQL for everything else', () => {
    const settings = {
      ...settingsWith('esdb://h?tls=false'),
      DAYBOOK_DATABASE: 'esdb://h?tls=false',
    }
    expect(readSettings(shared, settings)).toMatchObject({
      left: [expect.stringMatching(/^DAYBOOK_DATABASE is not usable: .* postgres:\/\//) as string],
    })
  })
  test('loads the client of EventStoreDB when it is asked, and not before', async () => {
    const double = await openDouble()
    const { cache } = createRequire(import.meta.url)
    const isLoaded = () => Object.keys(cache).some((path) => path.includes('db-client/dist/index'))
    expect(isLoaded()).toBe(false)
    const log = openEventLog(double.url(), 'api')
    expect(isLoaded()).toBe(false)
    await log.head()
    expect(isLoaded()).toBe(true)
    await log.close()
    double.stop()
  })
})
