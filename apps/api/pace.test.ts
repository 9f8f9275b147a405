import { describe, expect, test } from 'vitest'
import { ratesOf } from '#adapters/http/pacing'
import { keyNamed } from '#apps/api/testing/ledger'
import { idOf, ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import { fixedClock } from '#domain/testing/fixed'

describe('who asks too much', () => {
  test('is told to wait, for how long, and may go on then; nothing is recorded meanwhile', async () => {
    const clock = fixedClock()
    const ledger = await ledgerWith({ clock, rates: ratesOf(1) })
    const first = await ledger.place(limitBuy, 'a')
    expect([first.status, first.headers['ratelimit']]).toStrictEqual([201, '"requests";r=1'])
    expect((await ledger.send('/v1/orders')).headers['ratelimit']).toBe('"requests";r=0')
    const before = (await ledger.events()).length
    const told = await ledger.place(limitBuy, 'b')
    expect(told).toMatchObject({ status: 429, body: { code: 'tooManyRequests' } })
    expect(told.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '1',
      ratelimit: '"requests";r=0;t=1',
      'ratelimit-policy': '"requests";q=2;w=2',
    })
    expect(await ledger.events()).toHaveLength(before)
    clock.advance(1_000)
    expect((await ledger.place(limitBuy, 'b')).status).toBe(201)
  })
  test('can still take back what he has placed, and stop everything; others are not held up', async () => {
    const ledger = await ledgerWith({ clock: fixedClock(), rates: ratesOf(1) })
    const key = await ledger.issueKey('tom', 'trader')
    await ledger.caughtUp()
    const id = idOf(await ledger.place(limitBuy, 'a'))
    await ledger.send('/v1/orders')
    expect((await ledger.send('/v1/orders')).status).toBe(429)
    expect((await ledger.send(`/v1/orders/${id}`, { method: 'DELETE' })).status).toBe(202)
    const body = { action: 'engage', reason: 'runs wild' }
    for (let n = 0; n < 5; n += 1) {
      const told = await ledger.send('/v1/risk/kill-switch', { method: 'POST', body })
      expect(told.status).toBe(201)
      expect(told.headers['ratelimit']).toBeUndefined()
    }
    for (let n = 0; n < 9; n += 1) {
      for (const path of ['/healthz', '/readyz', '/metrics', '/docs', '/openapi.json']) {
        expect((await ledger.send(path, { key: undefined })).status).not.toBe(429)
      }
    }
    expect((await ledger.send('/v1/orders', { key })).status).toBe(200)
  })
  test('with keys that are not known is not listened to; who has one is', async () => {
    const ledger = await ledgerWith({ clock: fixedClock(), rates: ratesOf(0) })
    expect((await ledger.send('/v1/orders')).status).toBe(200)
    const statuses: number[] = []
    for (let n = 0; n < 60; n += 1) {
      statuses.push((await ledger.send('/v1/orders', { key: keyNamed(String(n)) })).status)
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(50)
    expect(statuses.at(-1)).toBe(429)
    expect((await ledger.send('/v1/orders')).status).toBe(200)
  })
})

describe('a page of another origin', () => {
  const origin = 'https://desk.example'
  const asksFirst = {
    method: 'OPTIONS',
    key: undefined,
    headers: { origin, 'access-control-request-method': 'POST' },
  } as const
  test('is not let in unless it is listed', async () => {
    const ledger = await ledgerWith()
    expect((await ledger.send('/v1/orders', asksFirst)).status).toBe(405)
    const told = await ledger.send('/v1/orders', { headers: { origin } })
    expect(told.headers).not.toHaveProperty('access-control-allow-origin')
  })
  test('may do where it is what anybody with a key may', async () => {
    const ledger = await ledgerWith({ origins: [origin] })
    const told = await ledger.send('/v1/orders', asksFirst)
    expect(told.status).toBe(204)
    expect(told.text).toBe('')
    expect(told.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST, GET, HEAD',
    })
    const placed = await ledger.place(limitBuy, 'a', { headers: { origin } })
    expect(placed.status).toBe(201)
    expect(placed.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' })
    // A refusal can be read as well.
    const refused = await ledger.send('/v1/orders', { key: undefined, headers: { origin } })
    expect(refused.status).toBe(401)
    expect(refused.headers).toMatchObject({ 'access-control-allow-origin': origin })
    expect((await ledger.send('/v1/nothing', asksFirst)).status).toBe(404)
  })
})
