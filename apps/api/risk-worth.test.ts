import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import { main } from '#apps/api/testing/words'
import { amount, later, markAt, noon } from '#domain/risk/testing/words'
import { RiskReply } from '#schemas/api/risk'
import type { MarksTaken, TradingDayOpened } from '#schemas/events/risk'
import { riskStream } from '#schemas/streams'

/** A day that has begun with so much. */
const dayOpened = (some: Pick<TradingDayOpened, 'equity' | 'highWater'>): TradingDayOpened => ({
  type: 'TradingDayOpened',
  book: main,
  rules: 4,
  basis: { count: 0 },
  at: noon,
  clock: noon,
  day: '2026-01-05',
  opensAt: later(-43_200_000),
  closesAt: later(43_200_000),
  rule: { time: '00:00', zone: 'UTC' },
  marks: [],
  late: false,
  flows: [],
  ...some,
})
const taken: MarksTaken = {
  type: 'MarksTaken',
  book: main,
  at: noon,
  marks: [markAt('60000', noon)],
}

test('risk says what the book is worth, and what it has made since its day began', async () => {
  const ledger = await ledgerWith()
  const shown = async (): Promise<RiskReply> => {
    await ledger.caughtUp()
    const decoded = RiskReply.decode((await ledger.send('/v1/risk')).body)
    if (E.isLeft(decoded)) throw new Error('that is not what is promised')
    return decoded.right
  }
  expect(await shown()).toMatchObject({ equity: '1000000', dailyPnl: null, tradingDay: null })
  const day = dayOpened({ equity: amount('1000400'), highWater: amount('1250500') })
  await ledger.write('risk-guard', riskStream(main), day, taken)
  // The deposit is in no figure of the day yet: it is counted as money that came in.
  expect(await shown()).toMatchObject({
    equity: '1000000',
    dailyPnl: '-1000400',
    tradingDay: {
      day: '2026-01-05',
      opensAt: '2026-01-05T00:00:00Z',
      closesAt: '2026-01-06T00:00:00Z',
      late: false,
      openEquity: '2000400',
      highWater: '2250500',
    },
  })
})
