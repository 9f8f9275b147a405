/** Figures of the report that are counted or measured, not proved. */
import type { StoredEvent } from '#schemas/envelope'
import type { Order } from './client.ts'
import { shown, units } from './judge/decimals.ts'
import { grouped, type Json, text } from './judge/log-row.ts'
import type { Asked } from './tally.ts'

export type Line = readonly string[]

/** How many of each, most first. */
export const counted = (values: readonly string[]): readonly Line[] =>
  [...grouped(values, (value) => value)]
    .toSorted((a, b) => b[1].length - a[1].length)
    .map(([value, all]) => [value, String(all.length)])

const kindOf = ({ type, timeInForce, postOnly, reduceOnly }: Order): string =>
  [
    type,
    timeInForce,
    ...(postOnly ? ['post-only'] : []),
    ...(reduceOnly ? ['reduce-only'] : []),
  ].join(' ')
export const instrumentKind = (symbol: string): string => {
  const [pair = '', settle] = symbol.split(':')
  if (settle === undefined) return 'spot'
  return pair.startsWith(`${settle}/`) ? 'inverse' : 'linear'
}
const kinds = ['spot', 'linear', 'inverse'] as const
const outcomes = ['filled', 'cancelled', 'expired', 'denied', 'refused'] as const

export const kindHead: Line = ['kind', ...kinds, 'all', ...outcomes, 'other']
/** By type, time in force and conditions: how many there were where, and what became of them. */
export const byKind = (orders: readonly Order[]): readonly Line[] => {
  const groups = [...grouped(orders, kindOf)].toSorted((a, b) => (a[0] < b[0] ? -1 : 1))
  const line = (name: string, all: readonly Order[]): Line => {
    const known = outcomes.map((status) => all.filter((order) => order.status === status).length)
    const other = all.length - known.reduce((a, b) => a + b, 0)
    return [
      name,
      ...kinds.map((kind) => count(all.filter(({ symbol }) => instrumentKind(symbol) === kind))),
      count(all),
      ...[...known, other].map(orNothing),
    ]
  }
  return [...groups.map(([name, all]) => line(name, all)), line('all', orders)]
}
const orNothing = (n: number): string => (n === 0 ? '·' : String(n))
const count = (all: readonly unknown[]): string => orNothing(all.length)

export interface Fill {
  readonly id: string
  readonly symbol: string
  readonly liquidity: string
  readonly quantity: string
  readonly fee: { readonly currency: string; readonly amount: string }
}
export const byFill = (fills: readonly Fill[]): readonly Line[] =>
  [...grouped(fills, ({ symbol, liquidity, fee }) => `${symbol} ${liquidity} ${fee.currency}`)]
    .toSorted((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([name, all]) => {
      const [symbol = '', liquidity = '', currency = ''] = name.split(' ')
      const total = (of: (fill: Fill) => string): string =>
        shown(all.reduce((sum, fill) => sum + units(of(fill)), 0n))
      const fees = `${rounded(
        total(({ fee }) => fee.amount),
        8,
      )} ${currency}`
      return [symbol, liquidity, String(all.length), total(({ quantity }) => quantity), fees]
    })

/** Cut to so many decimals, for reading. */
export const rounded = (value: unknown, decimals: number): string => {
  if (typeof value !== 'string') return '–'
  const [whole = '', fraction = ''] = value.split('.')
  const kept = fraction.slice(0, decimals).replace(/0+$/, '')
  if (kept !== '') return `${whole}.${kept}`
  return whole === '-0' ? '0' : whole
}

const percentile = (sorted: readonly number[], of: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? 0
const milliseconds = (ms: readonly number[]): Line => {
  const sorted = ms.toSorted((a, b) => a - b)
  return [...[0.5, 0.99].map((of) => `${percentile(sorted, of).toFixed(1)} ms`), String(ms.length)]
}
export const latencyHead: Line = ['what', 'p50', 'p99', 'orders']
/** By the clock of those who asked, and by that of the log. */
export const latencies = (
  asked: readonly Asked[],
  log: readonly StoredEvent[],
): readonly Line[] => {
  const at = (type: string): ReadonlyMap<string, number> =>
    new Map(
      log
        .filter((event) => event.type === type)
        .map(({ data, recordedAt }) => [orderIn(data), recordedAt]),
    )
  const intents = at('OrderIntentRecorded')
  const since = (types: readonly string[]): readonly number[] =>
    types.flatMap((type) =>
      [...at(type)].flatMap(([order, when]) => {
        const intent = intents.get(order)
        return intent === undefined ? [] : [(when - intent) / 1000]
      }),
    )
  return [
    ['request to first answer', ...milliseconds(asked.map(({ ms }) => ms))],
    ['intent to decision', ...milliseconds(since(['OrderApproved', 'OrderDenied']))],
    ["intent to the venue's word", ...milliseconds(since(['OrderAccepted', 'OrderRefused']))],
  ]
}
const orderIn = (data: string): string => text((JSON.parse(data) as Json)['orderId'])

/** The most that were asked within one second. */
export const busiestSecond = (asked: readonly Asked[]): number => {
  const times = asked.map(({ at }) => at).toSorted((a, b) => a - b)
  let [first, most] = [0, 0]
  for (const [last, time] of times.entries()) {
    while ((times[first] ?? time) <= time - 1000) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
