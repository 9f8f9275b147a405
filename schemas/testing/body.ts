/** A request with everything in it that a request may have. */
import * as t from 'io-ts'
import { closed, notYet } from '#schemas/codec'
import { Count } from '#schemas/values/count'
import { Price, Quantity } from '#schemas/values/decimal'
import { AccountId, Line, MarketSymbol } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { Side } from '#schemas/values/trading'

const Level = closed(t.intersection([t.type({ price: Price }), t.partial({ quantity: Quantity })]))
export const Body = notYet(
  closed(
    t.intersection(
      [
        t.type({ symbol: MarketSymbol, side: Side, quantity: Quantity }),
        t.partial({
          account: AccountId,
          limitPrice: Price,
          timeInForce: notYet(t.keyof({ gtc: null, ioc: null }), 'fok', 'gtd'),
          postOnly: t.boolean,
          reduceOnly: notYet(t.literal(false), 'true'),
          expireAt: Instant,
          clientTag: Line,
          count: Count,
          protection: closed(t.partial({ stopLoss: Level, takeProfit: t.array(Level) })),
          limits: t.record(t.string, Quantity),
          owner: t.union([closed(t.type({ name: Line })), t.null]),
        }),
      ],
      'Body',
    ),
  ),
  'stopPrice',
)

/** The least that is right. */
export const validBody = { symbol: 'BTC/USDT', side: 'buy', quantity: '0.5' }
