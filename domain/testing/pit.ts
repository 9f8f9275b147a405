/** One pit of the paper venue with a market to trade in, and short words for what becomes of its orders. */
import type { Change, Outcome } from '#domain/matching/order'
import {
  after,
  type Asked,
  bitcoin,
  clientOrderId,
  matching,
  quote,
  request,
  start,
  trade,
  welcome,
} from '#domain/testing/paper'
import { Price, Quantity } from '#schemas/values/decimal'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export const main = 'main' as AccountId
export const linear = 'BTC/USDT:USDT' as MarketSymbol

/** `a 1 at 100 | b 2 at 101 | open 3/5`: its trades, and how it is now. */
export const shown = ({ order, trades }: Change): string => {
  const { clientOrderId: id, status, filledTotal, quantity, reason, triggered } = order
  const made = trades.map(
    (each) => `${Quantity.encode(each.quantity)} at ${Price.encode(each.price)} ${each.liquidity}`,
  )
  const is = `${status} ${Quantity.encode(filledTotal)}/${Quantity.encode(quantity)}`
  const why = reason === undefined ? [] : [reason.code]
  const was = triggered === true ? ['triggered'] : []
  return [`#${String(BigInt(`0x${id}`))} ${is}`, ...was, ...why, ...made].join(', ')
}
export const told = ({ changes }: Outcome): readonly string[] => changes.map(shown)

/** Bid 99.9, ask 100.1 with 10 shown on either side; the last trade was at 100. */
export const openPit = (symbol: MarketSymbol = bitcoin) => {
  const { venue } = matching()
  let sequence = 0
  const here = { symbol }
  venue.hear(welcome(symbol), start)
  const print = (
    at: string,
    size = '1',
    on: Instant = start,
    aggressor: 'buy' | 'sell' = 'sell',
  ) => {
    sequence += 1
    const tick = trade(at, size, { ...here, sequence, at: on, aggressor })
    return told(venue.hear(tick, on))
  }
  const show = (bid: string, ask: string, { size = '10', on = start } = {}) =>
    told(venue.hear(quote(bid, ask, { size, at: on, ...here }), on))
  print('100')
  show('99.9', '100.1')
  return {
    venue,
    print,
    show,
    ask: (asked: Asked, on: Instant = start) =>
      told(venue.place(request({ ...here, ...asked }), on)),
    cancel: (n: number, on: Instant = start) => told(venue.cancel(main, clientOrderId(n), on)),
    amend: (n: number, to: Pick<Asked, 'quantity' | 'limit' | 'stop' | 'sendBy'>, on = start) => {
      const { quantity, limitPrice, stopPrice, sendBy } = request({ ...here, ...to })
      const prices = {
        ...(limitPrice === undefined ? {} : { limitPrice }),
        ...(stopPrice === undefined ? {} : { stopPrice }),
      }
      const wanted = { quantity, ...prices, sendBy }
      const { outcome, refused } = venue.amend(main, clientOrderId(n), wanted, on)
      return refused === undefined ? told(outcome) : refused.code
    },
    pass: (ms: number) => venue.pass(after(ms)),
  }
}
