/** Days, worth and losses as the guard once recorded them, and the same with one thing wrong. */
import { describe, expect, test } from 'vitest'
import { limitFindings } from './limits.ts'
import { list, record } from './log-row.ts'
import { golden, rowsOf, tampered } from './testing/drafts.ts'

type Change = Parameters<typeof tampered>[2]
const trips = golden('a daily loss that trips, and the exit', 4)
const both = golden('both at once, and the next day', 4)
const offencesIn = (log: ReturnType<typeof golden>): string =>
  limitFindings(rowsOf(log))
    .flatMap(({ offences }) => offences)
    .join('\n')
const changed = (log: ReturnType<typeof golden>, type: string, change: Change): string =>
  offencesIn(tampered(log, type, change))

test('as they were recorded they hold, and are looked at', () => {
  for (const log of [trips, both]) {
    expect(offencesIn(log)).toBe('')
    const days = limitFindings(rowsOf(log)).find(({ invariant }) => invariant === 'loss')
    expect(days?.examined).toBeGreaterThan(1)
  }
})

describe('one that was tampered with is named', () => {
  test('another worth, of the day or since', () => {
    const poorer: Change = () => ({ equity: '1' })
    expect(changed(trips, 'TradingDayOpened', poorer)).toContain('says that the book is worth 1')
    expect(changed(trips, 'EquityMarked', poorer)).toContain('says that the book is worth 1')
    expect(changed(trips, 'DailyLossBreached', poorer)).toContain('says that the book is worth 1')
  })
  test('another beginning, or another highest', () => {
    expect(changed(trips, 'EquityMarked', () => ({ dayOpenEquity: '1' }))).toContain(
      'says that the day began at 1',
    )
    expect(changed(trips, 'EquityMarked', () => ({ highWater: '1' }))).toContain(
      'says that the highest was 1',
    )
  })
  test('money that was left out, and money that nobody brought', () => {
    const brought: Change = () => ({ flows: [{ currency: 'USDT', amount: '7', worth: '7' }] })
    expect(changed(trips, 'EquityMarked', brought)).toContain('leaves out what came in')
    const more = golden('money in and out', 4)
    expect(offencesIn(more)).toBe('')
    expect(changed(more, 'FundsDeposited', () => ({ amount: '1' }))).toContain('leaves out')
  })
  test('another loss, or another limit', () => {
    expect(changed(trips, 'DailyLossBreached', () => ({ loss: '1' }))).toContain('measures 1')
    expect(changed(trips, 'DailyLossBreached', () => ({ limit: '1' }))).toContain('another limit')
    expect(changed(both, 'DrawdownBreached', () => ({ drawdown: '0.5' }))).toContain('measures 0.5')
  })
  test('a breach that stopped nothing, or too little', () => {
    const elsewhere = '00000000-0000-7000-8000-0000000000ff'
    for (const change of [
      { killSwitchId: elsewhere },
      { scope: { account: 'main' } },
      { mode: 'halt' },
    ])
      expect(changed(trips, 'KillSwitchEngaged', () => change)).toContain('did not stop the book')
  })
  test('a loss beside an approval that was not the loss then', () => {
    const none: Change = ({ checks }) => ({
      checks: list(checks).map((line) =>
        list(line)[0] === 'dailyLoss' ? list(line).with(1, '-5') : line,
      ),
    })
    const log = golden('tradingWindow, open', 4)
    expect(changed(log, 'OrderApproved', none)).toContain('-5 was recorded')
  })
  test('a day that had ended', () => {
    const past: Change = ({ opensAt }) => ({ closesAt: opensAt })
    expect(changed(trips, 'TradingDayOpened', past)).toContain('stands outside its day')
  })
})

describe('a venue that was away or closed', () => {
  test('is named beside the approval that did not look', () => {
    const log = golden('venueReconciled, nothing more found', 4)
    expect(offencesIn(log)).toBe('')
    const breaks = changed(log, 'ReconciliationCompleted', () => ({ breaksFound: 1 }))
    expect(breaks).toContain('its venue had not told everything')
    const hours = golden('tradingWindow, open', 4)
    expect(offencesIn(hours)).toBe('')
    const closed: Change = ({ session }) => ({
      session: { ...record(session), closesAt: record(session)['opensAt'] },
    })
    expect(changed(hours, 'OrderApproved', closed)).toContain('its venue was closed')
  })
})
