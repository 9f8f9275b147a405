/** The book is not further below the highest it was ever worth than it may be, as a part of that. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { whyUnknown } from '#domain/risk/checks/worth-unknown'
import { drawdownOf } from '#domain/risk/loss'
import { quantityText } from '#domain/risk/texts'

export const drawdown: Check = atMost<bigint>({
  code: 'drawdown',
  unit: 'ratio',
  scope: 'book',
  observed: ({ stand }) => (stand === undefined ? undefined : drawdownOf(stand)),
  text: quantityText,
  limit: ({ limits }) => limits.maxDrawdown,
  limitText: ({ limitTexts }) => limitTexts.maxDrawdown,
  what: () => 'How far the book is below its highest equity, as a part of that,',
  remedy:
    'only what reduces is approved until it is worth more again, or until a person raises maxDrawdown',
  missing: whyUnknown,
})
