/** The words of the tests of money that leaves or comes without a trade. */
import { account, amount, main, noon, paper, price, ratio } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { SignedQuantity } from '#schemas/values/decimal'
import type { Currency, FundingId, Line, MarketSymbol, Sha256 } from '#schemas/values/ids'

export const withdrawn = (value: string, currency = 'USDT', name = account): LedgerEvent => ({
  type: 'FundsWithdrawn',
  account: name,
  book: main,
  currency: currency as Currency,
  amount: amount(value),
  reason: 'theirs' as Line,
})
/** Received above 0. */
export const funded = (
  n: number,
  value: string,
  currency = 'USDT',
  name = account,
): LedgerEvent => ({
  type: 'FundingPaid',
  account: name,
  book: main,
  venue: paper,
  symbol: (currency === 'BTC' ? 'BTC/USD:BTC' : 'BTC/USDT:USDT') as MarketSymbol,
  fundingId: String(n) as FundingId,
  quantity: 1n as SignedQuantity,
  markPrice: price('100'),
  rate: ratio('0.0001'),
  currency: currency as Currency,
  amount: amount(value),
  shares: [],
  venueAt: noon,
  receivedAt: noon,
  payloadHash: 'b'.repeat(64) as Sha256,
})
