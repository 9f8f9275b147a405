/** Whatever limits a person may ask for, in whatever order: each request is ruled on, and each exit decided. */
import { expect } from 'vitest'
import { openStage } from '#apps/risk-guard/testing/stage'
import { faultsInLimits } from '#domain/risk/control'
import { anyLimits } from '#domain/risk/testing/any-limits'
import { proposed } from '#domain/risk/testing/control-words'
import { filled } from '#domain/risk/testing/words'
import type { PersonId } from '#schemas/values/ids'
import type { LimitOverride, Limits } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

/** As the API lets them through: what has a fault is not recorded. */
const allowed = (limits: Limits): boolean => faultsInLimits(limits).length === 0
/** Each part once, most of the time, so that some of it is set. */
const once = ({ overrides, ...limits }: Limits): Limits =>
  overrides === undefined ? limits : { ...limits, overrides: overrides.reduce(withPart, []) }
const withPart = (some: readonly LimitOverride[], each: LimitOverride): readonly LimitOverride[] =>
  allowed({ overrides: [...some, each] }) ? [...some, each] : some

prop(
  'an exit is decided under whatever limits are set, one after the other, and behind whatever orders',
  fc.record({
    requests: fc.array(anyLimits.map(once).filter(allowed), { minLength: 1, maxLength: 4 }),
    quantities: fc.array(fc.constantFrom('0.0001', '1', '99999999'), { maxLength: 3 }),
    restarts: fc.boolean(),
  }),
  async ({ requests, quantities, restarts }) => {
    const stage = await openStage()
    await stage.write(filled(1, { quantity: '1', at: '65000' }))
    const first = stage.guard()
    await first.read()
    for (const [index, limits] of requests.entries())
      await stage.write(proposed(index + 1, limits), 'risky' as PersonId)
    for (const [index, quantity] of quantities.entries()) await stage.ask(index + 2, { quantity })
    await stage.ask(9, { side: 'sell', quantity: '0.5', reduceOnly: true })
    await (restarts ? stage.guard() : first).read()
    const decided = await stage.decisions()
    expect(decided).toHaveLength(quantities.length + 1)
    expect(decided.at(-1)).toMatch(/^9: /)
  },
  { numRuns: 60 },
)
