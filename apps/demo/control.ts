/** The risk officer at work: what she asks for, and when it takes effect. */
import { setTimeout } from 'node:timers/promises'
import type { Client } from './client.ts'
import { done } from './people.ts'

export interface Proposal {
  readonly id: string
  readonly state: 'pending' | 'effective' | 'refused'
  readonly effectiveAt: string | null
  readonly reason: string
}
export interface Asked {
  readonly what: string
  readonly status: number
  readonly proposal: Proposal
}

export const changeLimits = async (
  rita: Client,
  what: string,
  limits: object,
  reason: string,
): Promise<Asked> => {
  const answer = await rita.request<Proposal>('PUT', '/v1/risk/limits', { limits, reason })
  return { what, status: answer.status, proposal: done(answer, what) }
}

interface Engaged {
  readonly id: string
}
export const engage = async (
  rita: Client,
  strategy: string,
  mode: 'reduce' | 'halt',
): Promise<Engaged> => {
  const body = {
    book: 'main',
    scope: { strategy },
    action: 'engage',
    mode,
    reason: 'the demonstration shows that it stops',
  }
  return done(await rita.request<Engaged>('POST', '/v1/risk/kill-switch', body), 'the kill switch')
}
export const release = async (rita: Client, { id }: Engaged, what: string): Promise<Asked> => {
  const body = { book: 'main', id, action: 'release', reason: 'it has shown that it stops' }
  const answer = await rita.request<Proposal>('POST', '/v1/risk/kill-switch', body)
  return { what, status: answer.status, proposal: done(answer, what) }
}

const lookEveryMs = 250
/** How it stands with what was asked, when all of it has been decided, or it is not waited for any longer. */
export const settledBy = async (
  client: Client,
  asked: readonly Asked[],
  goesOn: () => boolean,
): Promise<readonly Proposal[]> => {
  for (;;) {
    const all = await client.all<Proposal>('/v1/risk/proposals')
    const ours = asked.flatMap(({ proposal }) => all.filter(({ id }) => id === proposal.id))
    if (!goesOn() || ours.every(({ state }) => state !== 'pending')) return ours
    await setTimeout(lookEveryMs)
  }
}
