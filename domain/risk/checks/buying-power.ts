/**
 * The account can pay for it, with all else that is open. A spot buy needs its cost and the worst fee in the
 * quote currency; a spot sell the position in this account and venue, and the coins; a contract its margin in
 * the settle currency. Nothing is converted: a currency pays only for itself.
 */
import { atMost, type Check, missingPrice, type View } from '#domain/risk/checks/check'
import { amountText, quantityText } from '#domain/risk/texts'
import { fundsCurrency } from '#domain/risk/worth'
import { amountFromQuantity, quantityHalfEven, smaller } from '#domain/values/decimal'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'

const common = {
  code: 'buyingPower',
  unit: 'fundsCurrency',
  scope: 'account',
  missing: missingPrice,
} as const

const cashSuffices: Check = atMost<bigint>({
  ...common,
  observed: ({ outlook }) => outlook.spokenFor,
  text: amountText,
  limit: (view) => cashOf(view),
  limitText: (view) => amountText(cashOf(view)),
  what: ({ terms }) => `What ${terms.account} needs for this and all else that is open`,
  remedy: 'order less, cancel what is open, or deposit more',
})
/** Both bind: the position that is sold from, and the coins, which other instruments may have spoken for. */
const coinsSuffice: Check = atMost<bigint>({
  ...common,
  observed: ({ outlook }) => (outlook.spokenFor === undefined ? undefined : outlook.load.sells),
  text: quantityText,
  limit: (view) => freeCoins(view),
  limitText: (view) => quantityText(freeCoins(view)),
  what: ({ terms }) =>
    `What ${terms.account} sells of its position in ${terms.symbol} with this and all open sells`,
  remedy: 'sell less, or cancel an open sell',
})

export const buyingPower: Check = {
  ...cashSuffices,
  evaluate: (view) => checkOf(view).evaluate(view),
  inWords: (view, finding) => checkOf(view).inWords(view, finding),
}

const checkOf = ({ terms, instrument }: View): Check =>
  instrument?.terms.kind === 'spot' && terms.side === 'sell' ? coinsSuffice : cashSuffices
const cashOf = ({ terms, instrument, holdings }: View): Amount =>
  instrument === undefined
    ? (0n as Amount)
    : holdings.cash(terms.account, fundsCurrency(terms, instrument.terms))
const freeCoins = (view: View): SignedQuantity => {
  const { load, spokenFor } = view.outlook
  const others = (spokenFor ?? 0n) - amountFromQuantity(load.sells)
  return smaller<SignedQuantity>(load.quantity, quantityHalfEven((cashOf(view) - others) as Amount))
}
