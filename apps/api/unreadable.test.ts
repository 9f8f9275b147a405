import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { encodedDeposit } from '#adapters/testing/ledger-events'
import { type Ledger, openLedger } from '#apps/api/testing/ledger'
import { limitBuy } from '#apps/api/testing/with-ledger'
import type { StreamName } from '#schemas/streams'
import type { AppName } from '#schemas/writers'

/** A log on which something stands that nobody can read. */
const spoilt = async (
  stream: string,
  { type, writer }: { readonly type: string; readonly writer: AppName },
) => {
  const log = memoryEventLog()
  const first = await openLedger({ log })
  await expect.poll(() => first.knowledge.isComplete()).toBe(true)
  await first.close()
  const { id, metadata } = encodedDeposit('strange')
  const event = { id, type, data: '{"what":"is this"}', metadata }
  const revision = 0n
  const moved = { writer, stream: stream as StreamName, revision, event } as const
  expect(E.isRight(await log.appendStored([moved]))).toBe(true)
  return log
}

const open: Ledger[] = []
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close()
})

describe('an event that nobody can read', () => {
  test('is named by an api that starts on such a log, which stays up and not ready', async () => {
    const log = await spoilt('account-strange', { type: 'FundsDeposited', writer: 'api' })
    const ledger = await openLedger({ log })
    open.push(ledger)
    const named =
      /^Event \d+ \(FundsDeposited, account-strange\) cannot be read: its data: .*Nothing after it is acted upon/
    await expect.poll(async () => (await ledger.send('/readyz')).body['detail']).toMatch(named)
    expect((await ledger.send('/readyz')).status).toBe(503)
    const refused = await ledger.place(limitBuy, 'k1')
    expect(refused.status).toBe(503)
    expect(refused.body['detail']).toMatch(/Event \d+ .* cannot be read/)
  })
  test('is named also where only the book is not understood; what is known is answered', async () => {
    const log = await spoilt('order-strange', { type: 'OrderFilled', writer: 'gateway' })
    const ledger = await openLedger({ log })
    open.push(ledger)
    const named = /^Event \d+ \(OrderFilled, order-strange\) cannot be read: its metadata says/
    await expect.poll(async () => (await ledger.send('/readyz')).body['detail']).toMatch(named)
    expect((await ledger.send('/readyz')).status).toBe(503)
    expect((await ledger.send('/v1/status')).status).toBe(200)
    expect((await ledger.send('/v1/risk')).status).toBe(503)
  })
  test('is passed by itself once the log is repaired', async () => {
    const log = memoryEventLog()
    const failure = {
      _tag: 'UnreadableEvent',
      position: 7n,
      stream: 'account-main',
      type: '$metadata',
      detail: '$maxCount 3 is set on this stream',
    } as const
    let isBroken = true
    const ledger = await openLedger({
      log: {
        ...log,
        readAll: async (...asked) => (isBroken ? E.left(failure) : log.readAll(...asked)),
      },
    })
    open.push(ledger)
    const said = async () => (await ledger.send('/readyz')).body['detail']
    await expect.poll(said).toMatch(/^Event 7 \(\$metadata, account-main\) cannot be read/)
    isBroken = false
    await expect.poll(() => ledger.knowledge.isComplete(), { timeout: 5_000 }).toBe(true)
    await expect.poll(said).not.toMatch(/cannot be read/)
    expect((await ledger.send('/v1/status')).status).toBe(200)
  })
})
