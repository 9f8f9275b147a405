/** A market maker: post-only quotes on both sides of the touch, renewed as the touch moves. */
import { buys, type Hands, leftOf, lots, sells, type Step } from './strategy.ts'

interface Making {
  /** In lots. */
  readonly size: number
  readonly most: number
  /** Contracts can be sold without having them. */
  readonly canShort: boolean
}

export const maker = ({ size, most, canShort }: Making): Step => {
  let steps = 0
  return async (hands) => {
    const { quote, held, open } = hands
    steps += 1
    const moved = open.filter(
      ({ side, limitPrice }) => limitPrice !== (side === 'buy' ? quote.bid : quote.ask),
    )
    await hands.cancel(moved)
    const lasting = open.filter((order) => !moved.includes(order))
    const quantity = lots(size, hands)
    // A spot maker has to have what it offers.
    if (!canShort && held < quantity && open.length === 0)
      return hands.place({ side: 'buy', type: 'market', quantity: quantity * 5n })
    const quotes: Promise<void>[] = []
    const hasOffer = canShort ? held > -lots(most, hands) : held - leftOf(sells(open)) >= quantity
    if (buys(lasting).length === 0 && held < lots(most, hands))
      quotes.push(hands.place(quoted('buy', quantity, hands, steps)))
    if (sells(lasting).length === 0 && hasOffer)
      quotes.push(hands.place(quoted('sell', quantity, hands, steps)))
    await Promise.all(quotes)
  }
}

/** Now and then one that ends by itself, and one that would take and is refused for it. */
const quoted = (side: 'buy' | 'sell', quantity: bigint, { quote, tick }: Hands, steps: number) => {
  const touch = side === 'buy' ? quote.bid : quote.ask
  const beyond = side === 'buy' ? quote.ask + tick : quote.bid - tick
  const limitPrice = steps % 40 === 0 ? beyond : touch
  const lasting = steps % 3 === 0 ? { lastsMs: 1_500 } : {}
  return { side, type: 'limit', quantity, limitPrice, postOnly: true, ...lasting } as const
}
