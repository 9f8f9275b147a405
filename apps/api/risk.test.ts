import { expect, test } from 'vitest'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import { filled, main } from '#apps/api/testing/words'
import { fixedClock, uuidOf } from '#domain/testing/fixed'
import { price } from '#domain/testing/paper'
import { orderStream, riskStream } from '#schemas/streams'
import type { Currency, MarketSymbol, OrderId } from '#schemas/values/ids'

const perpetual = 'BTC/USDT:USDT' as MarketSymbol
const at = fixedClock('2026-01-05T12:00:00Z').now()

test.each([
  ['buy', '120000'],
  ['sell', '-120000'],
] as const)('net exposure has its sign: %s is %s', async (side, net) => {
  const ledger = await ledgerWith()
  const id = uuidOf<OrderId>(1)
  const fill = filled(id, '2')
  await ledger.write('gateway', orderStream(id), {
    ...fill,
    side,
    symbol: perpetual,
    instrument: { ...fill.instrument, kind: 'linear', settle: 'USDT' as Currency },
  })
  const marks = [{ symbol: perpetual, price: price('60000'), at }]
  await ledger.write('risk-guard', riskStream(main), { type: 'MarksTaken', book: main, at, marks })
  await ledger.caughtUp()
  expect((await ledger.send('/v1/risk')).body['exposure']).toStrictEqual({
    gross: '120000',
    net,
    bySymbol: { [perpetual]: { gross: '120000', net } },
  })
})
