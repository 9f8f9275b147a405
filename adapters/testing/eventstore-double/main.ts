/** The double as a program: `tsx main.ts --port 2113 --file events.jsonl`. It says where it listens. */
import { parseArgs } from 'node:util'
import { openDouble } from './double.ts'
import { type Faults, noFaults } from './faults.ts'

/** What a parent may ask for over the IPC channel; each is answered. */
export type Order =
  | { readonly faults: Partial<Faults> }
  | { readonly do: 'cut' | 'endReads' | 'endBatches' | 'scavenge' | 'tell' }
export interface Told {
  /** Events given to readers so far. */
  readonly written: number
  readonly calls: Readonly<Record<string, number>>
}

const { values } = parseArgs({ options: { port: { type: 'string' }, file: { type: 'string' } } })
const double = await openDouble({
  port: Number(values.port ?? 0),
  ...(values.file === undefined ? {} : { file: values.file }),
})

const obey = (order: Order): void => {
  if ('faults' in order) Object.assign(double.faults, noFaults(), order.faults)
  else if (order.do === 'scavenge') double.store.scavenge()
  else if (order.do !== 'tell') double[order.do]()
}
process.on('message', (order: Order) => {
  obey(order)
  const { written, calls } = double.counts
  process.send?.({ written, calls } satisfies Told)
})
// Whoever started it has gone.
process.on('disconnect', () => process.exit(0))
process.stdout.write(`${double.url()}\n`)
process.send?.({ url: double.url() })
