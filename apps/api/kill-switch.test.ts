import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import type { Ledger, Sent } from '#apps/api/testing/ledger'
import { ledgerWith, list } from '#apps/api/testing/with-ledger'
import { KillSwitchReply, RiskReply } from '#schemas/api/risk'
import type { Role } from '#schemas/values/trading'

const engage = (
  ledger: Ledger,
  body: Readonly<Record<string, unknown>> = {},
  { key, idempotencyKey }: { readonly key?: string; readonly idempotencyKey?: string } = {},
) => {
  const sent: Sent = {
    method: 'POST',
    body: { action: 'engage', reason: 'prices look wrong', ...body },
    ...(key === undefined ? {} : { key }),
    ...(idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
  }
  return ledger.send('/v1/risk/kill-switch', sent)
}
const engaged = async (ledger: Ledger) =>
  (await ledger.events()).filter(({ event }) => event.type === 'KillSwitchEngaged')

describe('the kill switch', () => {
  test('is engaged for the whole book, and only what reduces goes on, when nothing else is said', async () => {
    const ledger = await ledgerWith()
    const told = await engage(ledger)
    expect(told.status).toBe(201)
    expect(E.isRight(KillSwitchReply.decode(told.body))).toBe(true)
    expect(told.body).toMatchObject({
      book: 'main',
      mode: 'reduce',
      scope: {},
      reason: 'prices look wrong',
      person: 'owner',
    })
    const [recorded] = await engaged(ledger)
    expect(recorded?.position.toString()).toBe(told.body['logPosition'])
    expect(recorded?.metadata.actor).toMatchObject({ app: 'api', person: 'owner', role: 'risk' })
  })
  test.each(['trader', 'risk', 'operator', 'auditor', 'admin'] as readonly Role[])(
    'may be engaged by a %s',
    async (role) => {
      const ledger = await ledgerWith()
      const key = await ledger.issueKey('pat', role)
      await ledger.caughtUp()
      expect((await engage(ledger, {}, { key })).status).toBe(201)
      expect((await engaged(ledger))[0]?.metadata.actor).toMatchObject({ person: 'pat', role })
    },
  )
  test('shows in the risk of its book, the most severe as its state', async () => {
    const ledger = await ledgerWith()
    await list(ledger, 'ETH/USDT')
    const state = async () => {
      await ledger.caughtUp()
      return (await ledger.send('/v1/risk')).body['state']
    }
    expect(await state()).toBe('active')
    await engage(ledger, { scope: { symbol: 'ETH/USDT' } })
    expect(await state()).toBe('reduce')
    await engage(ledger, { mode: 'halt', scope: { account: 'main', strategy: 'manual' } })
    expect(await state()).toBe('halt')
    await engage(ledger)
    expect(await state()).toBe('halt')
    const risk = RiskReply.decode((await ledger.send('/v1/risk')).body)
    expect(E.isRight(risk) && risk.right.killSwitches.map(({ scope }) => scope)).toStrictEqual([
      { symbol: 'ETH/USDT' },
      { account: 'main', strategy: 'manual' },
      {},
    ])
  })
  test('without a key is engaged as often as it is asked', async () => {
    const ledger = await ledgerWith()
    const [first, second] = [await engage(ledger), await engage(ledger)]
    expect(first.body['id']).not.toBe(second.body['id'])
  })
  test('again with the same key and body is engaged once', async () => {
    const ledger = await ledgerWith()
    const first = await engage(ledger, {}, { idempotencyKey: 'k' })
    const again = await engage(ledger, {}, { idempotencyKey: 'k' })
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(await engaged(ledger)).toHaveLength(1)
  })
  test('with the same key and another body is refused', async () => {
    const ledger = await ledgerWith()
    await engage(ledger, {}, { idempotencyKey: 'k' })
    expect(await engage(ledger, { mode: 'halt' }, { idempotencyKey: 'k' })).toMatchObject({
      status: 422,
      body: { code: 'idempotencyKeyReused' },
    })
    expect(await engaged(ledger)).toHaveLength(1)
  })
  test('at once with one key, over two processes, has one effect and one answer', async () => {
    const one = await ledgerWith()
    const two = await ledgerWith({ log: one.log })
    const told = await Promise.all(
      [one, two, one, two].map((ledger) => engage(ledger, {}, { idempotencyKey: 'k' })),
    )
    expect(new Set(told.map(({ text }) => text)).size).toBe(1)
    await one.caughtUp()
    const risk = RiskReply.decode((await one.send('/v1/risk')).body)
    expect(E.isRight(risk) && risk.right.killSwitches).toHaveLength(1)
  })
  describe('with a key, while the log does not answer what is read', () => {
    const deafLedger = async () => {
      const log = memoryEventLog()
      const reads = { hang: false }
      const head: typeof log.head = () => (reads.hang ? new Promise(() => undefined) : log.head())
      const ledger = await ledgerWith({ log: { ...log, head } })
      return { ledger, reads }
    }
    test('is written at once', async () => {
      const { ledger, reads } = await deafLedger()
      reads.hang = true
      const began = performance.now()
      expect(await engage(ledger, {}, { idempotencyKey: 'k' })).toMatchObject({ status: 201 })
      expect(performance.now() - began).toBeLessThan(1_000)
      expect(await engaged(ledger)).toHaveLength(1)
    })
    test('is known again, and so is another body', async () => {
      const { ledger, reads } = await deafLedger()
      const first = await engage(ledger, {}, { idempotencyKey: 'k' })
      await ledger.caughtUp()
      reads.hang = true
      const again = await engage(ledger, {}, { idempotencyKey: 'k' })
      expect(again).toMatchObject({ status: 201, body: first.body })
      expect(again.headers['idempotent-replayed']).toBe('true')
      const other = await engage(ledger, { mode: 'halt' }, { idempotencyKey: 'k' })
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotencyKeyReused' } })
      expect(await engaged(ledger)).toHaveLength(1)
    })
  })
  test.each<readonly [string, Readonly<Record<string, unknown>>, number, string, string]>([
    ['another word', { action: 'stop' }, 422, 'invalid', '/action'],
    ['an id', { id: '00000000-0000-8000-8000-000000000000' }, 422, 'invalid', '/id'],
    ['no reason', { reason: undefined }, 422, 'invalid', '/reason'],
    ['an empty reason', { reason: '' }, 422, 'invalid', '/reason'],
    ['an unknown mode', { mode: 'pause' }, 422, 'invalid', '/mode'],
    ['an unknown book', { book: 'side' }, 422, 'unknownBook', '/book'],
    ['an unknown account', { scope: { account: 'x' } }, 422, 'unknownAccount', '/scope/account'],
    ['an unknown symbol', { scope: { symbol: 'A/B' } }, 422, 'unknownSymbol', '/scope/symbol'],
    ['an unknown part', { scope: { venue: 'paper' } }, 422, 'unknownField', '/scope/venue'],
    ['a scope that is a text', { scope: 'all' }, 400, 'malformed', '/scope'],
  ])('is refused with %s', async (_, body, status, code, pointer) => {
    const ledger = await ledgerWith()
    const told = await engage(ledger, body)
    expect(told).toMatchObject({ status, body: { code, errors: [{ pointer }] } })
    expect(await engaged(ledger)).toHaveLength(0)
  })
})
