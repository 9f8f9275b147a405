/** A guard folds what it has decided batch by batch, whoever reads the log event by event: both know the same. */
import { describe, expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { faultsIn, openStage, type Stage, type TestGuard } from '#apps/risk-guard/testing/stage'
import { digestOf } from '#domain/risk/snapshot'
import { type Standings, standingsFold } from '#domain/risk/standing'
import { proposed } from '#domain/risk/testing/control-words'

const many = 10_000
const digest = (standings: Standings): string => {
  const state = standings.state()
  return state === undefined ? 'entered' : digestOf(state, sha256)
}
const folded = async (stage: Stage): Promise<Standings> => {
  const standings = standingsFold()
  for (const recorded of await stage.events()) standings.apply(recorded)
  return standings
}
/** Three batches of orders, all different, within a little more than the window of a second. */
const givenBatches = async (): Promise<{ readonly stage: Stage; readonly guard: TestGuard }> => {
  const stage = await openStage({
    maxLogLagMs: many * many,
    duplicateWindowMs: 1000,
    maxOrdersPerSecond: many,
    maxOrdersPerMinute: many,
    maxOpenOrders: many,
  })
  const guard = stage.guard()
  await guard.read()
  let n = 0
  for (const orders of [38, 33, 50]) {
    stage.trade('65000')
    for (const last = n + orders; n < last; n += 1)
      await stage.ask(n, { quantity: '0.001', at: String(60_000 + n) })
    await guard.read()
    await guard.read()
    stage.clock.advance(600)
  }
  return { stage, guard }
}

describe('given a guard that has decided many orders at once, some of them longer ago than the window', () => {
  test('when the window grows and the first comes again, then its decision derives', async () => {
    const { stage, guard } = await givenBatches()
    await stage.write(proposed(1, { duplicateWindowMs: 3_600_000 }))
    await guard.read()
    stage.trade('65000')
    await stage.ask(500, { quantity: '0.001', at: '60000' })
    await guard.read()
    expect((await stage.decisions()).at(-1)).toMatch(/^500: /)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('when a snapshot is taken, then it is what a fold of the log comes to', async () => {
    const { stage, guard } = await givenBatches()
    expect(digest(guard.guard.standings)).toBe(digest(await folded(stage)))
  })
})
