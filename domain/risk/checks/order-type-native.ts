/** The venue itself knows orders of this type, so that the ledger need not imitate them. */
import { type Check, judged, notEvaluated } from '#domain/risk/checks/check'

export const orderTypeNative: Check = {
  code: 'orderTypeNative',
  unit: 'orderType',
  scope: 'instrument',
  evaluate: ({ terms, instrument }) => {
    const { orderType, venue, symbol, postOnly, reduceOnly } = terms
    if (instrument === undefined) return notEvaluated('', `${symbol} is not listed at ${venue}`)
    const native = instrument.rules.orderTypes.join(' ')
    // No venue's rules name these so far, and what is not named is not taken for granted.
    if (postOnly || reduceOnly) {
      const flag = postOnly ? 'postOnly' : 'reduceOnly'
      return judged(false, flag, native, () => `${venue} does not name ${flag}: leave it out.`)
    }
    return instrument.rules.orderTypes.includes(orderType)
      ? judged(true, orderType, native, () => `${venue} knows ${orderType} orders of ${symbol}.`)
      : judged(
          false,
          orderType,
          native,
          () => `${venue} knows no ${orderType} orders of ${symbol}, only: ${native}.`,
        )
  },
}
