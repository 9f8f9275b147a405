/** The double as a process of its own: `tsx main.ts --port 0 --file events.jsonl`; it says where it listens. */
import { parseArgs } from 'node:util'
import { openDouble } from './double.ts'
import { type Faults, noFaults } from './faults.ts'

const { values } = parseArgs({ options: { port: { type: 'string' }, file: { type: 'string' } } })
const double = await openDouble({
  port: Number(values.port ?? 0),
  ...(values.file === undefined ? {} : { file: values.file }),
})

/** What a parent may ask for over the IPC channel. */
export type Order =
  | { readonly faults: Partial<Faults> }
  | { readonly do: 'cut' | 'endReads' | 'endBatches' | 'scavenge' }

process.on('message', (order: Order) => {
  if ('faults' in order) Object.assign(double.faults, noFaults(), order.faults)
  else if (order.do === 'scavenge') double.store.scavenge()
  else double[order.do]()
  process.send?.({ done: order })
})
// Nobody would stop it otherwise.
process.on('disconnect', () => process.exit(0))
process.stdout.write(`${double.url()}\n`)
