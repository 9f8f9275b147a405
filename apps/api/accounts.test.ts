import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { systemClock } from '#adapters/system/clock'
import type { Ledger } from '#apps/api/testing/ledger'
import { heldLog, slowly } from '#apps/api/testing/held-log'
import { idOf, ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import { accepted, approved, filled, main, submitted } from '#apps/api/testing/words'
import { connected, reconciled, settledAt } from '#domain/risk/testing/venue-words'
import {
  account,
  foreignFill,
  listed,
  markAt,
  marksTaken,
  paper,
  price,
  quantity,
} from '#domain/risk/testing/words'
import { plusMs } from '#domain/values/instant'
import { TransferReply } from '#schemas/api/accounts'
import { AccountReply } from '#schemas/api/holdings'
import { instrumentStream, orderStream, riskStream, venueStream } from '#schemas/streams'
import type { AccountId, MarketSymbol, TradeId, VenueId } from '#schemas/values/ids'

const open = (ledger: Ledger, body: Readonly<Record<string, unknown>>, name: string) =>
  ledger.post('/v1/accounts', body, name)
const deposit = (ledger: Ledger, amount: string, name: string, currency = 'USDT') =>
  ledger.post('/v1/accounts/main/deposits', { currency, amount }, name)
const withdraw = (ledger: Ledger, amount: string, name: string, currency = 'USDT') =>
  ledger.post('/v1/accounts/main/withdrawals', { currency, amount }, name)
const balances = async (ledger: Ledger) => {
  const { data } = (await ledger.send('/v1/accounts')).body as {
    readonly data: readonly { readonly id: string; readonly balances: unknown }[]
  }
  return Object.fromEntries(data.map((account) => [account.id, account.balances]))
}
/** A trade that the market tells of now. */
const hearTrade = (ledger: Ledger, symbol: MarketSymbol, at: string): void => {
  const now = systemClock.now()
  ledger.hear({
    type: 'trade',
    symbol,
    sequence: 1,
    venueAt: now,
    receivedAt: now,
    tradeId: '1' as TradeId,
    quantity: quantity('1'),
    price: price(at),
    aggressor: 'buy',
  })
}
const count = async (ledger: Ledger) => (await ledger.events()).length

describe('an account', () => {
  test('is answered for when the venue has told what it has there, so that the next order finds it so', async () => {
    const ledger = await ledgerWith()
    const side = 'side' as AccountId
    await ledger.write('gateway', venueStream(paper, account), ...settledAt())
    await ledger.caughtUp()
    let isAnswered = false
    const opening = open(ledger, { id: side }, 'a').then((told) => {
      isAnswered = true
      return told
    })
    await expect
      .poll(async () =>
        (await ledger.events()).some(
          ({ event }) => event.type === 'AccountOpened' && event.account === side,
        ),
      )
      .toBe(true)
    await ledger.write('gateway', venueStream(paper, side), connected(side))
    await ledger.caughtUp()
    expect(isAnswered).toBe(false)
    await ledger.write('gateway', venueStream(paper, side), reconciled(side))
    expect((await opening).status).toBe(201)
  })
  test('is opened in its book, in the currency of the book and without leverage if nothing is said', async () => {
    const ledger = await ledgerWith()
    const told = await open(ledger, { id: 'side' }, 'a')
    expect(told.status).toBe(201)
    expect(E.isRight(AccountReply.decode(told.body))).toBe(true)
    expect(told.body).toMatchObject({
      id: 'side',
      book: 'main',
      currency: 'USDT',
      leverage: '1',
      costBasis: 'average',
      balances: {},
    })
    expect(await ledger.place({ ...limitBuy, account: 'side' }, 'o')).toMatchObject({
      status: 201,
      body: { account: 'side' },
    })
    expect((await open(ledger, { id: 'fast', leverage: '2.5' }, 'b')).body).toMatchObject({
      leverage: '2.5',
    })
  })
  test('is opened once for each key, and once for each name', async () => {
    const ledger = await ledgerWith()
    const first = await open(ledger, { id: 'side' }, 'a')
    const before = await count(ledger)
    const again = await open(ledger, { id: 'side' }, 'a')
    expect([again.status, again.body]).toStrictEqual([201, first.body])
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(await open(ledger, { id: 'side' }, 'b')).toMatchObject({
      status: 409,
      body: { code: 'accountExists' },
    })
    expect(await open(ledger, { id: 'other' }, 'a')).toMatchObject({
      status: 422,
      body: { code: 'idempotencyKeyReused' },
    })
    expect(await open(ledger, { id: 'main' }, 'c')).toMatchObject({ status: 409 })
    expect(await count(ledger)).toBe(before)
  })
  test('is one of those that one Idempotency-Key asks for at once', async () => {
    const ledger = await ledgerWith({ log: slowly(memoryEventLog()) })
    const told = await Promise.all(['a', 'b', 'c'].map((id) => open(ledger, { id }, 'same')))
    expect(told.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([
      201, 422, 422,
    ])
    expect(Object.keys(await balances(ledger))).toHaveLength(2)
  })
  test.each([
    [{ id: 'side', leverage: '0' }, '/leverage', 'invalid'],
    [{ id: 'side', leverage: '-1' }, '/leverage', 'invalid'],
    [{ id: 'side', book: 'nobody' }, '/book', 'unknownBook'],
    [{ id: 'side', currency: 'USTD' }, '/currency', 'unknownCurrency'],
    [{ id: 'Side' }, '/id', 'invalid'],
    [{ id: 'side', costBasis: 'fifo' }, '/costBasis', 'unknownField'],
  ])('%j is refused by what is wrong', async (body, pointer, code) => {
    const ledger = await ledgerWith()
    expect(await open(ledger, body, 'a')).toMatchObject({
      status: 422,
      body: { code, errors: [{ pointer }] },
    })
  })
})

describe('money', () => {
  test('comes in and goes out, each time once', async () => {
    const ledger = await ledgerWith()
    const first = await deposit(ledger, '250.5', 'a')
    expect(first.status).toBe(201)
    expect(E.isRight(TransferReply.decode(first.body))).toBe(true)
    expect(first.body).toMatchObject({ type: 'deposit', amount: '250.5', person: 'owner' })
    expect((await deposit(ledger, '250.5', 'a')).body).toStrictEqual(first.body)
    expect(await deposit(ledger, '250', 'a')).toMatchObject({ status: 422 })
    // The same key under another path is another request.
    expect(await withdraw(ledger, '0.5', 'a')).toMatchObject({
      status: 201,
      body: { type: 'withdrawal', amount: '0.5', reason: 'withdrawal' },
    })
    await deposit(ledger, '2', 'b', 'BTC')
    expect(await balances(ledger)).toStrictEqual({ main: { BTC: '2', USDT: '1000250' } })
  })
  test('does not leave beyond what is there', async () => {
    const ledger = await ledgerWith()
    const told = await withdraw(ledger, '1000000.01', 'a')
    expect(told).toMatchObject({ status: 409, body: { code: 'insufficientFunds' } })
    expect(told.body['detail']).toBe(
      '1000000.01 USDT cannot leave main: of 1000000 USDT open orders and positions need 0, so that 1000000 may leave.',
    )
    expect((await withdraw(ledger, '1000000', 'b')).status).toBe(201)
    expect(await withdraw(ledger, '0.000001', 'c')).toMatchObject({ status: 409 })
  })
  test('that open orders or positions need does not leave', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place(limitBuy, 'o'))
    await ledger.write('risk-guard', riskStream(main), approved(id))
    await ledger.write('gateway', orderStream(id), submitted(id), accepted(id))
    await ledger.caughtUp()
    // 1.5 at 60,000 and the worst fee of 0.2 %.
    expect(await withdraw(ledger, '909820.01', 'a')).toMatchObject({ status: 409 })
    expect(await withdraw(ledger, '909820', 'b')).toMatchObject({ status: 201 })
    await ledger.write('gateway', orderStream(id), filled(id, '1.5'))
    await ledger.caughtUp()
    expect(await withdraw(ledger, '1.5', 'c', 'BTC')).toMatchObject({ status: 409 })
    await deposit(ledger, '0.25', 'd', 'BTC')
    expect(await withdraw(ledger, '0.26', 'e', 'BTC')).toMatchObject({ status: 409 })
    expect(await withdraw(ledger, '0.25', 'f', 'BTC')).toMatchObject({ status: 201 })
  })
  test('does not leave by the word of a process that is behind the log', async () => {
    const { log, hold, release } = heldLog()
    const ledger = await ledgerWith({ log })
    await ledger.caughtUp()
    hold()
    // Written on other streams than the account's: orders that need all of it.
    const ids = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => idOf(await ledger.place(limitBuy, `o${n}`))),
    )
    await ledger.write('risk-guard', riskStream(main), ...ids.map(approved))
    expect(await withdraw(ledger, '1000000', 'a')).toMatchObject({
      status: 503,
      body: { code: 'notReady' },
    })
    release()
    await ledger.caughtUp()
    expect(await withdraw(ledger, '1000000', 'a')).toMatchObject({ status: 409 })
    expect(await balances(ledger)).toStrictEqual({ main: { USDT: '1000000' } })
  })
  test('that a contract has lost in the meantime does not leave, nor any while its price is not known', async () => {
    const ledger = await ledgerWith()
    const perpetual = 'BTC/USDT:USDT' as MarketSymbol
    const stream = instrumentStream('paper' as VenueId, perpetual)
    await ledger.write('gateway', stream, listed(perpetual))
    const opening = foreignFill({ symbol: perpetual, side: 'sell', quantity: '10', at: '65000' })
    await ledger.write('gateway', venueStream('paper' as VenueId, 'main' as AccountId), opening)
    const hoursAgo = plusMs(systemClock.now(), -36_000_000)
    const old = markAt('65000', hoursAgo, perpetual)
    await ledger.write('risk-guard', riskStream(main), marksTaken(hoursAgo, old))
    await ledger.caughtUp()
    const told = await withdraw(ledger, '300000', 'a')
    expect([told.status, told.body['detail']]).toStrictEqual([
      503,
      'How much USDT is free cannot be said: BTC/USDT:USDT needs it, and has no price that is new enough. Ask again.',
    ])
    hearTrade(ledger, perpetual, '90000')
    expect(await withdraw(ledger, '300000', 'a')).toMatchObject({ status: 409 })
    hearTrade(ledger, perpetual, '65000')
    expect(await withdraw(ledger, '300000', 'a')).toMatchObject({ status: 201 })
  })
  test('asked for by several at once leaves only as long as there is any', async () => {
    const log = memoryEventLog()
    const one = await ledgerWith({ log })
    const other = await ledgerWith({ log })
    const asked = ['a', 'b', 'c', 'd'].flatMap((name) => [
      withdraw(one, '300000', `one ${name}`),
      withdraw(other, '300000', `other ${name}`),
    ])
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.toSorted((a, b) => a - b)).toStrictEqual([
      201, 201, 201, 409, 409, 409, 409, 409,
    ])
    expect(await balances(one)).toStrictEqual({ main: { USDT: '100000' } })
  })
  test.each([
    [{ currency: 'USDT', amount: '0' }, 422, 'invalid', '/amount'],
    [{ currency: 'USDT', amount: '-5' }, 422, 'invalid', '/amount'],
    [{ currency: 'USDT', amount: 5 }, 400, 'malformed', '/amount'],
    [{ currency: 'DOGE', amount: '5' }, 422, 'unknownCurrency', '/currency'],
    [{ amount: '5' }, 422, 'invalid', '/currency'],
  ])('%j is refused', async (body, status, code, pointer) => {
    const ledger = await ledgerWith()
    for (const path of ['deposits', 'withdrawals']) {
      expect(await ledger.post(`/v1/accounts/main/${path}`, body, 'a')).toMatchObject({
        status,
        body: { code, errors: [{ pointer }] },
      })
    }
    expect(await balances(ledger)).toStrictEqual({ main: { USDT: '1000000' } })
  })
  test('of more than any order could use does not come in', async () => {
    const ledger = await ledgerWith()
    expect(await deposit(ledger, `1${'0'.repeat(20)}`, 'a')).toMatchObject({
      status: 422,
      body: {
        code: 'invalid',
        errors: [
          {
            pointer: '/amount',
            detail:
              'amount has more than 20 digits before the point; no order could use so much, so check what was typed.',
          },
        ],
      },
    })
    expect(await withdraw(ledger, `1${'0'.repeat(20)}`, 'b')).toMatchObject({
      status: 409,
      body: { code: 'insufficientFunds' },
    })
    expect((await deposit(ledger, '9'.repeat(20), 'c')).status).toBe(201)
  })
  test('of an account that is not there is not found; of another venue it is moved there', async () => {
    const ledger = await ledgerWith()
    for (const id of ['side', 'Main', '%00']) {
      expect(
        await ledger.post(`/v1/accounts/${id}/deposits`, { currency: 'USDT', amount: '1' }, 'a'),
      ).toMatchObject({ status: 404, body: { code: 'notFound' } })
    }
    const real = await ledgerWith({ venue: 'kraken', furniture: 'whole' })
    expect(await deposit(real, '1', 'a')).toMatchObject({
      status: 422,
      body: { code: 'notSupported' },
    })
  })
  test('is an operator’s to move', async () => {
    const ledger = await ledgerWith()
    const key = await ledger.issueKey('tom', 'trader', 'risk', 'admin', 'auditor')
    await ledger.caughtUp()
    expect(
      await ledger.post('/v1/accounts/main/deposits', { currency: 'USDT', amount: '1' }, 'a', {
        key,
      }),
    ).toMatchObject({
      status: 403,
      body: { detail: 'To move money a key needs the role operator.' },
    })
  })
})
