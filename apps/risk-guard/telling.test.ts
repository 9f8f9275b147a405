import { pino } from 'pino'
import { expect, test } from 'vitest'
import { tellBreaches } from '#apps/risk-guard/telling'
import type { Entry } from '#domain/risk/standing'
import { amount, main, noon, ratio } from '#domain/risk/testing/words'
import { countingIds, fixedClock, uuidOf } from '#domain/testing/fixed'
import { enveloper } from '#domain/kernel/envelop'
import type { KillSwitchId } from '#schemas/values/ids'

const killSwitchId = uuidOf<KillSwitchId>(7)
const seen = { book: main, rules: 4, basis: { count: 1 }, at: noon, clock: noon, killSwitchId }
const worth = { equity: amount('998999.99') }
const all: readonly Entry[] = [
  {
    ...seen,
    ...worth,
    type: 'DailyLossBreached',
    day: '2026-01-05',
    dayOpenEquity: amount('1000000'),
    loss: amount('1000.01'),
    limit: amount('1000'),
  },
  {
    type: 'KillSwitchEngaged',
    book: main,
    killSwitchId,
    scope: {},
    mode: 'reduce',
    reason: 'why' as never,
  },
  {
    ...seen,
    ...worth,
    type: 'DrawdownBreached',
    highWater: amount('1100000'),
    drawdown: ratio('0.0919'),
    limit: ratio('0.09'),
  },
]

test('a broken limit of loss stands in the log of the guard, with its figures', () => {
  const lines: string[] = []
  const ids = countingIds()
  const envelop = enveloper('risk-guard', ids, fixedClock(noon))
  tellBreaches(
    pino({}, { write: (line: string) => lines.push(line) }),
    all.map((event) => envelop(event, { correlationId: ids.correlationId() })),
  )
  const warn = 40
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      level: warn,
      book: 'main',
      day: '2026-01-05',
      equity: '998999.99',
      dayOpenEquity: '1000000',
      loss: '1000.01',
      maxDailyLoss: '1000',
      killSwitchId,
      msg: 'maxDailyLoss is broken: the kill switch is engaged, and only what reduces is approved until a release',
    },
    {
      level: warn,
      equity: '998999.99',
      highWater: '1100000',
      drawdown: '9.19 %',
      maxDrawdown: '9 %',
    },
  ])
})
