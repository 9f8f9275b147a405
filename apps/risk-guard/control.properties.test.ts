import { expect, test } from 'vitest'
import { controlHolds, courseOf } from '#apps/risk-guard/testing/control-law'
import { fc, prop } from '#testing/prop'

/** In parts that end in time on a busy machine. */
for (const part of ['first', 'second', 'third', 'fourth', 'fifth'])
  prop(
    `whoever asks, agrees, engages, trades and sends beside two guards: I10 and I11 hold on the log (memory), ${part} part`,
    courseOf(40),
    async (course) => void (await controlHolds(course)),
    { numRuns: 30 },
  )

test('among such courses is everything that the law is about', async () => {
  const courses = fc.sample(courseOf(40), { seed: 20261120, numRuns: 20 })
  const seen = new Set<string>()
  for (const course of courses) {
    let control = 'single'
    for (const { event } of await controlHolds(course)) {
      if (event.type === 'ControlRefused') seen.add(event.reason.code)
      if (event.type === 'RiskLimitsSet' || event.type === 'KillSwitchReleased')
        seen.add(`${event.type}, ${control}`)
      if (event.type === 'ControlChanged') seen.add(`to ${(control = event.control)}`)
    }
  }
  expect([...seen].toSorted()).toStrictEqual([
    'KillSwitchReleased, dual',
    'KillSwitchReleased, single',
    'RiskLimitsSet, dual',
    'RiskLimitsSet, single',
    'controlUnchanged',
    'expired',
    'nothingToRelease',
    'superseded',
    'to dual',
    'to single',
  ])
})
