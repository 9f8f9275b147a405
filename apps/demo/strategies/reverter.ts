/** A mean reverter: limits below the market that end by themselves or are taken back, and limits above what it has. */
import { basisPoint, inSteps, moved } from './prices.ts'
import { ageOf, buys, leftOf, lots, sells, type Step } from './strategy.ts'

export const reverter = (size: number): Step => {
  let steps = 0
  return async (hands) => {
    const { quote, held, open, tick, roll } = hands
    steps += 1
    const quantity = lots(size, hands)
    const old = open.filter((order) => ageOf(order) > 4_000)
    if (old.length > 0) return hands.cancel(old.slice(0, 1))
    const free = held - leftOf(sells(open))
    if (free >= quantity && roll(3) > 0) {
      const isGivenUp = roll(3) === 0
      const limitPrice = isGivenUp
        ? quote.bid
        : inSteps(moved(quote.ask, roll(basisPoint / 5)), tick)
      const timeInForce = isGivenUp ? 'ioc' : 'gtc'
      return hands.place({ side: 'sell', type: 'limit', quantity, limitPrice, timeInForce })
    }
    if (buys(open).length >= 4 || held > quantity * 4n) return undefined
    const deep = steps % 3 === 0
    const away = deep ? 5 * basisPoint : roll(basisPoint / 5)
    const limitPrice = inSteps(moved(quote.bid, -away), tick)
    const lasting = deep ? {} : { lastsMs: 500 + roll(1_500) }
    return hands.place({ side: 'buy', type: 'limit', quantity, limitPrice, ...lasting })
  }
}
