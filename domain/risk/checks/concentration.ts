/**
 * One symbol's worst-case worth is not above a share of the gross exposure that the book may have. It is
 * measured against the limit, not against what is held: else the first order of a book, which is all of it,
 * could never be placed. Without a limit of gross exposure there is nothing to be a share of.
 */
import {
  type Check,
  judged,
  missingPrice,
  notEvaluated,
  quantityText,
} from '#domain/risk/checks/check'
import { ratioHalfEven } from '#domain/values/decimal'

const one = 10n ** 18n

export const concentration: Check = {
  code: 'concentration',
  unit: 'ratio',
  scope: 'symbol',
  evaluate: (view) => {
    const { limits, outlook, terms } = view
    const { maxConcentration, maxGrossExposure } = limits
    if (maxConcentration === undefined || maxGrossExposure === undefined)
      return judged(true, '', '', () => 'Concentration is not limited.')
    const limit = quantityText(maxConcentration)
    if (maxGrossExposure <= 0n) return notEvaluated(limit, 'no gross exposure is allowed')
    if (outlook.positionNotional === undefined) return notEvaluated(limit, missingPrice(view))
    const seen = quantityText(ratioHalfEven(outlook.positionNotional, maxGrossExposure))
    const share = `${terms.symbol} with this and all open orders is ${seen} of maxGrossExposure`
    return outlook.positionNotional * one <= maxConcentration * maxGrossExposure
      ? judged(true, seen, limit, () => `${share}, at most ${limit}.`)
      : judged(false, seen, limit, () => `${share}, more than the ${limit} allowed: order less.`)
  },
}
