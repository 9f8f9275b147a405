/** A trend follower: stops on the way in, stops behind what it has, and out at the market when nothing comes of it. */
import { basisPoint, inSteps, moved, sizeOf } from './prices.ts'
import { ageOf, type Hands, lots, type Step, type Wanted } from './strategy.ts'

interface Following {
  /** In lots. */
  readonly size: number
  /** Contracts go both ways, and what protects them only reduces. */
  readonly isContract: boolean
}
type Side = 'buy' | 'sell'

export const trend = ({ size, isContract }: Following): Step => {
  let entries = 0
  return async (hands) => {
    const { held, open } = hands
    if (held !== 0n) return protect(hands, isContract)
    const old = open.filter((order) => ageOf(order) > 1_500)
    if (old.length > 0) return hands.cancel(old)
    if (open.length > 0) return undefined
    entries += 1
    const quantity = lots(size, hands)
    const sides: readonly Side[] = isContract ? ['buy', 'sell'] : ['buy']
    await Promise.all(
      sides.map((side) =>
        hands.place({ side, quantity, ...stopAway(side, hands, entries), ...lasting(entries) }),
      ),
    )
    return undefined
  }
}
const lasting = (count: number): { readonly lastsMs?: number } =>
  count % 3 === 0 ? { lastsMs: 1_200 } : {}

/** A stop on that side of the market, now one that becomes a market order and now one with a limit. */
const stopAway = (
  side: Side,
  { quote, tick, roll }: Hands,
  count: number,
): Pick<Wanted, 'type' | 'stopPrice' | 'limitPrice'> => {
  const away = basisPoint / 10 + roll(basisPoint / 2)
  const stopPrice =
    side === 'buy'
      ? inSteps(moved(quote.ask, away), tick) + tick
      : inSteps(moved(quote.bid, -away), tick)
  if (count % 2 === 0) return { type: 'stop', stopPrice }
  const beyond = moved(stopPrice, side === 'buy' ? 2 * basisPoint : -2 * basisPoint)
  return { type: 'stopLimit', stopPrice, limitPrice: inSteps(beyond, tick) }
}

const protect = async (hands: Hands, reduceOnly: boolean): Promise<void> => {
  const { held, open, roll } = hands
  const side = held > 0n ? 'sell' : 'buy'
  const closing = open.filter((order) => order.side === side)
  const entries = open.filter((order) => order.side !== side)
  if (entries.length > 0) return hands.cancel(entries)
  const quantity = sizeOf(held)
  if (closing.length === 0)
    return hands.place({ side, quantity, reduceOnly, ...stopAway(side, hands, roll(2)) })
  if (closing.every((order) => ageOf(order) < 1_200)) return undefined
  await hands.cancel(closing)
  return hands.place({ side, type: 'market', quantity, reduceOnly })
}
