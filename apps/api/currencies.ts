/** The currencies that the ledger knows: those of its books, and what its instruments are made of. */
import type { RequestFault } from '#adapters/http/faults'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'
import type { Currency } from '#schemas/values/ids'

/** Money under a misspelt code would lie where nothing ever looks. */
export const unknownCurrency = (
  directory: Directory,
  currency: Currency,
): readonly RequestFault[] => {
  const known = new Set([
    ...directory.books().flatMap((book) => directory.book(book)?.opened.currency ?? []),
    ...directory.instruments().flatMap(({ terms }) => [terms.base, terms.quote, terms.settle]),
  ])
  return known.has(currency)
    ? []
    : [unknownName(['currency'], 'unknownCurrency', currency, [...known].toSorted())]
}
