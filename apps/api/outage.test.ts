import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { keyNamed } from '#apps/api/testing/ledger'
import { idOf, ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import { fixedClock } from '#domain/testing/fixed'
import type { EventLog } from '#domain/kernel/event-log'

const gone = async () => E.left({ _tag: 'StoreUnreachable', detail: 'connection lost' } as const)

/** A log that can be taken away, and a clock whose patience runs out at once. */
const fragile = () => {
  const log = memoryEventLog()
  let isAway = false
  const clock = fixedClock()
  const breakable: EventLog = {
    ...log,
    append: async (...wanted) => {
      if (!isAway) return log.append(...wanted)
      clock.advance(10_000)
      return gone()
    },
    read: async (...wanted) => (isAway ? gone() : log.read(...wanted)),
    head: async () => (isAway ? gone() : log.head()),
  }
  return {
    log: breakable,
    clock,
    away: (now: boolean) => {
      isAway = now
    },
  }
}

describe('while the log is away', () => {
  test('an order is not acknowledged, and its asker is told what is known', async () => {
    const { away, ...given } = fragile()
    const ledger = await ledgerWith(given)
    away(true)
    const told = await ledger.place(limitBuy, 'k1')
    expect(told).toMatchObject({ status: 503, body: { code: 'logUnreachable' } })
    expect(told.body['detail']).toContain('may or may not have been recorded')
    expect(told.headers['retry-after']).toBe('1')
    away(false)
    expect((await ledger.place(limitBuy, 'k1')).status).toBe(201)
  })
  test('a question says that nothing was recorded', async () => {
    const { away, ...given } = fragile()
    const ledger = await ledgerWith(given)
    const id = idOf(await ledger.place(limitBuy, 'k1'))
    away(true)
    for (const method of ['GET', 'DELETE'] as const) {
      expect(await ledger.send(`/v1/orders/${id}`, { method })).toMatchObject({
        status: 503,
        body: { code: 'logUnreachable', detail: 'Nothing was recorded. Ask again.' },
      })
    }
  })
  test('the state of the apps is shown all the same, and that the log does not answer', async () => {
    const { away, ...given } = fragile()
    const ledger = await ledgerWith(given)
    away(true)
    expect(await ledger.send('/v1/status')).toMatchObject({
      status: 200,
      body: { state: 'degraded', head: null },
    })
  })
  test('a kill switch is tried all the same', async () => {
    const { away, ...given } = fragile()
    const ledger = await ledgerWith(given)
    away(true)
    const sent = {
      method: 'POST',
      body: { action: 'engage', reason: 'stop' },
      headers: { 'idempotency-key': 'k' },
    } as const
    expect(await ledger.send('/v1/risk/kill-switch', sent)).toMatchObject({ status: 503 })
    away(false)
    expect(await ledger.send('/v1/risk/kill-switch', sent)).toMatchObject({ status: 201 })
  })
})

describe('what the log says of requests', () => {
  test('never holds a key or its hash, and names the person', async () => {
    const logLines: string[] = []
    const ledger = await ledgerWith({ logLines })
    const key = keyNamed('owner')
    await ledger.place(limitBuy, 'k1')
    await ledger.send('/v1/orders', { key: `${key}x` })
    await ledger.send(`/v1/orders?key=${key}`)
    const lines = logLines.join('\n')
    expect(lines).toContain('"person":"owner"')
    expect(lines).not.toContain(key.slice(13))
    expect(JSON.stringify((await ledger.events()).map(({ metadata }) => metadata))).not.toContain(
      key.slice(13),
    )
    expect((await ledger.send('/metrics', { key: undefined })).text).toMatch(
      /daybook_http_request_seconds_count\{method="POST",route="\/v1\/orders",status="201"\} 1/,
    )
  })
})
