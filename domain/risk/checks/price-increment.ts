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
    const { tickSize } = instrument.rules
    const { limitPrice, stopPrice } = terms
    const isWhole = isMultiple(limitPrice, tickSize) && isMultiple(stopPrice, tickSize)
    return (isWhole ? passed : failed)(pricesText(terms), tick)
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

const isMultiple = (price: Price | undefined, tickSize: Price): boolean =>
  price === undefined || price % tickSize === 0n

type PriceName = 'limitPrice' | 'stopPrice'
const needed: Readonly<Record<OrderType, Readonly<Record<PriceName, boolean>>>> = {
  market: { limitPrice: false, stopPrice: false },
  limit: { limitPrice: true, stopPrice: false },
  stop: { limitPrice: false, stopPrice: true },
  stopLimit: { limitPrice: true, stopPrice: true },
}
/** The price that is there and should not be, or the other way round. */
const misfitOf = ({ orderType, limitPrice, stopPrice }: Terms): PriceName | undefined => {
  const of = needed[orderType]
  if (of.limitPrice !== (limitPrice !== undefined)) return 'limitPrice'
  return of.stopPrice === (stopPrice !== undefined) ? undefined : 'stopPrice'
}
const pricesOf = ({ limitPrice, stopPrice }: Terms): readonly Price[] =>
  [limitPrice, stopPrice].filter((price) => price !== undefined)
const pricesText = ({ limitPrice, stopPrice }: Terms): string => {
  if (limitPrice === undefined) return stopPrice === undefined ? '' : quantityText(stopPrice)
  const limit = quantityText(limitPrice)
  return stopPrice === undefined ? limit : `${limit} and ${quantityText(stopPrice)}`
}
