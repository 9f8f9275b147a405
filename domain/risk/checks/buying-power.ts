/**
 * The account can pay for it, with all else that is open. A spot buy needs its cost and the worst fee in the
 * quote currency; a spot sell the position in this account and venue, and the coins; a contract its margin in
 * the settle currency. Nothing is converted: a currency pays only for itself.
 */
import {
  amountText,
  atMost,
  type Check,
  type Finding,
  notEvaluated,
  missingPrice,
  quantityText,
  type View,
} from '#domain/risk/checks/check'
import { amountFromQuantity, quantityHalfEven, smaller } from '#domain/values/decimal'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'

export const buyingPower: Check = {
  code: 'buyingPower',
  unit: 'fundsCurrency',
  scope: 'account',
  evaluate: (view) => {
    const currency = fundsCurrency(view)
    if (currency === undefined) return notEvaluated('', missingPrice(view))
    const { instrument } = view
    return instrument?.terms.kind === 'spot' && view.terms.side === 'sell'
      ? coinsSuffice(view, currency)
      : cashSuffices(view, currency)
  },
}

/** The currency that the order needs. */
export const fundsCurrency = ({ terms, instrument }: View): Currency | undefined => {
  if (instrument === undefined) return undefined
  const { kind, base, quote, settle } = instrument.terms
  if (kind !== 'spot') return settle
  return terms.side === 'buy' ? quote : base
}
const spokenFor = ({ outlook }: View, currency: Currency): Amount | undefined =>
  outlook.funds.find((funds) => funds.currency === currency)?.spokenFor

const cashSuffices = (view: View, currency: Currency): Finding => {
  const { account } = view.terms
  return atMost(spokenFor(view, currency), view.holdings.cash(account, currency), {
    text: amountText,
    what: `What ${account} needs for this and all else that is open`,
    unit: currency,
    remedy: 'order less, cancel what is open, or deposit more',
    missing: missingPrice(view),
  })
}
/** Both bind: the position that is sold from, and the coins, which other instruments may have spoken for. */
const coinsSuffice = (view: View, currency: Currency): Finding => {
  const { account, symbol } = view.terms
  const { load } = view.outlook
  const needed = spokenFor(view, currency)
  if (needed === undefined) return notEvaluated('', missingPrice(view))
  const cash = view.holdings.cash(account, currency)
  const coins = quantityHalfEven((cash - needed + amountFromQuantity(load.sells)) as Amount)
  const free = smaller<SignedQuantity>(load.quantity, coins)
  return atMost<bigint>(load.sells, free, {
    text: quantityText,
    what: `What ${account} sells of its position in ${symbol} with this and all open sells`,
    unit: currency,
    remedy: 'sell less, or cancel an open sell',
    missing: '',
  })
}
