import { expect } from 'vitest'
import { faultsIn, openStage } from '#apps/risk-guard/testing/stage'
import { engaged } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import { Line } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const scripts = ['a', 'é', '価', '🛑', '"', '\\', '…']
const reason = fc
  .array(fc.constantFrom(...scripts), { minLength: 1, maxLength: 500, size: 'max' })
  .map((letters) => letters.join(''))
  .filter(Line.is)

prop(
  'however many orders a kill switch stops, and whatever its reason is written in, each is decided',
  fc.record({ reason, orders: fc.integer({ min: 40, max: 120 }) }),
  async ({ reason: said, orders }) => {
    const stage = await openStage()
    await stage.write({ ...engaged(1, 'reduce'), reason: said } as LedgerEvent)
    for (let n = 1; n <= orders; n += 1) await stage.ask(n)
    await stage.guard().read()
    expect((await stage.decisions()).length).toBe(orders)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  },
  { numRuns: 20 },
)
