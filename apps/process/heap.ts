/** How much memory a process of ours takes beyond what it holds. */
import { setFlagsFromString } from 'node:v8'

/**
 * V8 lets the old generation grow to four times what lived at its last collection, and keeps what it grew to. Reading a
 * million events leaves some 25 MB alive; this much more, in per cent of it, may be garbage before it is collected.
 */
const growthPercent = 50

/** V8 reads this at each collection, so that it counts from now on. */
export const keepHeapSmall = (): void =>
  setFlagsFromString(`--heap-growing-percent=${String(growthPercent)}`)
