/** What the ledger shows at one moment: marks, PnL, balances and positions that belong together. */
import { setTimeout } from 'node:timers/promises'
import type { Client } from './client.ts'
import type { Json } from './judge/log-row.ts'
import { units } from './judge/decimals.ts'
import type { PnlShown } from './judge/pnl.ts'

export interface Showing extends PnlShown {
  /** All of it is of the log up to here. */
  readonly upTo: bigint
  readonly balances: readonly Json[]
  readonly positions: readonly Json[]
}
interface Listed {
  readonly data: readonly Json[]
}
interface Instrument {
  readonly id: string
  readonly symbol: string
  readonly mark: string | null
}

const tries = 400
/** Marks move while one asks for what is valued by them: asked again, until they stood still meanwhile. */
export const showingOf = async (client: Client, accounts: readonly string[]): Promise<Showing> => {
  for (let n = 0; n < tries; n += 1) {
    const before = await standing(client)
    const shown = await ask(client, accounts, before.head)
    const after = await standing(client)
    if (JSON.stringify(before) === JSON.stringify(after)) {
      const marks = before.marks.map(([symbol, mark]) => [symbol, units(mark)] as const)
      return { upTo: BigInt(before.head), marks: new Map(marks), ...shown }
    }
    await setTimeout(n)
  }
  throw new Error('the marks never stood still for long enough to compare what is valued by them')
}

const standing = async (client: Client) => {
  const { body } = await client.ask<{ readonly head: string }>('GET', '/v1/status')
  const instruments = await client.all<Instrument>('/v1/instruments')
  const marks = instruments.flatMap(({ symbol, mark }) =>
    mark === null ? [] : [[symbol, mark] as const],
  )
  return { head: body.head, marks }
}
const ask = async (client: Client, accounts: readonly string[], head: string) => {
  const lists = await Promise.all(
    accounts.map((account) =>
      client.all<Json & { readonly id: string }>(`/v1/pnl?account=${account}&after=${head}`),
    ),
  )
  const balances = await client.ask<Listed>('GET', '/v1/balances')
  const positions = await client.all<Json & { readonly id: string }>(`/v1/positions?after=${head}`)
  return { rows: lists.flat(), balances: balances.body.data, positions }
}
