/** What must hold of days, worth, losses and venues in every generated history, by the oracle alone. */
import { expect } from 'vitest'
import { main } from '#domain/risk/testing/words'
import { limitsInForce } from '#domain/risk/testing/oracle'
import { highest, isTold, naiveStand, naiveWorth } from '#domain/risk/testing/oracle-days'
import type { LedgerEvent } from '#schemas/events/ledger'
import type {
  AmendApproved,
  DailyLossBreached,
  DrawdownBreached,
  EquityMarked,
  OrderApproved,
  RiskEvent,
  TradingDayOpened,
} from '#schemas/events/risk'
import { formatDecimal, placesOfAmount } from '#schemas/values/decimal'

/** The stream of the book, and all other events that count. */
export const lossesAreRight = (
  risk: readonly RiskEvent[],
  others: readonly LedgerEvent[],
): void => {
  for (const [index, event] of risk.entries()) {
    const before = risk.slice(0, index)
    switch (event.type) {
      case 'TradingDayOpened':
      case 'EquityMarked':
        markedRightly(event, before, others.slice(0, event.basis.count))
        continue
      case 'DailyLossBreached':
      case 'DrawdownBreached':
        brokenRightly(event, before, others.slice(0, event.basis.count))
        expect(risk[index + 1]).toMatchObject({
          type: 'KillSwitchEngaged',
          killSwitchId: event.killSwitchId,
          mode: 'reduce',
          scope: {},
        })
        continue
      case 'OrderApproved':
      case 'AmendApproved':
        approvedRightly(event, before, others.slice(0, event.basis.count))
        continue
      default:
        continue
    }
  }
}

const markedRightly = (
  event: TradingDayOpened | EquityMarked,
  before: readonly RiskEvent[],
  known: readonly LedgerEvent[],
): void => {
  const stand = naiveStand(main, before, known)
  const isLate = event.type === 'TradingDayOpened' && event.late
  expect(event.equity).toBe(isLate ? stand?.marked : naiveWorth(main, before, known))
  const top = stand === undefined ? event.equity : highest(stand.highWater, event.equity)
  expect(event.highWater).toBe(top)
  if (event.type === 'EquityMarked') expect(event.dayOpenEquity).toBe(stand?.openEquity)
  else expect(event.opensAt <= event.at && event.at < event.closesAt).toBe(true)
}
const brokenRightly = (
  event: DailyLossBreached | DrawdownBreached,
  before: readonly RiskEvent[],
  known: readonly LedgerEvent[],
): void => {
  const stand = naiveStand(main, before, known)
  const limits = limitsInForce(before)
  if (stand === undefined) throw new Error('a loss without a day')
  expect(event.equity).toBe(stand.marked)
  if (event.type === 'DailyLossBreached') {
    expect(event.loss).toBe(stand.openEquity - stand.marked)
    expect(event.limit).toBe(limits.maxDailyLoss)
    expect(event.loss > event.limit).toBe(true)
  } else {
    expect(event.limit).toBe(limits.maxDrawdown)
    expect(isDeeper(stand.marked, stand.highWater, event.limit)).toBe(true)
  }
}
/** Without dividing: below the highest by more than that part of it. */
const isDeeper = (equity: bigint, top: bigint, part: bigint): boolean =>
  top <= 0n ? equity < top : (top - equity) * 10n ** 18n > part * top

const approvedRightly = (
  event: OrderApproved | AmendApproved,
  before: readonly RiskEvent[],
  known: readonly LedgerEvent[],
): void => {
  if (event.reducing) return
  expect(isTold(known, event.terms)).toBe(true)
  const stand = naiveStand(main, before, known)
  const worth = naiveWorth(main, before, known)
  const { maxDailyLoss, maxDrawdown } = limitsInForce(before)
  const observed = event.checks.find(([code]) => code === 'dailyLoss')?.[1] ?? ''
  if (observed !== '') {
    expect(worth).toBeDefined()
    const loss = (stand?.openEquity ?? 0n) - (worth ?? 0n)
    expect(observed).toBe(formatDecimal(loss, placesOfAmount))
    if (maxDailyLoss !== undefined) expect(loss <= maxDailyLoss).toBe(true)
    if (maxDrawdown !== undefined && stand !== undefined && worth !== undefined)
      expect(isDeeper(worth, highest(stand.highWater, worth), maxDrawdown)).toBe(false)
  } else expect(maxDailyLoss).toBeUndefined()
}
