/** What is not anybody's to do, tried by each of them, and what the ledger answers. */
import { randomUUID } from 'node:crypto'
import { type Answer, type Client, openClient } from './client.ts'
import { contractDesk, type People, spotDesk } from './people.ts'

export interface Refusal {
  readonly who: string
  readonly does: string
  readonly expected: string
  readonly answered: string
}
interface Problem {
  readonly code?: string
  readonly id?: string
}

const order = {
  account: spotDesk,
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  quantity: '0.001',
}
const limits = { limits: { maxOrderNotional: '1000000' }, reason: 'more' }
const said = ({ status, body }: Answer<Problem>): string =>
  `${String(status)} ${body.code ?? ''}`.trim()

type Case = readonly [string, string, string, () => Promise<Answer<Problem>>]

/** `restingOrder` is one of ada's that is open. */
export const tryWhatIsForbidden = async (
  people: People,
  restingOrder: string,
): Promise<readonly Refusal[]> => {
  const { ada, ben, rita, otto, audrey } = people
  const deposit = { currency: 'USDT', amount: '1' }
  const release = { book: 'main', action: 'release', reason: 'no' }
  const key = { person: 'mallory', roles: ['admin'] }
  const tooMuch = { currency: 'USDT', amount: '1000000000' }
  const cases: readonly Case[] = [
    [
      'audrey',
      'places an order',
      '403 forbidden',
      () => audrey.request('POST', '/v1/orders', order),
    ],
    [
      'audrey',
      'releases kill switches',
      '403 forbidden',
      () => audrey.request('POST', '/v1/risk/kill-switch', release),
    ],
    ['rita', 'places an order', '403 forbidden', () => rita.request('POST', '/v1/orders', order)],
    ['ada', 'changes limits', '403 forbidden', () => ada.request('PUT', '/v1/risk/limits', limits)],
    [
      'ada',
      'moves money',
      '403 forbidden',
      () => ada.request('POST', `/v1/accounts/${spotDesk}/deposits`, deposit),
    ],
    [
      'ben',
      "cancels ada's order",
      '403 forbidden',
      () => ben.ask('DELETE', `/v1/orders/${restingOrder}`),
    ],
    ['otto', 'issues a key', '403 forbidden', () => otto.request('POST', '/v1/keys', key)],
    [
      'otto',
      'withdraws more than is free',
      '409 insufficientFunds',
      () => otto.request('POST', `/v1/accounts/${contractDesk}/withdrawals`, tooMuch),
    ],
    [
      'ada',
      'has a key used again for another order',
      '422 idempotencyKeyReused',
      () => placedTwice(ada),
    ],
  ]
  const refusals: Refusal[] = []
  for (const [who, does, expected, tried] of cases)
    refusals.push({ who, does, expected, answered: said(await tried()) })
  return refusals
}

const placedTwice = async (ada: Client): Promise<Answer<Problem>> => {
  const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=5' }
  await ada.ask('POST', '/v1/orders', { ...order, strategy: 'rebalancer' }, headers)
  return ada.ask('POST', '/v1/orders', { ...order, quantity: '0.002' }, headers)
}

/** Her key is revoked, and opens nothing any more. */
export const revokeAuditor = async (url: string, people: People): Promise<readonly Refusal[]> => {
  const { owner, keys } = people
  const revoked = await owner.ask<Problem>('DELETE', `/v1/keys/${keys['audrey']?.id ?? ''}`)
  const after = await people.audrey.ask<Problem>('GET', '/v1/orders')
  const nobody = await openClient(url, '').ask<Problem>('GET', '/v1/orders')
  return [
    { who: 'owner', does: "revokes audrey's key", expected: '200', answered: said(revoked) },
    { who: 'audrey', does: 'reads', expected: '401 unauthenticated', answered: said(after) },
    { who: 'nobody', does: 'reads', expected: '401 unauthenticated', answered: said(nobody) },
  ]
}
