import { describe, expect, test } from 'vitest'
import type { Ledger } from '#apps/api/testing/ledger'
import { idOf, ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import {
  accepted,
  approved,
  cancelled,
  denied,
  filled,
  main,
  submitted,
} from '#apps/api/testing/words'
import { orderStream, riskStream } from '#schemas/streams'
import type { OrderId } from '#schemas/values/ids'

describe('cancelling an order', () => {
  const resting = async (ledger: Ledger): Promise<OrderId> => {
    const id = idOf(await ledger.place(limitBuy, 'resting'))
    await ledger.write('risk-guard', riskStream(main), approved(id))
    await ledger.write('gateway', orderStream(id), submitted(id), accepted(id))
    await ledger.caughtUp()
    return id
  }
  const cancel = (ledger: Ledger, id: string, key?: string) =>
    ledger.send(`/v1/orders/${id}`, { method: 'DELETE', ...(key === undefined ? {} : { key }) })

  test('asks for it once, however often it is asked', async () => {
    const ledger = await ledgerWith()
    const id = await resting(ledger)
    const first = await cancel(ledger, id)
    expect(first).toMatchObject({ status: 202, body: { id, status: 'cancelPending' } })
    const before = await ledger.events()
    expect(before.at(-1)?.event).toMatchObject({ type: 'OrderCancelRequested', orderId: id })
    expect(before.at(-1)?.metadata.actor).toMatchObject({ person: 'owner', role: 'trader' })
    expect(await cancel(ledger, id)).toMatchObject({ status: 202, body: first.body })
    expect(await ledger.events()).toStrictEqual(before)
  })
  test('that has not been decided is possible', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place(limitBuy, 'k1'))
    expect(await cancel(ledger, id)).toMatchObject({ status: 202 })
  })
  test.each([
    ['filled', filled],
    ['cancelled', cancelled],
  ])('that is %s is refused', async (status, end) => {
    const ledger = await ledgerWith()
    const id = await resting(ledger)
    await ledger.write('gateway', orderStream(id), end(id, '1.5'))
    await ledger.caughtUp()
    const before = await ledger.events()
    expect(await cancel(ledger, id)).toMatchObject({
      status: 409,
      body: {
        code: 'orderEnded',
        detail: `Order ${id} is ${status}: there is nothing left to cancel.`,
      },
    })
    expect(await ledger.events()).toStrictEqual(before)
  })
  test('that was denied is refused', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place(limitBuy, 'k1'))
    await ledger.write('risk-guard', riskStream(main), denied(id))
    await ledger.caughtUp()
    expect(await cancel(ledger, id)).toMatchObject({ status: 409, body: { code: 'orderEnded' } })
  })
  test.each(['00000000-0000-8000-8000-000000000000', 'nonsense', '%00', 'a'.repeat(200)])(
    'that is unknown is not found: %s',
    async (id) => {
      const ledger = await ledgerWith()
      expect(await cancel(ledger, id)).toMatchObject({ status: 404, body: { code: 'notFound' } })
    },
  )
  test.each([
    [['trader'], 403],
    [['auditor'], 403],
    [['admin'], 403],
    [['risk'], 202],
    [['operator'], 202],
    [['trader', 'operator'], 202],
  ] as const)('of another person by %j answers %d', async (roles, status) => {
    const ledger = await ledgerWith()
    const id = await resting(ledger)
    const key = await ledger.issueKey('eve', ...roles)
    await ledger.caughtUp()
    const before = (await ledger.events()).length
    expect(await cancel(ledger, id, key)).toMatchObject({ status })
    expect((await ledger.events()).length - before).toBe(status === 202 ? 1 : 0)
  })
  test('goes on when a fill comes in between', async () => {
    const ledger = await ledgerWith()
    const id = await resting(ledger)
    const [told] = await Promise.all([
      cancel(ledger, id),
      ledger.write('gateway', orderStream(id), filled(id, '0.5')),
    ])
    expect(told.status).toBe(202)
    const types = (await ledger.events()).map(({ event }) => event.type)
    expect(types.filter((type) => type === 'OrderCancelRequested')).toHaveLength(1)
  })
})
