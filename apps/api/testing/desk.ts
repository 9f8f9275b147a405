/** A ledger with several persons at work in it: each with a role of his own, and things that are theirs. */
import type { Ledger, LedgerSettings } from '#apps/api/testing/ledger'
import { idOf, ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import { accepted, approved, filled, main, submitted } from '#apps/api/testing/words'
import { orderStream, riskStream } from '#schemas/streams'
import type { OrderId } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'

const everyRole: readonly Role[] = ['trader', 'risk', 'operator', 'auditor', 'admin']

export interface Desk extends Ledger {
  /** A key with exactly these roles, of a person of that name. */
  readonly keyWith: (...roles: readonly Role[]) => Promise<string>
  /** Every role but these. */
  readonly keyWithout: (...roles: readonly Role[]) => Promise<string>
  /** Tess trades: this order of hers is working, that one is filled. */
  readonly tess: { readonly key: string; readonly working: OrderId; readonly filled: OrderId }
  /** A kill switch that stands. */
  readonly killSwitch: string
  /** Limits that the owner proposes and that wait; beside it there is a book `pair` under dual control. */
  readonly proposal: string
}

export const deskWith = async (settings: LedgerSettings = {}): Promise<Desk> => {
  const ledger = await ledgerWith(settings)
  const keyWith = async (...roles: readonly Role[]): Promise<string> => {
    const key = await ledger.issueKey(['p', ...roles].join('_').slice(0, 32), ...roles)
    await ledger.caughtUp()
    return key
  }
  const key = await ledger.issueKey('tess', 'trader')
  await ledger.caughtUp()
  const order = async (name: string): Promise<OrderId> => {
    const id = idOf(await ledger.place(limitBuy, name, { key }))
    await ledger.write('risk-guard', riskStream(main), approved(id))
    await ledger.write('gateway', orderStream(id), submitted(id), accepted(id))
    return id
  }
  const working = await order('working')
  const done = await order('filled')
  await ledger.write('gateway', orderStream(done), filled(done, '1.5'))
  const body = { action: 'engage', reason: 'before', scope: { strategy: 'other' } }
  const engaged = await ledger.send('/v1/risk/kill-switch', { method: 'POST', body })
  const proposed = await ledger.post(
    '/v1/risk/limits',
    { limits: { maxOpenOrders: 250 }, reason: 'before' },
    'proposal',
    { method: 'PUT' },
  )
  await ledger.post('/v1/books', { id: 'pair', currency: 'USDT' }, 'pair')
  await ledger.caughtUp()
  return {
    ...ledger,
    keyWith,
    keyWithout: (...roles) => keyWith(...everyRole.filter((role) => !roles.includes(role))),
    tess: { key, working, filled: done },
    killSwitch: String(engaged.body['id']),
    proposal: String(proposed.body['id']),
  }
}
