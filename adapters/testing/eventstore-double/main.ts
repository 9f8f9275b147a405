/** The double as a program: `tsx main.ts --port 2113 --file events.jsonl`. It says where it listens. */
import { parseArgs } from 'node:util'
import { openDouble } from './double.ts'
import { type Faults, noFaults } from './faults.ts'

/** What a parent may ask for over the IPC channel, of every node; each is answered. */
export type Order =
  | { readonly faults: Partial<Faults> }
  | { readonly do: 'cut' | 'endReads' | 'endBatches' | 'scavenge' | 'tell' }
  /** The node that leads; the others send there whoever wants the leader. */
  | { readonly leader: number }
export interface Told {
  /** Events given to readers so far, by all nodes. */
  readonly written: number
  /** Of the first node. */
  readonly calls: Readonly<Record<string, number>>
}

/** `--port 0,0`: as many nodes of one cluster. */
const { values } = parseArgs({ options: { port: { type: 'string' }, file: { type: 'string' } } })
const [port = 0, ...others] = (values.port ?? '0').split(',').map(Number)
const first = await openDouble({
  port,
  ...(values.file === undefined ? {} : { file: values.file }),
})
const nodes = [first]
for (const other of others) nodes.push(await openDouble({ port: other, store: first.store }))

const lead = (leader: number): void => {
  const there = { host: '127.0.0.1', port: nodes[leader]?.port() ?? 0 }
  for (const [n, { faults }] of nodes.entries()) faults.leader = n === leader ? undefined : there
}
lead(0)

const obey = (order: Order): void => {
  if ('leader' in order) lead(order.leader)
  else if ('faults' in order) {
    for (const { faults } of nodes) {
      Object.assign(faults, { ...noFaults(), leader: faults.leader }, order.faults)
    }
  } else if (order.do === 'scavenge') first.store.scavenge()
  else if (order.do !== 'tell') for (const node of nodes) node[order.do]()
}
process.on('message', (order: Order) => {
  obey(order)
  const written = nodes.reduce((sum, { counts }) => sum + counts.written, 0)
  process.send?.({ written, calls: first.counts.calls } satisfies Told)
})
// Whoever started it has gone.
process.on('disconnect', () => process.exit(0))
process.stdout.write(`${first.url()}\n`)
process.send?.({ urls: nodes.map((node) => node.url()) })
