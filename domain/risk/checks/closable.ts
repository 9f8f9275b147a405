/** What an order of a strategy could still close, and the open orders that claim the rest, in words. */
import { reducible } from '#domain/risk/cell'
import type { View } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'
import { smaller } from '#domain/values/decimal'
import type { OrderId } from '#schemas/values/ids'

export interface Closable {
  /** Above 0: so much of the position, by an order of this side. */
  readonly left: bigint
  /** What is held against the side, and what of it open orders claim. */
  readonly held: bigint
  readonly claimed: bigint
  /** Those orders, oldest first. */
  readonly by: readonly OrderId[]
}
export const closable = ({ terms, exposure, cell }: View): Closable => {
  const free = reducible(cell, terms)
  const stake = cell?.stakes.get(terms.strategy)
  if (free === undefined || stake === undefined) return { left: 0n, held: 0n, claimed: 0n, by: [] }
  const claims: bigint = terms.side === 'sell' ? stake.sells : stake.buys
  const held = free + claims
  return {
    left: free > 0n ? free : 0n,
    held,
    claimed: smaller(claims, held),
    by: claims > 0n ? exposure.beside(terms) : [],
  }
}

/** What it says of the strategy, without a capital letter or a full stop. */
export const closableInWords = (
  { terms: { strategy, account, symbol, side } }: View,
  { left, held, claimed, by }: Closable,
): string => {
  const who = `${strategy} in ${account}`
  if (held === 0n) return `${who} holds nothing of ${symbol} that a ${side} would close`
  const claims = `${ordersText(by)} ${by.length === 1 ? 'claims' : 'claim'}`
  if (left === 0n) return `${claims} all ${quantityText(held)} of ${symbol} that ${who} holds`
  const can = `${who} can still close ${quantityText(left)} of ${symbol} by a ${side}`
  return claimed === 0n ? can : `${can}; ${claims} ${quantityText(claimed)}`
}
/** What can be done about it; nothing where nothing is held. */
export const closableRemedies = ({ left, claimed, by }: Closable): readonly string[] => [
  ...(left > 0n ? [`order ${quantityText(left)} at most`] : []),
  ...(claimed > 0n ? [by.length === 1 ? 'cancel that order' : 'cancel some of those orders'] : []),
]
const ordersText = (by: readonly OrderId[]): string => {
  const named = by.slice(0, namedMax)
  const more = by.length - named.length
  const all = [...named, ...(more > 0 ? [`${String(more)} more`] : [])]
  return `${by.length === 1 ? 'order' : 'orders'} ${all.join(' and ')}`
}
const namedMax = 2

/** A sentence of a decision has 500 characters at most, whatever the names and figures in it. */
export const inOneLine = (text: string): string => cut(text, 500)
/** By whole characters: half of one could not be written down. */
export const cut = (text: string, most: number): string => {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
