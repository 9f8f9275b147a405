import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { doubled, logAt, writeTo } from './testing/stage.ts'

const strange = {
  id: crypto.randomUUID(),
  type: 'SomethingElse',
  contentType: 'application/json',
  data: Buffer.from('{"a":1}'),
  metadata: new Uint8Array(),
}
const filter = { prefixes: ['account-'], types: ['FundsDeposited'] } as const

test('a type that nobody knows stops also who wants others: it may be what he should have acted upon', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  await writeTo(log, 1)
  double.store.append('account-strange', 'noStream', [strange])
  const named = E.left({
    _tag: 'UnreadableEvent',
    type: 'SomethingElse',
    stream: 'account-strange',
  })
  const follower = log.subscribeAll(0n, filter)
  expect(E.isRight(await follower.next())).toBe(true)
  expect(await follower.next()).toMatchObject(named)
  const page = await log.readAll(0n, filter, 10)
  if (E.isLeft(page)) throw new Error(page.left.detail)
  expect(page.right).toMatchObject({ atHead: false })
  expect(await log.readAll(page.right.upTo, filter, 10)).toMatchObject(named)
  await follower.close()
})
test('in streams that are not followed it stops nobody', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  double.store.append('order-strange', 'noStream', [strange])
  await writeTo(log, 1)
  const page = await log.readAll(0n, filter, 10)
  expect(page).toMatchObject(E.right({ atHead: true, events: [{}] }))
})
