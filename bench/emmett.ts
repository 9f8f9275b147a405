/** The peer: emmett-postgresql appending to new streams, as its own documentation does it. */
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { closedLoop, type Loop } from './harness.ts'

/** What we use of it; it is installed under bench/peers only, out of the reach of the type checker. */
interface EmmettStore {
  readonly appendToStream: (
    stream: string,
    events: readonly { readonly type: string; readonly data: object }[],
    options: { readonly expectedStreamVersion: string },
  ) => Promise<unknown>
  readonly close: () => Promise<void>
}
interface Emmett {
  readonly getPostgreSQLEventStore: (url: string) => EmmettStore
}

const peers = createRequire(new URL('./peers/package.json', import.meta.url))

export const appendByEmmett = async (url: string, callers: number): Promise<Loop> => {
  const path = peers.resolve('@event-driven-io/emmett-postgresql')
  const { getPostgreSQLEventStore } = (await import(pathToFileURL(path).href)) as Emmett
  const store = getPostgreSQLEventStore(url)
  const data = {
    account: 'b1',
    book: 'main',
    currency: 'USDT',
    amount: '1',
    reason: 'bench '.repeat(50),
  }
  const append = async (): Promise<void> => {
    await store.appendToStream(`account-${randomUUID()}`, [{ type: 'FundsDeposited', data }], {
      expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
    })
  }
  await append()
  const loop = await closedLoop(callers, append)
  await store.close()
  return loop
}
