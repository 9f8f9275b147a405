/** Stop orders, held against the trades of the tape that were stored: none is filled before one reached its price. */
import { units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { grouped, type LogRow, second, text, venueAt } from './log-row.ts'
import { storiesOf, type Story } from './story.ts'

/** A trade of the tape: its price, and when it was received, in microseconds since 1970. */
export interface TapeTrade {
  readonly symbol: string
  readonly price: bigint
  readonly receivedAt: number
}
export interface Tape {
  readonly trades: readonly TapeTrade[]
  /** Some ticks were told and not stored. */
  readonly hasHoles: boolean
}

/** What was received may have waited so long before the venue worked it off, and an order was taken in meanwhile. */
const waited = second

export const stopFinding = (rows: readonly LogRow[], { trades, hasHoles }: Tape): Finding => {
  const tapes = grouped(
    trades.toSorted((a, b) => a.receivedAt - b.receivedAt),
    ({ symbol }) => symbol,
  )
  const filled = storiesOf(rows).filter(
    ({ terms, fills }) => 'stopPrice' in terms && fills.length > 0,
  )
  const wrong = filled
    .filter((story) => !wasTriggered(story, tapes.get(text(story.terms['symbol'])) ?? []))
    .map(({ id, terms }) => {
      const stop = text(terms['stopPrice'])
      return `order ${id} was filled, and no trade had reached ${stop}`
    })
  return finding(
    'stop',
    'each was filled only after a trade of the tape had reached its price',
    filled.length,
    hasHoles ? [] : wrong,
    hasHoles ? wrong : [],
  )
}

const wasTriggered = ({ terms, accepted, fills }: Story, tape: readonly TapeTrade[]): boolean => {
  const stop = units(terms['stopPrice'])
  const first = Math.min(...fills.map(venueAt))
  const from = (accepted === undefined ? first : venueAt(accepted)) - waited
  return tape.some(
    ({ price, receivedAt }) =>
      receivedAt >= from &&
      receivedAt <= first &&
      (terms['side'] === 'buy' ? price >= stop : price <= stop),
  )
}
