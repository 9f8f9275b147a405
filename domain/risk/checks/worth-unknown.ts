/** Why nobody can say what a book has lost: in words, for the checks that ask for it. */
import type { View } from '#domain/risk/checks/check'
import type { Doubt } from '#domain/risk/equity'
import { formatInstant } from '#schemas/values/instant'

export const whyUnknown = ({ wealth }: Pick<View, 'wealth'>): string => {
  const { doubt, unvalued } = wealth ?? {}
  if (doubt !== undefined) return doubtInWords(doubt)
  const [currency] = unvalued ?? []
  return currency === undefined
    ? 'no trading day is open'
    : `there is no mark to convert the ${currency} by that came in or went out`
}
export const doubtInWords = (doubt: Doubt): string => {
  switch (doubt._tag) {
    case 'Unpriced':
      return `there is no mark of ${doubt.symbols.slice(0, 5).join(', ')} to value the book by`
    case 'Stale':
      return `the mark of ${doubt.symbol}, which values what the book has, is of ${formatInstant(doubt.at)}`
    case 'Jumped':
      return `the price of ${doubt.symbol}, which values what the book has, has just jumped`
    case 'TooMuch':
      return 'what the book has, or what came in or went out, is more than can be written down'
  }
}
