/**
 * The account can pay for it, with all else that is open. A spot buy needs its cost and the worst fee in the
 * quote currency; a spot sell the strategy's own position; a contract its margin in the settle
 * currency. Nothing is converted: a currency pays only for itself. A strategy that could sell what another one
 * holds would leave both with positions that nobody can close: one short of coins, the other without them.
 */
import { atMost, type Check, missingPrice, type View } from '#domain/risk/checks/check'
import { amountText, quantityText } from '#domain/risk/texts'
import { fundsCurrency } from '#domain/risk/worth'
import { addQuantity, zeroQuantity } from '#domain/values/decimal'
import type { Amount, Quantity, SignedQuantity } from '#schemas/values/decimal'

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
/** What it sells within its position is reducing, and that is never stopped for want of money. */
const coinsSuffice: Check = atMost<bigint>({
  ...common,
  observed: (view) => ownSells(view),
  text: quantityText,
  limit: (view) => ownPosition(view),
  limitText: (view) => quantityText(ownPosition(view)),
  what: ({ terms }) =>
    `What ${terms.strategy} in ${terms.account} sells of its position in ${terms.symbol}, with all its open sells,`,
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
/** The strategy's, with this order. */
const ownSells = ({ terms, claim, cell }: View): Quantity => {
  const stake = cell?.stakes.get(terms.strategy)
  return addQuantity(stake?.sells ?? zeroQuantity, claim.quantity)
}
const ownPosition = ({ terms, cell }: View): SignedQuantity =>
  cell?.stakes.get(terms.strategy)?.position.quantity ?? (0n as SignedQuantity)
