/** Two guards of one book, either of them frozen at any moment and let go on: whatever it was about to do, no harm is done. */
import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { dice } from '#apps/demo/strategies/prices'
import { openTortureWorld, type TortureWorld } from '#apps/risk-guard/testing/torture'
import { tortureFindings } from '#apps/risk-guard/testing/torture-judge'

const seed = Number(process.env['DAYBOOK_TORTURE_SEED'] ?? Date.now() % 1_000_000)
const rounds = 12
/** Longer than an order may wait to be sent, so that also what is decided late is met. */
const frozenMsMax = 1_500

let world: TortureWorld | undefined
afterEach(() => world?.close())

test.each(['PostgreSQL', 'EventStoreDB'] as const)(
  `two guards frozen in turn on %s decide each order once, and by the newest limits (seed ${String(seed)})`,
  async (engine) => {
    world = await openTortureWorld(engine, seed)
    const roll = dice(seed)
    const guards = [world.startGuard(), world.startGuard()]
    await Promise.all(guards.map(({ ready }) => ready))
    for (let round = 0; round < rounds; round += 1) {
      await setTimeout(roll(250))
      const guard = guards[roll(guards.length)]
      guard?.kill('SIGSTOP')
      await setTimeout(roll(frozenMsMax))
      guard?.kill('SIGCONT')
    }
    await world.load.stop()
    await world.quiet()
    const events = await world.events()
    expect(tortureFindings(events)).toStrictEqual([])
    expect(world.complaints()).toStrictEqual([])
    expect(world.heard('somebody wrote first')).toBeGreaterThan(0)
    expect(events.filter(({ event }) => event.type === 'OrderApproved').length).toBeGreaterThan(20)
  },
  120_000,
)
