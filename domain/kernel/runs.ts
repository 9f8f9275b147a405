/** A list as runs of neighbours that belong together. */
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'

/** In order, none of them empty; joined they are the list again. `most`: how long one may be. */
export const runsBy = <A>(
  list: readonly A[],
  keyOf: (item: A) => string,
  most = Number.POSITIVE_INFINITY,
): readonly ReadonlyNonEmptyArray<A>[] => {
  const runs: [A, ...A[]][] = []
  let last: string | undefined
  for (const item of list) {
    const key = keyOf(item)
    const run = runs.at(-1)
    if (run !== undefined && key === last && run.length < most) run.push(item)
    else runs.push([item])
    last = key
  }
  return runs
}
