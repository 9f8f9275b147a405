/** A limit order has a price, in whole ticks; a market order has none. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'

export const priceIncrement: Check = {
  code: 'priceIncrement',
  unit: 'price',
  scope: 'instrument',
  evaluate: ({ terms: { orderType, limitPrice }, instrument }) => {
    if (instrument === undefined) return notEvaluated('')
    const tick = instrument.ruleTexts.tickSize
    const isMarket = orderType === 'market'
    if (limitPrice === undefined) return isMarket ? passed('', tick) : failed('', tick)
    const isWhole = limitPrice % instrument.rules.tickSize === 0n
    const judged = isWhole && !isMarket ? passed : failed
    return judged(quantityText(limitPrice), tick)
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { orderType } = view.terms
    if (outcome === 'notEvaluated') return notListed(view)
    if (observed === '')
      return outcome === 'passed'
        ? 'A market order has no price.'
        : `A ${orderType} order needs a limitPrice: give it one.`
    if (orderType === 'market') return 'A market order has no limitPrice: leave it out.'
    return outcome === 'passed'
      ? `The price ${observed} is a multiple of ${limit}.`
      : `The price ${observed} is not a multiple of the tick size ${limit}: round it.`
  },
}
