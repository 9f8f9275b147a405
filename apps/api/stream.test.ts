import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { closeAll, type Listening, streaming } from '#apps/api/testing/streams'
import { idOf, limitBuy, list } from '#apps/api/testing/with-ledger'
import { denied, filled, main, money } from '#apps/api/testing/words'
import { StreamFrame } from '#schemas/api/stream'
import { accountStream, orderStream, riskStream } from '#schemas/streams'
import type { AccountId, Currency, KillSwitchId, Line } from '#schemas/values/ids'

afterEach(closeAll)

const types = ({ seen }: Listening): readonly string[] => seen.map(({ type }) => type)

describe('the life of an order', () => {
  test('is told event by event, each with the order as it was then', async () => {
    const { ledger, client, trade, head } = await streaming()
    const before = await head()
    const order = await trade('a', '0.4')
    await ledger.write('gateway', orderStream(order), filled(order, '0.6', 't2'))
    const one = client({ query: `?after=${before.toString()}` })
    const frames = await one.count(6)
    expect(frames.map(({ type, data }) => [type, data['status'], data['filledQuantity']])).toEqual([
      ['order.placed', 'pendingRisk', '0'],
      ['order.approved', 'approved', '0'],
      ['order.submitted', 'submitting', '0'],
      ['order.accepted', 'accepted', '0'],
      ['order.partiallyFilled', 'partiallyFilled', '0.4'],
      ['order.filled', 'filled', '1'],
    ])
    for (const text of one.texts) expect(E.isRight(StreamFrame.decode(JSON.parse(text)))).toBe(true)
    expect(frames.map(({ logPosition }) => BigInt(logPosition) - before)).toEqual(
      [1, 2, 3, 4, 5, 6].map(BigInt),
    )
    // The last is what REST shows; and what the fill itself says stands beside it.
    const { body } = await ledger.send(`/v1/orders/${order}`)
    expect(body).toMatchObject(frames[5]?.data ?? {})
    expect((body['timeline'] as readonly unknown[])[5]).toEqual(frames[5]?.event)
    expect(frames[5]?.event).toMatchObject({ type: 'OrderFilled', tradeId: 't2', quantity: '0.6' })
  })
  test('is told the same while it happens as afterwards', async () => {
    const { client, trade, head } = await streaming()
    const before = await head()
    const live = client()
    await new Promise((done) => live.line.once('open', done))
    await trade('a')
    await live.count(5)
    const later = client({ query: `?after=${before.toString()}` })
    await later.count(5)
    expect(later.texts).toEqual(live.texts)
  })
  test('ends with why it was denied', async () => {
    const { ledger, client, head } = await streaming()
    const one = client({ query: `?after=${(await head()).toString()}` })
    const order = idOf(await ledger.place(limitBuy, 'a'))
    await ledger.write('risk-guard', riskStream(main), denied(order))
    const [, frame] = await one.count(2)
    expect(frame).toMatchObject({
      type: 'order.denied',
      data: { id: order, status: 'denied', reason: { code: 'orderNotional' } },
    })
  })
})

describe('beside orders', () => {
  test('money, books, instruments and kill switches are told', async () => {
    const { ledger, client } = await streaming()
    const one = client({ query: '?after=0' })
    await ledger.write('api', accountStream('main' as AccountId), {
      type: 'FundsDeposited',
      account: 'main' as AccountId,
      book: main,
      currency: 'USDT' as Currency,
      amount: money('12.5'),
      reason: 'savings' as Line,
    })
    await ledger.write('api', riskStream(main), {
      type: 'KillSwitchEngaged',
      book: main,
      killSwitchId: '00000000-0000-8000-8000-000000000001' as KillSwitchId,
      scope: {},
      mode: 'halt',
      reason: 'stop' as Line,
    })
    await one.until(() => types(one).includes('killSwitch.engaged'))
    expect(types(one)).toEqual([
      'book.opened',
      'account.opened',
      'funds.deposited',
      'instrument.listed',
      'funds.deposited',
      'killSwitch.engaged',
    ])
    expect(one.seen[1]?.data).toMatchObject({ id: 'main', currency: 'USDT', balances: {} })
    expect(one.seen[4]?.data).toMatchObject({ account: 'main', amount: '12.5', type: 'deposit' })
    const { body } = await ledger.send('/v1/risk')
    expect((body['killSwitches'] as readonly unknown[])[0]).toEqual(one.seen[5]?.data)
    const listed = (await ledger.send('/v1/instruments')).body['data'] as readonly unknown[]
    expect(listed[0]).toEqual(one.seen[3]?.data)
  })
  test('nobody is told who has which key', async () => {
    const { ledger, client, head } = await streaming()
    const one = client({ query: '?after=0' })
    await ledger.issueKey('rita', 'risk')
    await list(ledger, 'ETH/USDT')
    await one.until(() => types(one).filter((type) => type === 'instrument.listed').length === 2)
    expect(one.texts.join('')).not.toMatch(/secretHash|keyId|rita/)
    expect(one.seen.at(-1)?.logPosition).toBe((await head()).toString())
  })
  test('nothing is told from before now, where no position is named', async () => {
    const { client, trade, port } = await streaming()
    await trade('a')
    const one = client()
    await new Promise((done) => one.line.once('open', done))
    const order = await trade('b')
    await one.count(5)
    expect(one.seen.map(({ data }) => data['id'])).toEqual(Array(5).fill(order))
    expect(port).toBeGreaterThan(0)
  })
})

describe('a filter', () => {
  test('by types lets only these through, a noun standing for all of its own', async () => {
    const { client, trade } = await streaming()
    await trade('a')
    const one = client({ query: '?after=0&types=book,order.filled,order.placed' })
    await one.count(3)
    expect(types(one)).toEqual(['book.opened', 'order.placed', 'order.filled'])
  })
  test('by account leaves out the others, and keeps what belongs to none', async () => {
    const { ledger, client, trade } = await streaming()
    await ledger.write('api', accountStream('second' as AccountId), {
      type: 'AccountOpened',
      account: 'second' as AccountId,
      book: main,
      currency: 'USDT' as Currency,
      leverage: (10n ** 18n) as never,
      costBasis: 'average',
    })
    await ledger.caughtUp()
    const one = client({ query: '?after=0&account=second' })
    await trade('a')
    const order = idOf(await ledger.place({ ...limitBuy, account: 'second' }, 'b'))
    await one.until(() => types(one).includes('order.placed'))
    expect(types(one)).toEqual([
      'book.opened',
      'instrument.listed',
      'account.opened',
      'order.placed',
    ])
    expect(one.seen[3]?.data).toMatchObject({ id: order, account: 'second' })
  })
})
