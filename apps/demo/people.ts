/** Who takes part, each with a key of his own, and the accounts that are opened and filled for it. */
import { type Answer, type Client, openClient } from './client.ts'

export interface People {
  /** Admits the others; all that the ledger knows at first. */
  readonly owner: Client
  /** Trade: one the spot desk, the other the contracts. */
  readonly ada: Client
  readonly ben: Client
  /** Sets limits, and releases what she has stopped. */
  readonly rita: Client
  /** Opens accounts, and moves money. */
  readonly otto: Client
  /** Reads, and does nothing else. */
  readonly audrey: Client
  readonly keys: Readonly<Record<string, Issued>>
}
interface Issued {
  readonly id: string
  readonly key: string
}

/**
 * Contracts are netted by account at the venue: two strategies that hold one against each other cannot both get out by
 * orders that only reduce. So whoever makes the market in them has an account of his own.
 */
export const spotDesk = 'spot_desk'
export const contractDesk = 'contract_desk'
export const quoteDesk = 'quote_desk'
export const desks = [spotDesk, contractDesk, quoteDesk] as const

const roles = {
  ada: ['trader'],
  ben: ['trader'],
  rita: ['risk'],
  otto: ['operator'],
  audrey: ['auditor'],
} as const

/** What was asked is done, or there is nothing to show. */
export const done = <Body>({ status, body }: Answer<Body>, what: string): Body => {
  if (status >= 300) throw new Error(`${what}: ${String(status)} ${JSON.stringify(body)}`)
  return body
}

export const admitPeople = async (url: string, ownerKey: string): Promise<People> => {
  const owner = openClient(url, ownerKey)
  const keys: Record<string, Issued> = {}
  for (const [person, of] of Object.entries(roles)) {
    const reason = 'takes part in the demonstration'
    const body = { person, roles: of, reason }
    keys[person] = done(
      await owner.request<Issued>('POST', '/v1/keys', body),
      `a key for ${person}`,
    )
  }
  const client = (person: string): Client => openClient(url, keys[person]?.key ?? '')
  const [ada, ben, rita] = [client('ada'), client('ben'), client('rita')]
  return { owner, ada, ben, rita, otto: client('otto'), audrey: client('audrey'), keys }
}

const moves = [
  [spotDesk, 'deposits', 'USDT', '150000'],
  [contractDesk, 'deposits', 'USDT', '60000'],
  [contractDesk, 'deposits', 'BTC', '0.5'],
  [quoteDesk, 'deposits', 'USDT', '20000'],
  [contractDesk, 'withdrawals', 'USDT', '10000'],
] as const

export const openAccounts = async ({ otto }: People): Promise<void> => {
  for (const [id, leverage] of [
    [spotDesk, '1'],
    [contractDesk, '3'],
    [quoteDesk, '2'],
  ] as const) {
    const body = { id, book: 'main', currency: 'USDT', leverage }
    done(await otto.request('POST', '/v1/accounts', body), `the account ${id}`)
  }
  for (const [account, way, currency, amount] of moves) {
    const path = `/v1/accounts/${account}/${way}`
    done(await otto.request('POST', path, { currency, amount }), `${way} of ${account}`)
  }
}
