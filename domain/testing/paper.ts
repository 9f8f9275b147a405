/** Words for tests of the paper venue: prices and quantities as texts, ticks and requests with what matters. */
import * as E from 'fp-ts/lib/Either.js'
import { paperInstrument } from '#domain/matching/instruments'
import { openMatching, nothingYet } from '#domain/matching/engine'
import type { FundingRule } from '#domain/matching/funding'
import type { Change, PaperRequest } from '#domain/matching/order'
import type { MatchingState } from '#domain/matching/pits'
import { instant } from '#domain/testing/fixed'
import { plusMs } from '#domain/values/instant'
import type { HubFrame, QuoteTick, TradeTick } from '#schemas/market/tick'
import { Price, Quantity, type Ratio } from '#schemas/values/decimal'
import type { AccountId, ClientOrderId, MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export const bitcoin = 'BTC/USDT' as MarketSymbol
export const start = instant('2026-01-05T09:00:00Z')
export const after = (milliseconds: number): Instant => plusMs(start, milliseconds)

export const price = (text: string): Price => {
  const decoded = Price.decode(text)
  if (E.isLeft(decoded)) throw new Error(`not a price: ${text}`)
  return decoded.right
}
export const quantity = (text: string): Quantity => {
  const decoded = Quantity.decode(text)
  if (E.isLeft(decoded)) throw new Error(`not a quantity: ${text}`)
  return decoded.right
}
/** The n-th client order id. */
export const clientOrderId = (n: number): ClientOrderId =>
  n.toString(16).padStart(32, '0') as ClientOrderId

export type Asked = Partial<Omit<PaperRequest, 'quantity' | 'limitPrice' | 'stopPrice'>> & {
  readonly n?: number
  readonly quantity?: string
  /** Makes it a limit order. */
  readonly limit?: string
  /** Makes it a stop order. */
  readonly stop?: string
}
export const request = (asked: Asked): PaperRequest => {
  const { n = 1, quantity: size = '1', limit, stop, ...rest } = asked
  const orderType = limit === undefined ? 'market' : 'limit'
  const stopType = limit === undefined ? 'stop' : 'stopLimit'
  return {
    clientOrderId: clientOrderId(n),
    account: 'main' as AccountId,
    symbol: bitcoin,
    side: 'buy',
    orderType: stop === undefined ? orderType : stopType,
    timeInForce: limit === undefined && stop === undefined ? 'ioc' : 'gtc',
    quantity: quantity(size),
    ...(limit === undefined ? {} : { limitPrice: price(limit) }),
    ...(stop === undefined ? {} : { stopPrice: price(stop) }),
    postOnly: false,
    reduceOnly: false,
    sendBy: after(3_600_000),
    ...rest,
  }
}

export const quote = (
  bid: string,
  ask: string,
  { at = start, size = '0.00001', symbol = bitcoin } = {},
): QuoteTick => ({
  type: 'quote',
  symbol,
  sequence: 0,
  venueAt: at,
  receivedAt: at,
  bid: price(bid),
  bidQuantity: quantity(size),
  ask: price(ask),
  askQuantity: quantity(size),
})

interface Printed {
  readonly sequence?: number
  readonly at?: Instant
  readonly aggressor?: 'buy' | 'sell'
  readonly symbol?: MarketSymbol
}
export const trade = (at: string, size: string, printed: Printed = {}): TradeTick => ({
  type: 'trade',
  symbol: printed.symbol ?? bitcoin,
  sequence: printed.sequence ?? 1,
  venueAt: printed.at ?? start,
  receivedAt: printed.at ?? start,
  tradeId: `t${String(printed.sequence ?? 1)}` as TradeId,
  price: price(at),
  quantity: quantity(size),
  aggressor: printed.aggressor ?? 'sell',
})
export const welcome = (...symbols: readonly string[]) =>
  ({ type: 'welcome', source: 'test', symbols: symbols as readonly MarketSymbol[] }) as const

/** A ten-thousandth every eight hours. */
export const fundingRule: FundingRule = { rate: (10n ** 14n) as Ratio, intervalMs: 28_800_000 }

/** The venue, answering what became of one order; as a whole it is `venue`. */
export const matching = (state: MatchingState = nothingYet, funding = fundingRule) => {
  const options = { instrumentOf: paperInstrument, symbols: [bitcoin], quoteAgeMsMax: 5_000 }
  const venue = openMatching({ ...options, funding }, state)
  return {
    ...venue,
    venue,
    place: (asked: PaperRequest, at: Instant): Change => {
      const [change] = venue.place(asked, at).changes
      if (change === undefined) throw new Error('nothing became of it')
      return change
    },
    cancel: (account: AccountId, id: ClientOrderId, at: Instant): Change | undefined =>
      venue.cancel(account, id, at).changes[0],
    hear: (frame: HubFrame, at: Instant): readonly Change[] => venue.hear(frame, at).changes,
  }
}
