/** Ten thousand generated histories in each `make test`, a quarter in each of four files, so that workers share them. */
import { holdsByTheOracle } from '#domain/risk/testing/laws'
import { history } from '#domain/risk/testing/steps'
import { prop } from '#testing/prop'

/** Parts that end in time on a busy machine. */
const parts = 25
const historiesInPart = 100

export const heldToTheOracle = (quarter: string): void => {
  for (let part = 1; part <= parts; part += 1)
    prop(
      `what guards decide is what naive recomputation says, ${quarter} quarter, part ${String(part)}`,
      history,
      holdsByTheOracle,
      { numRuns: historiesInPart },
    )
}
