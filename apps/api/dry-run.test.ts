import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Ledger } from '#apps/api/testing/ledger'
import { ledgerWith, limitBuy, marketBuy } from '#apps/api/testing/with-ledger'
import { btc } from '#apps/api/testing/words'
import { systemClock } from '#adapters/system/clock'
import { reconciled } from '#domain/risk/testing/venue-words'
import { account, paper } from '#domain/risk/testing/words'
import { price, quantity } from '#domain/testing/paper'
import { DryRunReply } from '#schemas/api/orders'
import { venueStream } from '#schemas/streams'

const dryRun = (ledger: Ledger, body: unknown, sent: Parameters<Ledger['send']>[1] = {}) =>
  ledger.send('/v1/orders?dryRun=true', { method: 'POST', body, ...sent })
/** With a price, and the venue has told what the account has there. */
const withMarket = async (at = '60000'): Promise<Ledger> => {
  const ledger = await ledgerWith()
  const now = systemClock.now()
  ledger.hear({
    type: 'quote',
    symbol: btc,
    sequence: 1,
    venueAt: now,
    receivedAt: now,
    bid: price(at),
    bidQuantity: quantity('1'),
    ask: price(at),
    askQuantity: quantity('1'),
  })
  await ledger.write('gateway', venueStream(paper, account), reconciled())
  await ledger.caughtUp()
  return ledger
}
const checksIn = (body: Readonly<Record<string, unknown>>) =>
  body['checks'] as readonly Readonly<Record<string, unknown>>[]

describe('a dry run', () => {
  test('answers what would be decided, needs no key of its own, and records nothing', async () => {
    const ledger = await withMarket()
    const before = await ledger.events()
    const told = await dryRun(ledger, { ...limitBuy, quantity: '0.5' })
    expect(told).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        outcome: 'approved',
        reducing: false,
        reason: null,
        mark: { symbol: 'BTC/USDT', price: '60000' },
        logPosition: before.at(-1)?.position.toString(),
      },
    })
    expect(E.isRight(DryRunReply.decode(told.body))).toBe(true)
    expect(checksIn(told.body).find(({ code }) => code === 'orderNotional')).toMatchObject({
      outcome: 'passed',
      observed: '30000',
      limit: '50000',
      headroom: '20000',
      unit: 'USDT',
      scope: 'order',
    })
    expect(await ledger.events()).toStrictEqual(before)
    expect((await dryRun(ledger, { ...limitBuy, quantity: '0.5' })).body).toMatchObject({
      outcome: 'approved',
    })
  })
  test('says what stands against an order, and how far it is beyond', async () => {
    const ledger = await withMarket()
    const { status, body } = await dryRun(ledger, limitBuy)
    expect([status, body['outcome'], body['reason']]).toMatchObject([
      200,
      'denied',
      { code: 'orderNotional' },
    ])
    expect(checksIn(body).filter(({ stopped }) => stopped)).toMatchObject([
      { code: 'orderNotional', headroom: '-40000' },
    ])
  })
  test('without a mark is a denial, as the order would be', async () => {
    const ledger = await ledgerWith()
    await ledger.write('gateway', venueStream(paper, account), reconciled())
    await ledger.caughtUp()
    expect((await dryRun(ledger, marketBuy)).body).toMatchObject({
      outcome: 'denied',
      mark: null,
      reason: { code: 'markFresh' },
    })
  })
  test('refuses what would be refused as an order, with the same words', async () => {
    const ledger = await withMarket()
    for (const wrong of [
      { ...limitBuy, symbol: 'DOGE/USDT' },
      { ...limitBuy, quantity: '0' },
      { ...limitBuy, limitprice: '1' },
      { ...marketBuy, limitPrice: '1' },
      { ...limitBuy, account: 'nobody' },
    ]) {
      const asked = await dryRun(ledger, wrong)
      const placed = await ledger.place(wrong, 'k')
      const { requestId: _, ...problem } = placed.body
      expect(asked.status).toBe(placed.status)
      expect(asked.body).toMatchObject(problem)
    }
  })
  test('needs the role of whoever places orders', async () => {
    const ledger = await withMarket()
    const key = await ledger.issueKey('rita', 'risk', 'auditor')
    await ledger.caughtUp()
    expect(await dryRun(ledger, limitBuy, { key })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
  })
  test('that is misspelt is refused, and never an order', async () => {
    const ledger = await withMarket()
    const before = await ledger.events()
    for (const query of ['dryRun=yes', 'dryRun=', 'dryrun=true', 'dryRun=true&dryRun=true'])
      expect(
        await ledger.post(`/v1/orders?${query}`, { ...limitBuy, quantity: '0.1' }, `k ${query}`),
      ).toMatchObject({ status: 422 })
    expect(await ledger.events()).toStrictEqual(before)
  })
  test('is of no order that was placed, whatever its key', async () => {
    const ledger = await withMarket()
    const body = { ...limitBuy, quantity: '0.1' }
    expect(await ledger.post('/v1/orders', body, 'dryRun')).toMatchObject({ status: 201 })
    await ledger.caughtUp()
    expect(await dryRun(ledger, body)).toMatchObject({ status: 200, body: { outcome: 'approved' } })
  })
  test('said to be none is an order as ever, and needs its key', async () => {
    const ledger = await withMarket()
    const body = { ...limitBuy, quantity: '0.1' }
    expect(await ledger.send('/v1/orders?dryRun=false', { method: 'POST', body })).toMatchObject({
      status: 400,
      body: { code: 'missingIdempotencyKey' },
    })
    expect(await ledger.post('/v1/orders?dryRun=false', body, 'k')).toMatchObject({ status: 201 })
  })
})
