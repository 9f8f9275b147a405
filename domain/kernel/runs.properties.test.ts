import { expect } from 'vitest'
import { runsBy } from '#domain/kernel/runs'
import { fc, prop } from '#testing/prop'

prop(
  'runs are whole neighbours of one key, and joined they are the list again',
  fc.tuple(fc.array(fc.nat({ max: 3 })), fc.integer({ min: 1, max: 5 })),
  ([list, most]) => {
    const runs = runsBy(list, String, most)
    expect(runs.flat()).toStrictEqual(list)
    for (const [index, run] of runs.entries()) {
      expect(run.length).toBeLessThanOrEqual(most)
      expect(new Set(run).size).toBe(1)
      const before = runs[index - 1]
      // A run ends for a reason only.
      if (before !== undefined && before.length < most) expect(before[0]).not.toBe(run[0])
    }
  },
)
