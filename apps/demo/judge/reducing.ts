/** Reduce-only orders, in the order in which the venue traded: none enlarges its account's position or turns it around. */
import { shown, size, units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { fillsIn, keyOf, type LogRow, named, orderOf, record, termsOf, text } from './log-row.ts'

export const reduceOnlyFinding = (rows: readonly LogRow[]): Finding => {
  const reducers = new Set(
    named(rows, 'OrderIntentRecorded')
      .filter((row) => termsOf(row)['reduceOnly'] === true)
      .map(orderOf),
  )
  const positions = new Map<string, bigint>()
  const wrong: string[] = []
  let examined = 0
  const contracts = fillsIn(rows).filter(
    ({ data }) => record(data['instrument'])['kind'] !== 'spot',
  )
  for (const { data } of contracts.toSorted(byTradeId)) {
    const place = keyOf(data, 'account', 'venue', 'symbol')
    const before = positions.get(place) ?? 0n
    const quantity = units(data['quantity'])
    const change = data['side'] === 'buy' ? quantity : -quantity
    positions.set(place, before + change)
    if (!reducers.has(text(data['orderId']))) continue
    examined += 1
    const says = `order ${text(data['orderId'])} took ${place} from ${shown(before)}`
    if (before === 0n || before > 0n === change > 0n || quantity > size(before))
      wrong.push(`${says} to ${shown(before + change)}`)
  }
  const says = 'no fill of a reduce-only order enlarged a position or turned it around'
  return finding('reduce-only', says, examined, wrong)
}

/** A venue counts its trades. */
const byTradeId = (a: LogRow, b: LogRow): number => {
  const [one, other] = [a, b].map(({ data }) => text(data['tradeId']).padStart(20, '0'))
  return (one ?? '') < (other ?? '') ? -1 : 1
}
