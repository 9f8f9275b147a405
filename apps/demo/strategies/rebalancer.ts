/** A rebalancer: brings what it has to a share that keeps changing, at once or not at all. */
import { lots, type Step, type Wanted } from './strategy.ts'

export const rebalancer = (size: number): Step => {
  let turns = 0
  return async (hands) => {
    const { quote, held, roll, tick } = hands
    turns += 1
    const wanted = lots(size * roll(4), hands)
    const side = wanted >= held ? 'buy' : 'sell'
    const missing = wanted >= held ? wanted - held : held - wanted
    const least = lots(20, hands)
    const quantity = missing > least ? missing : least
    if (side === 'sell' && quantity > held) return undefined
    const touch = side === 'buy' ? quote.ask : quote.bid
    const kinds: readonly Omit<Wanted, 'side' | 'quantity'>[] = [
      { type: 'limit', limitPrice: touch, timeInForce: 'ioc' },
      { type: 'limit', limitPrice: touch, timeInForce: 'fok' },
      { type: 'market', timeInForce: 'ioc' },
      { type: 'limit', limitPrice: touch + (side === 'buy' ? -tick : tick), timeInForce: 'fok' },
      { type: 'market', timeInForce: 'fok' },
    ]
    const kind = kinds[turns % kinds.length]
    return kind === undefined ? undefined : hands.place({ side, quantity, ...kind })
  }
}
