import { expect, test } from 'vitest'
import { directoryFold } from '#apps/api/directory'
import { uuidOf } from '#domain/testing/fixed'
import { testLog } from '#domain/risk/testing/log'
import { bookOpened, main, noon } from '#domain/risk/testing/words'
import type { KillSwitchId, Line } from '#schemas/values/ids'

test('tens of thousands of kill switches are folded one by one, and none looks at the others', () => {
  const log = testLog()
  const directory = directoryFold()
  directory.apply(log.append(bookOpened()))
  const opened = log.append(bookOpened())
  const [count, reason] = [40_000, 'odd' as Line]
  const engagement = (n: number) =>
    ({
      ...opened,
      position: BigInt(n + 10),
      event: {
        type: 'KillSwitchEngaged',
        book: main,
        killSwitchId: uuidOf<KillSwitchId>(n),
        scope: {},
        mode: 'reduce',
        reason,
      },
    }) as const
  const started = performance.now()
  for (let n = 0; n < count; n += 1) directory.apply(engagement(n))
  // One looked at for each of the others is 800 million steps.
  expect(performance.now() - started).toBeLessThan(2_000)
  directory.apply(engagement(7))
  expect(directory.book(main)?.killSwitches).toHaveLength(count)
  directory.apply({
    ...opened,
    event: {
      type: 'KillSwitchReleased',
      book: main,
      proposalId: uuidOf(1),
      rules: 1,
      basis: { count: 1 },
      at: noon,
      clock: noon,
      killSwitchIds: Array.from({ length: count - 2 }, (_, n) => uuidOf<KillSwitchId>(n)),
    },
  })
  expect(directory.book(main)?.killSwitches.map(({ event }) => event.killSwitchId)).toStrictEqual([
    uuidOf(count - 2),
    uuidOf(count - 1),
  ])
})
