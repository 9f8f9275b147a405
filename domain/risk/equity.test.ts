import { describe, expect, test } from 'vitest'
import type { RiskDecision } from '#domain/risk/decide'
import { watchBook } from '#domain/risk/testing/day-words'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import {
  amount,
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
import type { LedgerEvent } from '#schemas/events/ledger'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits, Mark } from '#schemas/values/trading'

const bitcoin = symbolOf('BTC/USDT:USDT')
const ether = symbolOf('ETH/USDT:USDT')

/** Long of both. `looks`: somebody asks what the book is worth after each event. */
const longOfBoth = (limits: Limits, looks: boolean) => {
  const desk = openDesk({ maxDailyLoss: amount('1000'), ...limits }, listed(bitcoin), listed(ether))
  const look = (clock: Instant): void => {
    if (looks) desk.standing().equity.doubtAt(clock)
  }
  const happens = (event: LedgerEvent, clock: Instant = noon): void => {
    desk.given(event)
    look(clock)
  }
  look(noon)
  happens(filled(1, { symbol: bitcoin, quantity: '1', at: '65000' }))
  happens(filled(2, { symbol: ether, quantity: '1', at: '65000' }))
  happens(marksTaken(noon, markAt('65000', noon, bitcoin)))
  happens(marksTaken(noon, markAt('65000', noon, ether)))
  watchBook(desk.standing(), noon, (event) => desk.given(event))
  look(noon)
  return { desk, happens }
}
const decidedAt = (desk: Desk, clock: Instant): RiskDecision =>
  desk.decides(
    { at: '64000', quantity: '0.01', decideBy: later(99_000) },
    markAt('65000', clock),
    clock,
  )
/** The one that stands for what the whole book is worth. */
const whyOf = (decision: RiskDecision): string =>
  decision.type === 'OrderDenied'
    ? (decision.checks.find(({ code }) => code === 'dailyLoss')?.message ?? '')
    : ''

describe('what stands against relying on a worth is named the same, whoever looked before', () => {
  test('of two prices that have jumped', () => {
    const decided = (looks: boolean): RiskDecision => {
      const { desk, happens } = longOfBoth({ maxMarkJump: ratio('0.1') }, looks)
      const clock = later(1000)
      const jumped = (symbol: MarketSymbol): Mark => ({
        ...markAt('90000', clock, symbol),
        against: price('65001'),
      })
      for (const symbol of [bitcoin, ether, bitcoin])
        happens(marksTaken(clock, markAt('65001', clock, symbol)), clock)
      happens(marksTaken(clock, jumped(bitcoin), jumped(ether)), clock)
      return decidedAt(desk, clock)
    }
    expect(decided(true)).toStrictEqual(decided(false))
    expect(whyOf(decided(true))).toContain(bitcoin)
  })
  test('of two marks that are as old', () => {
    const decided = (looks: boolean): RiskDecision => {
      const { desk, happens } = longOfBoth({ maxMarkAgeMs: 5000 }, looks)
      const clock = later(1000)
      for (const each of ['65001', '65002'])
        happens(marksTaken(clock, markAt(each, clock, bitcoin)), clock)
      happens(marksTaken(clock, markAt('65001', clock, ether)), clock)
      happens(marksTaken(clock, markAt('65003', clock, bitcoin)), clock)
      return decidedAt(desk, later(7000))
    }
    expect(decided(true)).toStrictEqual(decided(false))
    expect(whyOf(decided(true))).toContain(bitcoin)
  })
  test('of two that have no mark', () => {
    const decided = (looks: boolean): RiskDecision => {
      const desk = openDesk({ maxDailyLoss: amount('1000') }, listed(bitcoin), listed(ether))
      const look = () => (looks ? desk.standing().equity.doubtAt(noon) : undefined)
      look()
      for (const [n, symbol] of [ether, bitcoin].entries()) {
        desk.given(filled(n + 1, { symbol, quantity: '1', at: '65000' }))
        look()
      }
      return decidedAt(desk, noon)
    }
    expect(decided(true)).toStrictEqual(decided(false))
    expect(whyOf(decided(true))).toContain(`${bitcoin}, ${ether}`)
  })
})
