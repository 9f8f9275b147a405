/** What golden logs tell of days, equity, losses and prices that jump. */
import { openDayIfDue, watchBook } from '#domain/risk/testing/day-words'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import { decidedOn, type GoldenLog, told } from '#domain/risk/testing/golden-stories'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  amount,
  deposited,
  filled,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  price,
  ratio,
  symbolOf,
} from '#domain/risk/testing/words'
import type { Instant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'

const perpetual = symbolOf('BTC/USDT:USDT')
const limit = { at: '64000', quantity: '0.01' } as const
const days = 86_400_000

/** Long one contract at 65,000, with a million in cash, and a day that began so. */
export const longContract = (limits: Limits = {}): Desk =>
  watchedOn(
    at(
      openDesk(
        { maxLogLagMs: 9 * days, ...limits },
        listed(perpetual),
        filled(1, { symbol: perpetual, quantity: '1', at: '65000' }),
      ),
      '65000',
    ),
  )
/** The contract is worth so much then. */
export const at = (desk: Desk, value: string, now: Instant = noon): Desk =>
  desk.given(marksTaken(now, markAt(value, now, perpetual)))
/** What is due of the book is put on the log. */
export const watchedOn = (desk: Desk, now: Instant = noon): Desk => {
  watchBook(desk.standing(), now, (event) => desk.given(event))
  return desk
}
const ordered = (desk: Desk, now: Instant): Desk =>
  decidedOn(desk, { ...limit, decideBy: later(9 * days) }, markAt('65000', now), now)

const hundred = { maxDailyLoss: amount('100') }
const tenth = { maxDrawdown: ratio('0.0001') }
const jumping = { maxMarkJump: ratio('0.1') }

const lossStories = (): readonly GoldenLog[] => [
  told('dailyLoss', ordered(at(longContract(hundred), '64899', later(1000)), later(1000))),
  told('drawdown', ordered(at(longContract(tenth), '64899', later(1000)), later(1000))),
  told(
    'a daily loss that trips, and the exit',
    decidedOn(
      ordered(watchedOn(at(longContract(hundred), '64899', later(1000)), later(1000)), later(1000)),
      { side: 'sell', symbol: perpetual, quantity: '1' },
      markAt('64899', later(1000), perpetual),
      later(1000),
    ),
  ),
  told(
    'both at once, and the next day',
    ordered(
      watchedOn(
        at(
          watchedOn(at(longContract({ ...hundred, ...tenth }), '64000', later(1000)), later(1000)),
          '63800',
          later(days / 2 + 1000),
        ),
        later(days / 2 + 1000),
      ),
      later(days / 2 + 1000),
    ),
  ),
  told('a worth that is too old to know', ordered(longContract(hundred), later(5001))),
]
const flowStories = (): readonly GoldenLog[] => {
  const moved = (): Desk => longContract(hundred).given(deposited('500'), withdrawn('200'))
  return [
    told('money in and out', ordered(watchedOn(moved(), later(1000)), later(1000))),
    told('money that was not marked yet', ordered(moved(), later(1000))),
    told(
      'money that nobody can value',
      ordered(longContract(hundred).given(deposited('5', 'XRP')), later(1000)),
    ),
  ]
}
const dayStories = (): readonly GoldenLog[] => {
  const late = longContract(hundred).given(deposited('7'))
  openDayIfDue(late.standing(), later(3 * days), (event) => late.given(event))
  return [
    told('a day that begins late', ordered(late, later(3 * days))),
    told(
      'a book that nobody can value yet',
      ordered(openDesk(hundred, filled(1, { quantity: '1' })), noon),
    ),
  ]
}
const jumpStories = (): readonly GoldenLog[] => {
  const jumped = { ...markAt('80000', later(1000)), against: price('65000') }
  const contract = { ...markAt('40000', later(1000), perpetual), against: price('65000') }
  return [
    told('markPlausible', decidedOn(openDesk(jumping).approved(1), limit, jumped, later(1000))),
    told(
      'a jump of what is held trips nothing',
      ordered(
        watchedOn(
          longContract({ ...jumping, ...hundred }).given(marksTaken(later(1000), contract)),
          later(1000),
        ),
        later(1000),
      ),
    ),
  ]
}

export const fourthDaysStories = (): readonly GoldenLog[] => [
  ...lossStories(),
  ...flowStories(),
  ...dayStories(),
  ...jumpStories(),
]
