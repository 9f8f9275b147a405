/** What is told of accounts and their money, for tests of read models. */
import {
  account,
  book,
  fixed,
  market,
  report,
  strategy,
  type Told,
  venue,
} from '#projections/testing/stories'
import type { EventNamed } from '#schemas/events/ledger'
import { accountStream, riskStream } from '#schemas/streams'
import type { Amount, Price, Ratio, SignedQuantity } from '#schemas/values/decimal'
import type { Currency, FundingId, Line } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export const opened = (n: number): Told => ({
  stream: accountStream(account(n)),
  event: {
    type: 'AccountOpened',
    account: account(n),
    book,
    currency: 'USDT' as Currency,
    leverage: fixed('1') as Ratio,
    costBasis: 'average',
  },
})
export const deposited = (n: number, text: string): Told => ({
  stream: accountStream(account(n)),
  event: {
    type: 'FundsDeposited',
    account: account(n),
    book,
    currency: 'USDT' as Currency,
    amount: fixed(text, 36) as Amount,
    reason: 'To begin with' as Line,
  },
})
export const withdrawn = (n: number, text: string): Told => {
  const { stream, event } = deposited(n, text)
  return {
    stream,
    event: { ...(event as EventNamed<'FundsDeposited'>), type: 'FundsWithdrawn' },
  }
}
/** What a contract's holders pay each other; the shares need not add up to the amount. */
export const funded = (
  n: number,
  amount: Amount,
  shares: readonly (readonly [number, Amount])[],
  times: { readonly venueAt?: Instant; readonly receivedAt?: Instant } = {},
): Told => ({
  stream: accountStream(account(n)),
  event: {
    type: 'FundingPaid',
    account: account(n),
    book,
    venue,
    symbol: market(1 + (n % 2))[0],
    fundingId: `f${String(n)}` as FundingId,
    quantity: fixed('3') as SignedQuantity,
    markPrice: fixed('64000') as Price,
    rate: fixed('0.0001') as Ratio,
    currency: market(1 + (n % 2))[1].settle,
    amount,
    shares: shares.map(([of, share]) => ({ strategy: strategy(of), amount: share })),
    ...report,
    ...times,
  },
})
export const marked = (n: number, price: Price, at: Instant): Told => ({
  stream: riskStream(book),
  event: { type: 'MarksTaken', book, at, marks: [{ symbol: market(n)[0], price, at }] },
})
