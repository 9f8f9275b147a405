/** An order has the prices that its type needs and no others, each in whole ticks. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'
import type { Price } from '#schemas/values/decimal'
import type { OrderType, Terms } from '#schemas/values/trading'

export const priceIncrement: Check = {
  code: 'priceIncrement',
  unit: 'price',
  scope: 'instrument',
  evaluate: ({ terms, instrument }) => {
    if (instrument === undefined) return notEvaluated('')
    const tick = instrument.ruleTexts.tickSize
    if (misfitOf(terms) !== undefined) return failed(pricesText(terms), tick)
    const isWhole = (price: Price): boolean => price % instrument.rules.tickSize === 0n
    const judged = pricesOf(terms).every(isWhole) ? passed : failed
    return judged(pricesText(terms), tick)
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { terms } = view
    if (outcome === 'notEvaluated') return notListed(view)
    const misfit = misfitOf(terms)
    if (misfit !== undefined) {
      const { orderType } = terms
      return terms[misfit] === undefined
        ? `A ${orderType} order needs a ${misfit}: give it one.`
        : `A ${orderType} order has no ${misfit}: leave it out.`
    }
    if (observed === '') return 'A market order has no price.'
    if (pricesOf(terms).length > 1)
      return outcome === 'passed'
        ? `The prices ${observed} are multiples of ${limit}.`
        : `The prices ${observed} are not both multiples of the tick size ${limit}: round them.`
    return outcome === 'passed'
      ? `The price ${observed} is a multiple of ${limit}.`
      : `The price ${observed} is not a multiple of the tick size ${limit}: round it.`
  },
}

type PriceName = 'limitPrice' | 'stopPrice'
const needed: Readonly<Record<OrderType, readonly PriceName[]>> = {
  market: [],
  limit: ['limitPrice'],
  stop: ['stopPrice'],
  stopLimit: ['limitPrice', 'stopPrice'],
}
const names: readonly PriceName[] = ['limitPrice', 'stopPrice']
/** The price that is there and should not be, or the other way round. */
const misfitOf = (terms: Terms): PriceName | undefined =>
  names.find((name) => needed[terms.orderType].includes(name) !== (terms[name] !== undefined))
const pricesOf = ({ limitPrice, stopPrice }: Terms): readonly Price[] =>
  [limitPrice, stopPrice].filter((price) => price !== undefined)
const pricesText = (terms: Terms): string => pricesOf(terms).map(quantityText).join(' and ')
