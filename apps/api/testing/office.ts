/** A book that two persons run: those who may, what they ask for, and what its guard makes of it. */
import * as E from 'fp-ts/lib/Either.js'
import type { ControlRefused } from '#schemas/events/risk'
import type { Ledger, Sent, Told } from '#apps/api/testing/ledger'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import type { RulingEvent } from '#apps/api/proposals'
import { fixedClock } from '#domain/testing/fixed'
import { ProposalReply } from '#schemas/api/control'
import { RiskReply } from '#schemas/api/risk'
import { riskStream } from '#schemas/streams'
import type { BookId, Code, KillSwitchId, Line, ProposalId } from '#schemas/values/ids'

export const pair = 'pair' as BookId
const at = fixedClock('2026-01-05T12:00:00Z').now()
export const ruling = { book: pair, rules: 4, basis: { count: 1 }, at, clock: at } as const

export interface Office extends Ledger {
  readonly keys: Readonly<Record<'ann' | 'ben' | 'kim', string>>
}
/** A book of two persons; ann, ben and kim have the role risk, and kim trades as well. */
export const office = async (): Promise<Office> => {
  const ledger = await ledgerWith({ clock: fixedClock('2026-01-05T12:00:00Z') })
  await ledger.post('/v1/books', { id: 'pair', currency: 'USDT' }, 'b')
  const ann = await ledger.issueKey('ann', 'risk')
  const ben = await ledger.issueKey('ben', 'risk')
  const kim = await ledger.issueKey('kim', 'risk', 'trader')
  await ledger.caughtUp()
  return { ...ledger, keys: { ann, ben, kim } }
}
export type Who = keyof Office['keys']

let made = 0
export const put = (
  to: Office,
  who: Who,
  what: 'limits' | 'control',
  body: object,
  name = `n${String((made += 1))}`,
) =>
  to.post(`/v1/risk/${what}`, { book: 'pair', reason: 'a test', ...body }, name, {
    method: 'PUT',
    key: to.keys[who],
  })
export const loosen = (to: Office, who: Who) =>
  put(to, who, 'limits', { limits: { maxOpenOrders: 300 } })
export const endorse = (
  to: Office,
  who: Who,
  id: unknown,
  name = `n${String((made += 1))}`,
  path = 'proposals',
) =>
  to.post(`/v1/risk/${path}/${String(id)}/endorse`, { reason: 'I agree' }, name, {
    key: to.keys[who],
  })
export const kill = (to: Office, who: Who, body: object, name?: string, sent: Sent = {}) =>
  to.post(
    '/v1/risk/kill-switch',
    { book: 'pair', reason: 'odd', ...body },
    name ?? `n${String((made += 1))}`,
    { key: to.keys[who], ...sent },
  )
export const engaged = async (to: Office, who: Who, scope: object = {}): Promise<string> => {
  const told = await kill(to, who, { action: 'engage', scope })
  await to.caughtUp()
  return String(told.body['id'])
}

/** What its guard makes of a proposal as soon as somebody endorses it. */
export const ruled = async (
  to: Office,
  id: unknown,
  of: (id: ProposalId) => RulingEvent,
): Promise<void> => {
  const proposal = id as ProposalId
  while (to.knowledge.directory.proposal(proposal)?.endorsements.length === 0)
    await new Promise((resolve) => setImmediate(resolve))
  await to.write('risk-guard', riskStream(pair), of(proposal))
  await to.caughtUp()
}
export const sets = (proposalId: ProposalId) =>
  ({ type: 'RiskLimitsSet', ...ruling, proposalId, limits: { maxOpenOrders: 300 } }) as const
export const changes = (proposalId: ProposalId) =>
  ({ type: 'ControlChanged', ...ruling, proposalId, control: 'single' }) as const
export const releases =
  (...ids: readonly string[]) =>
  (proposalId: ProposalId) =>
    ({
      type: 'KillSwitchReleased',
      ...ruling,
      proposalId,
      killSwitchIds: ids as readonly KillSwitchId[],
    }) as const
export const refuses = (proposalId: ProposalId): ControlRefused => ({
  type: 'ControlRefused',
  ...ruling,
  proposalId,
  reason: { code: 'superseded' as Code, message: 'A later proposal sets them.' as Line },
})

export const viewOf = (told: Told): ProposalReply => {
  const decoded = ProposalReply.decode(told.body)
  if (E.isLeft(decoded)) throw new Error(told.text)
  return decoded.right
}
export const said = ({ status, body }: Told): readonly unknown[] => [
  status,
  body['code'] ?? body['state'],
]
export const riskOf = async (to: Ledger): Promise<RiskReply> => {
  const decoded = RiskReply.decode((await to.send('/v1/risk?book=pair')).body)
  if (E.isLeft(decoded)) throw new Error('no risk')
  return decoded.right
}
export const endorsementsIn = async (to: Ledger): Promise<number> =>
  (await to.events()).filter(({ event }) => event.type.endsWith('Endorsed')).length
