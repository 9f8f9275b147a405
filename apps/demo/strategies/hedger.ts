/** A hedger: holds as many inverse contracts short as its desk holds coins long, and takes back by orders that only reduce. */
import { inSteps, times } from './prices.ts'
import { type Hands, lots, type Step, type Wanted } from './strategy.ts'

/** What one contract is worth, in units of 10^-18 USD. */
const contract = 100n * 10n ** 18n
const contractsMost = 40

export const hedger = (): Step => {
  let turns = 0
  return async (hands) => {
    const { quote, held, exposed, open, roll } = hands
    turns += 1
    if (open.length > 0) return hands.cancel(open)
    const short = -held
    // The hedge is not to the dollar: it wanders by a few contracts, so that it goes both ways.
    const wanted = lots(Number(times(quote.bid, exposed) / contract) + roll(6), hands)
    const most = lots(contractsMost, hands)
    const target = wanted > most ? most : wanted
    if (target > short)
      return hands.place({ side: 'sell', quantity: target - short, ...hit(hands, turns) })
    if (target === short) return undefined
    // Asked for more than there is, it is denied: it would turn the hedge around.
    const quantity = turns % 17 === 0 ? short + lots(1, hands) : short - target
    return hands.place({ side: 'buy', quantity, reduceOnly: true, ...lift(hands, turns) })
  }
}
const hit = (
  { quote }: Hands,
  turns: number,
): Pick<Wanted, 'type' | 'limitPrice' | 'timeInForce'> =>
  turns % 2 === 0
    ? { type: 'market', timeInForce: 'ioc' }
    : { type: 'limit', limitPrice: quote.bid, timeInForce: 'ioc' }
const lift = (
  { quote, tick }: Hands,
  turns: number,
): Pick<Wanted, 'type' | 'limitPrice' | 'timeInForce' | 'lastsMs'> => {
  const kinds = [
    { type: 'market', timeInForce: 'ioc' },
    { type: 'limit', limitPrice: quote.ask, timeInForce: 'ioc' },
    { type: 'limit', limitPrice: inSteps(quote.bid, tick), timeInForce: 'gtc' },
    { type: 'limit', limitPrice: quote.ask, timeInForce: 'fok' },
    { type: 'limit', limitPrice: quote.ask, lastsMs: 1_000 },
  ] as const
  return kinds[turns % kinds.length] ?? { type: 'market' }
}
