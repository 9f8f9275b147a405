/** As fast as the ledger answers: many small orders at once, which the limits allow only since they were loosened. */
import type { Pit } from './trading.ts'
import { spot } from './cast.ts'
import type { OrderRequest } from './client.ts'
import { spotDesk } from './people.ts'
import { basisPoint, inSteps, moved, numberOf, textOf } from './strategies/prices.ts'

const atOnce = 24

/** Half of them are filled, the others find nothing and end. */
const nextOrder = (n: number, { bid, ask }: { bid: bigint; ask: bigint }): OrderRequest => {
  const takes = n % 2 === 0
  const price = takes ? moved(ask, 5 * basisPoint) : moved(bid, -5 * basisPoint)
  return {
    account: spotDesk,
    strategy: 'sprinter',
    symbol: spot,
    side: 'buy',
    type: 'limit',
    quantity: '0.0001',
    limitPrice: textOf(inSteps(price, numberOf('0.01'))),
    timeInForce: takes ? 'ioc' : 'fok',
  }
}

/** How many milliseconds they took in all; undefined where there was no market left to trade on. */
export const sprint = async (
  orders: number,
  { market, place }: Pit,
): Promise<number | undefined> => {
  if (market.quote(spot) === undefined) return undefined
  const begun = performance.now()
  let next = 0
  const runner = async (): Promise<void> => {
    while (next < orders) {
      const n = next
      next += 1
      const quote = market.quote(spot)
      if (quote !== undefined) await place(spotDesk, nextOrder(n, quote))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runner))
  return performance.now() - begun
}
