/** What is shown at the prices of now is held to what would be shown had the guard recorded them. */
import { expect } from 'vitest'
import { atMarket, worthView } from '#apps/api/risk-worth'
import type { Marks } from '#domain/market/marks'
import { type StandingFold, standingsFold } from '#domain/risk/standing'
import { play } from '#domain/risk/testing/history'
import type { TestLog } from '#domain/risk/testing/log'
import { snapshotOf } from '#domain/risk/testing/snapshot'
import { type History, history } from '#domain/risk/testing/steps'
import { main } from '#domain/risk/testing/words'
import { plusMs } from '#domain/values/instant'
import type { RiskReply } from '#schemas/api/risk'
import type { Price } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const standingOf = (log: TestLog): StandingFold => {
  const standings = standingsFold()
  for (const recorded of log.events) standings.apply(recorded)
  const standing = standings.of(main)
  if (standing === undefined) throw new Error('the book comes first')
  return standing
}
const moved = ({ symbols, markOf }: Marks, percents: readonly number[], at: Instant): Marks => ({
  symbols,
  markOf: (symbol) => {
    const mark = markOf(symbol)
    const percent = percents[symbols().indexOf(symbol) % percents.length] ?? 100
    if (mark === undefined || percent === 0) return mark
    return { ...mark, price: ((mark.price * BigInt(percent)) / 100n) as Price, at }
  },
})

const shownIsTrue = ([each, percents, quietMs]: readonly [
  History,
  readonly number[],
  number,
]): void => {
  const { log, heard: before, now } = play(each, () => undefined)
  const clock = plusMs(now, quietMs)
  const heard = moved(before, percents, clock)
  const standing = standingOf(log)
  const stood = snapshotOf(standing)
  const worth = worthView(standing, clock)
  const shown = atMarket(standing, heard, () => worthView(standing, clock))
  expect(snapshotOf(standing)).toBe(stood)
  expect(worthView(standing, clock)).toStrictEqual(worth)

  const { desk } = standing
  const marks = heard.symbols().flatMap((symbol): readonly Mark[] => {
    const [live, known] = [heard.markOf(symbol), desk.markOf(symbol)]
    return live === undefined || (known !== undefined && known.at >= live.at) ? [] : [live]
  })
  log.append({ type: 'MarksTaken', book: main, at: desk.at(), marks }, clock)
  expect(shown).toStrictEqual(worthView(standingOf(log), clock))
  expectSound(shown)
}
const expectSound = ({ equity, tradingDay, doubt }: RiskWorth): void => {
  if (equity !== null && tradingDay !== null && doubt === null)
    expect(Number(tradingDay.highWater)).toBeGreaterThanOrEqual(Number(equity))
  if (doubt === null) expect(equity).not.toBeNull()
}
type RiskWorth = Pick<RiskReply, 'equity' | 'tradingDay' | 'doubt'>

prop(
  'risk is shown as if the newest prices had just been recorded, and nothing of it is left',
  fc.tuple(
    history,
    fc.array(fc.constantFrom(0, 60, 97, 103, 140), { minLength: 1, maxLength: 6 }),
    fc.constantFrom(0, 1, 300, 6000),
  ),
  shownIsTrue,
  { numRuns: 200 },
)
