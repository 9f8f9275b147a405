/**
 * The guard killed at random moments under load, begun again from snapshots, from nothing and from damaged ones.
 * A short form of it here; `make torture-guard` kills it 200 times.
 */
import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { dice } from '#apps/demo/strategies/prices'
import { openTortureWorld, type TortureWorld } from '#apps/risk-guard/testing/torture'
import { tortureFindings } from '#apps/risk-guard/testing/torture-judge'

const kills = Number(process.env['DAYBOOK_TORTURE_KILLS'] ?? '10')
const seed = Number(process.env['DAYBOOK_TORTURE_SEED'] ?? Date.now() % 1_000_000)
const setupMs = 120_000
const killMs = 5_000

/** What is done to the snapshot before the next guard starts. */
const damages: readonly (readonly [string, string | undefined])[] = [
  ['as it is', undefined],
  ['gone', 'delete from ops.snapshots'],
  ['as it is', undefined],
  ['gone', 'delete from ops.snapshots'],
  ['with a byte changed', 'update ops.snapshots set body = set_byte(body, 300, 7)'],
  ['gone', 'delete from ops.snapshots'],
  ['as it is', undefined],
  ['of another log', 'update ops.snapshots set event_id = gen_random_uuid()'],
  ['as it is', undefined],
  ['cut short', 'update ops.snapshots set body = substring(body from 1 for 1000)'],
]

let world: TortureWorld | undefined
afterEach(() => world?.close())

test(
  `killed ${String(kills)} times at random moments, its log keeps I7 to I12 (seed ${String(seed)})`,
  async () => {
    world = await openTortureWorld('PostgreSQL', seed)
    const roll = dice(seed)
    let working = 0
    for (let kill = 0; kill < kills; kill += 1) {
      const [, damage] = damages[kill % damages.length] ?? []
      if (damage !== undefined) await world.sql(damage)
      const guard = world.startGuard()
      // Some die while they start, the others at work.
      if (roll(4) > 0) await guard.ready
      await setTimeout(roll(600))
      if (guard.isReady()) working += 1
      guard.kill('SIGKILL')
      await guard.ended
    }
    world.startGuard()
    await world.load.stop()
    await world.quiet()
    const events = await world.events()
    expect(tortureFindings(events)).toStrictEqual([])
    expect(world.complaints()).toStrictEqual([])
    expect(world.heard('THE SNAPSHOT IS WRONG')).toBe(0)
    expect(world.heard('goes on from a snapshot')).toBeGreaterThan(0)
    expect(working).toBeGreaterThan(kills / 3)
    expect(events.filter(({ event }) => event.type === 'OrderApproved').length).toBeGreaterThan(
      kills,
    )
    process.stdout.write(
      `${String(kills)} kills, ${String(working)} of them at work: ${String(events.length)} events, ` +
        `${String(world.heard('goes on from a snapshot'))} starts from snapshots, ` +
        `${String(world.heard('the snapshot is thrown away'))} snapshots thrown away\n`,
    )
  },
  setupMs + kills * killMs,
)
