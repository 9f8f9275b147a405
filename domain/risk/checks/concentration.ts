/**
 * One symbol's worst-case worth is not above a share of the gross exposure that the book may have. It is
 * measured against the limit, not against what is held: else the first order of a book, which is all of it,
 * could never be placed. Without a limit of gross exposure there is nothing to be a share of.
 */
import {
  type Check,
  failed,
  missingPrice,
  notEvaluated,
  passed,
  unsaid,
} from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'
import { ratioHalfEven } from '#domain/values/decimal'

const one = 10n ** 18n

export const concentration: Check = {
  code: 'concentration',
  unit: 'ratio',
  scope: 'symbol',
  evaluate: ({ limits: { maxConcentration, maxGrossExposure }, limitTexts, outlook }) => {
    if (maxConcentration === undefined || maxGrossExposure === undefined) return passed('', '')
    const limit = limitTexts.maxConcentration
    const { positionNotional } = outlook
    if (positionNotional === undefined || maxGrossExposure <= 0n) return notEvaluated(limit)
    const judged = positionNotional * one <= maxConcentration * maxGrossExposure ? passed : failed
    return judged(quantityText(ratioHalfEven(positionNotional, maxGrossExposure)), limit)
  },
  inWords: (view, { outcome, observed, limit }) => {
    if (limit === '') return 'Concentration is not limited.'
    if (outcome === 'notEvaluated')
      return unsaid(
        view.outlook.positionNotional === undefined
          ? missingPrice(view)
          : 'no gross exposure is allowed',
      )
    const share = `${view.terms.symbol} with this and all open orders is ${observed} of maxGrossExposure`
    return outcome === 'passed'
      ? `${share}, at most ${limit}.`
      : `${share}, more than the ${limit} allowed: order less.`
  },
}
