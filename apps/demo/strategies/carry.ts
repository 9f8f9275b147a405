/** A carry trade: stays short of a contract for the funding that longs pay, now with more of it and now with less. */
import { lots, type Step } from './strategy.ts'

interface Carrying {
  /** In lots. */
  readonly least: number
  readonly most: number
}

export const carry = ({ least, most }: Carrying): Step => {
  let turns = 0
  return async (hands) => {
    const { held, open, quote, roll } = hands
    turns += 1
    if (open.length > 0) return hands.cancel(open)
    const wanted = -lots(least + roll(most - least), hands)
    if (wanted === held) return undefined
    const side = wanted < held ? 'sell' : 'buy'
    const quantity = side === 'sell' ? held - wanted : wanted - held
    const touch = side === 'sell' ? quote.bid : quote.ask
    return turns % 3 === 0
      ? hands.place({ side, type: 'market', quantity })
      : hands.place({ side, type: 'limit', quantity, limitPrice: touch, lastsMs: 800 })
  }
}
