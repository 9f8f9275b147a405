/** One order that may still be filled: how much of it, and what that is worth at most. */
import { worthAt } from './average-cost.ts'
import { greater, lesser, product, shown, units } from './decimals.ts'
import { type Json, record } from './log-row.ts'

export interface OpenOrder {
  /** What it is, as far as the venue has said. */
  terms: Json
  /** What an amendment that was approved may have made of it. */
  perhaps: Json | undefined
  /** That was sent: the venue may fill all of it. */
  isSent: boolean
  filled: bigint
  /** What the venue says was filled in all; undefined until it has ended. */
  total: bigint | undefined
  /** What became of it is not known. */
  unknown: boolean
}
const leftOf = ({ filled, total }: OpenOrder, terms: Json): bigint =>
  greater((total ?? units(terms['quantity'])) - filled, 0n)
/** What it may be: while an amendment is under way, one of two. */
const shapesOf = ({ terms, perhaps, total }: OpenOrder): readonly Json[] =>
  perhaps === undefined || total !== undefined ? [terms] : [terms, perhaps]
/** What may still be filled: an order that is in flight, unknown, or short of its venue total counts in full. */
export const remaining = (order: OpenOrder): bigint =>
  shapesOf(order)
    .map((terms) => leftOf(order, terms))
    .reduce(greater)
export const isOpen = (order: OpenOrder): boolean =>
  order.total === undefined && remaining(order) > 0n
/** Nothing of it can fill any more. */
export const isOver = (order: OpenOrder): boolean =>
  order.isSent ? remaining(order) === 0n : leftOf(order, order.terms) === 0n

export const fresh = {
  perhaps: undefined,
  isSent: false,
  filled: 0n,
  total: undefined,
  unknown: false,
}
export const amend = (order: OpenOrder, type: string, data: Json): void => {
  if (type === 'OrderAmendStarted') order.isSent = true
  if (type === 'OrderAmendOutcomeUnknown') order.unknown = true
  if (type === 'OrderAmended') order.terms = record(data['terms'])
  if (type !== 'OrderAmended' && type !== 'OrderAmendRefused') return
  order.perhaps = undefined
  order.isSent = false
  order.unknown = false
}
const dearer = (a: bigint, b: bigint, { kind }: Json): bigint =>
  kind === 'inverse' ? lesser(a, b) : greater(a, b)
const raised = (amount: bigint, by: bigint): bigint => amount + product(amount, by)

/** Above what it is worth at the mark, by where it may be filled. */
export const premium = (order: OpenOrder, instrument: Json, mark: bigint, collar: bigint): bigint =>
  worstWorth(dearest(order, instrument), remaining(order), instrument, mark, collar) -
  worthAt(instrument, mark, remaining(order))

/** What is valued at its mark whatever its limit: a limit order, once it is filled. */
const worstWorth = (
  terms: Json,
  quantity: bigint,
  instrument: Json,
  mark: bigint,
  collar: bigint,
): bigint => {
  const [limit, stop] = [terms['limitPrice'], terms['stopPrice']]
  const at = (price: bigint): bigint => worthAt(instrument, price, quantity)
  if (stop === undefined) return limit === undefined ? raised(at(mark), collar) : at(mark)
  const worth = at(dearer(units(limit ?? stop), mark, instrument))
  return limit === undefined ? raised(worth, collar) : worth
}
/** What a buy pays at most: a limit its own price. */
export const spending = (
  order: OpenOrder,
  instrument: Json,
  mark: () => bigint,
  collar: bigint,
): bigint =>
  order.terms['limitPrice'] === undefined
    ? worstWorth(dearest(order, instrument), remaining(order), instrument, mark(), collar)
    : shapesOf(order)
        .map((terms) => product(units(terms['limitPrice']), leftOf(order, terms)))
        .reduce(greater)
/** At whichever of its prices it is worth more. */
const dearest = (order: OpenOrder, instrument: Json): Json => {
  const [terms, ...others] = shapesOf(order)
  return others.reduce<Json>((worst, other) => {
    const priced = ['limitPrice', 'stopPrice'].filter((name) => worst[name] !== undefined)
    const prices = priced.map((name) => {
      const price = dearer(units(worst[name]), units(other[name]), instrument)
      return [name, shown(price)] as const
    })
    return { ...worst, ...Object.fromEntries(prices) }
  }, terms ?? order.terms)
}

/** What one order is worth at most when it fills. */
export const orderWorth = (terms: Json, instrument: Json, mark: bigint, collar: bigint): bigint => {
  const quantity = units(terms['quantity'])
  const [limit, stop] = [terms['limitPrice'], terms['stopPrice']]
  if (stop !== undefined || limit === undefined || instrument['kind'] === 'inverse')
    return worstWorth(terms, quantity, instrument, mark, collar)
  const price = terms['side'] === 'buy' ? units(limit) : greater(units(limit), mark)
  return worthAt(instrument, price, quantity)
}
