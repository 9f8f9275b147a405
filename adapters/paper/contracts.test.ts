import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Venue, VenueReport } from '#domain/kernel/venue'
import { fixedClock } from '#domain/testing/fixed'
import { after, clientOrderId, price, quantity, start } from '#domain/testing/paper'
import type { AccountId } from '#schemas/values/ids'
import { type Double, openDouble, type Said } from './testing/double.ts'
import { paperVenue } from './venue.ts'

const main = 'main' as AccountId
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

let double: Double
let venue: Venue
let reports: VenueReport[]
let wake = (): void => undefined
const until = async (enough: () => boolean): Promise<void> => {
  while (!enough()) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}
beforeEach(async () => {
  double = await openDouble()
  reports = []
  venue = paperVenue({
    url: double.url,
    clock: fixedClock(start),
    hash,
    answerMsMax: 80,
    retryMsMin: 1,
    retryMsMax: 5,
  })
  venue.listen((report) => {
    reports.push(report)
    wake()
  })
  await until(() => reports.length > 0)
})
afterEach(async () => {
  await venue.close()
  await double.close()
})

const answering = (answer: (said: Said) => object) => {
  double.react = (said, socket) => {
    socket.send(JSON.stringify({ request: said.request, ...answer(said) }))
  }
}
const stopOrder = {
  venueOrderId: '5',
  clientOrderId: clientOrderId(1),
  account: 'main',
  symbol: 'BTC/USDT:USDT',
  side: 'sell',
  orderType: 'stopLimit',
  timeInForce: 'gtd',
  quantity: '2',
  limitPrice: '99',
  stopPrice: '100',
  expireAt: '2026-01-06T00:00:00Z',
  triggered: false,
  postOnly: false,
  reduceOnly: true,
  status: 'open',
  filledTotal: '0',
  at: '2026-01-05T09:00:00Z',
}
const funding = (number: number) => ({
  number: String(number),
  fundingId: `2026-01-05T0${String(number)}:00:00Z`,
  account: 'main',
  symbol: 'BTC/USDT:USDT',
  quantity: '-2',
  markPrice: '100',
  rate: '0.0001',
  currency: 'USDT',
  amount: '0.02',
  at: '2026-01-05T08:00:00Z',
})
const amendment = { quantity: quantity('2'), limitPrice: price('99'), sendBy: after(1_000) }
const amend = (mayStillSend = () => true) =>
  venue.amend(main, clientOrderId(1), amendment, mayStillSend)

test('an amendment is sent once, if it may still be, and answers the order as it is then', async () => {
  answering(() => ({ type: 'order', order: stopOrder }))
  expect(await amend(() => false)).toMatchObject({ left: { _tag: 'NotSent' } })
  expect(await amend()).toMatchObject({
    right: { stopPrice: price('100'), limitPrice: price('99'), reduceOnly: true, triggered: false },
  })
  expect(double.heard).toStrictEqual([
    {
      type: 'amend',
      request: 2,
      account: 'main',
      clientOrderId: clientOrderId(1),
      quantity: '2',
      limitPrice: '99',
      sendBy: '2026-01-05T09:00:01Z',
    },
  ])
})
test('an amendment that is refused or not answered is told apart', async () => {
  answering(() => ({ type: 'refused', reason: { code: 'wouldTake', message: 'it would take' } }))
  expect(await amend()).toMatchObject({
    left: { _tag: 'VenueRefused', reason: { code: 'wouldTake' } },
  })
  double.react = () => undefined
  expect(await amend()).toMatchObject({ left: { _tag: 'VenueSilent' } })
})

test('funding payments are asked for page after page', async () => {
  answering(({ after: last }) => ({
    type: 'fundings',
    fundings: [funding(last === '0' ? 1 : 2)],
    more: last === '0',
  }))
  expect(await venue.fundings(main, start)).toMatchObject({
    right: [
      { fundingId: '2026-01-05T01:00:00Z', venueAt: after(-3_600_000), receivedAt: start },
      { fundingId: '2026-01-05T02:00:00Z', quantity: -2n * 10n ** 18n },
    ],
  })
  expect(double.heard.map(({ after: last }) => last)).toStrictEqual(['0', '1'])
})
test('a funding payment is news, as often as it is told', async () => {
  for (const socket of double.sockets)
    for (const frame of [1, 1])
      socket.send(JSON.stringify({ type: 'fundingBooked', funding: funding(frame) }))
  await until(() => reports.length === 3)
  expect(reports[1]).toStrictEqual(reports[2])
  expect(reports[1]).toMatchObject({
    type: 'funding',
    funding: { amount: 2n * 10n ** 34n, markPrice: price('100') },
  })
})
