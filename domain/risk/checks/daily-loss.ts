/** The book has not lost more than it may since its trading day began: realised, unrealised, fees and funding together. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { whyUnknown } from '#domain/risk/checks/worth-unknown'
import { lossOf } from '#domain/risk/loss'
import { amountText } from '#domain/risk/texts'

export const dailyLoss: Check = atMost<bigint>({
  code: 'dailyLoss',
  unit: 'bookCurrency',
  scope: 'book',
  observed: ({ stand }) => (stand === undefined ? undefined : lossOf(stand)),
  text: amountText,
  limit: ({ limits }) => limits.maxDailyLoss,
  limitText: ({ limitTexts }) => limitTexts.maxDailyLoss,
  what: () => 'What the book has lost since its trading day began',
  remedy:
    'only what reduces is approved until the next trading day, or until a person raises maxDailyLoss',
  missing: whyUnknown,
})
