/** P4 and I7, naively: at every approval, the worst case of position and open orders is within the limit. */
import {
  type Finding,
  fillTypes,
  finding,
  type LogRow,
  record,
  shown,
  text,
  units,
} from './recompute.ts'

interface OpenOrder {
  readonly side: string
  readonly quantity: bigint
  filled: bigint
  /** What the venue says was filled in all; undefined until it has ended. */
  total: bigint | undefined
}
const ends = ['OrderCancelled', 'OrderExpired']
const deaths = ['OrderRefused', 'OrderLapsed']

/** What may still be filled: an order that is in flight, unknown, or short of its venue total counts in full. */
const remaining = ({ quantity, filled, total }: OpenOrder): bigint =>
  (total ?? quantity) > filled ? (total ?? quantity) - filled : 0n

/** Plain lists over one symbol, in log order. */
class Exposure {
  readonly orders = new Map<string, OpenOrder>()
  /** An approval that meets a lapse reserves nothing. */
  readonly lapsed = new Set<string>()
  position = 0n

  see({ type, data }: LogRow): void {
    const order = this.orders.get(text(data['orderId']))
    if (type === 'OrderLapsed') this.lapsed.add(text(data['orderId']))
    if (fillTypes.includes(type)) {
      const quantity = units(data['quantity'])
      this.position += data['side'] === 'buy' ? quantity : -quantity
      if (order !== undefined) order.filled += quantity
    }
    if (order !== undefined && ends.includes(type)) order.total = units(data['filledTotal'])
    if (order !== undefined && deaths.includes(type)) order.total = order.filled
  }
  approve({ data }: LogRow): void {
    const terms = record(data['terms'])
    const id = text(data['orderId'])
    this.orders.set(id, {
      side: text(terms['side']),
      quantity: units(terms['quantity']),
      filled: 0n,
      total: this.lapsed.has(id) ? 0n : undefined,
    })
  }
  /** The largest holding to one side that could come of all this. */
  worst(side: string): bigint {
    const open = [...this.orders.values()].filter((order) => order.side === side)
    const held = side === 'buy' ? this.position : -this.position
    return open.reduce((sum, order) => sum + remaining(order), held)
  }
}

export const positionLimitFinding = (
  rows: readonly LogRow[],
  symbol: string,
  limit: string,
): Finding => {
  const exposure = new Exposure()
  const wrong: string[] = []
  let approvals = 0
  for (const row of rows) {
    const terms = record(row.data['terms'])
    if (row.type === 'OrderApproved' && terms['symbol'] === symbol) {
      approvals += 1
      exposure.approve(row)
      const worst = exposure.worst(text(terms['side']))
      if (row.data['reducing'] !== true && worst > units(limit))
        wrong.push(`order ${text(row.data['orderId'])} took the worst case to ${shown(worst)}`)
    }
    const isOfSymbol = row.data['symbol'] === undefined || row.data['symbol'] === symbol
    if (isOfSymbol) exposure.see(row)
  }
  return finding('P4', `no approval took ${symbol} above ${limit}, worst case`, approvals, wrong)
}
