/** The market's price has not just jumped further than the book believes at once. */
import { atMost, type Check, type View } from '#domain/risk/checks/check'
import { jumpOf } from '#domain/risk/doubt'
import { quantityText } from '#domain/risk/texts'
import type { Ratio } from '#schemas/values/decimal'

export const markPlausible: Check = atMost<bigint>({
  code: 'markPlausible',
  unit: 'ratio',
  scope: 'symbol',
  observed: (view) => jumpIn(view),
  text: quantityText,
  limit: ({ limits }) => limits.maxMarkJump,
  limitText: ({ limitTexts }) => limitTexts.maxMarkJump,
  what: ({ terms }) =>
    `What the price of ${terms.symbol} has jumped by, as a part of the one before it,`,
  remedy: 'wait until the price has stood, or has come back',
  missing: ({ terms }) => `there is no mark of ${terms.symbol}`,
})

/** None: the price follows from the ones before it. */
const jumpIn = ({ heard }: View): Ratio | undefined => {
  if (heard === undefined) return undefined
  const { price, against } = heard
  return against === undefined || against <= 0n ? (0n as Ratio) : jumpOf(price, against)
}
