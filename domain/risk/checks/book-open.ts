/** The order's book has been opened. */
import { type Check, judged } from '#domain/risk/checks/check'

export const bookOpen: Check = {
  code: 'bookOpen',
  unit: 'state',
  scope: 'book',
  evaluate: ({ book, opened }) =>
    opened === undefined
      ? judged(false, 'unknown', 'open', () => `Book ${book} has not been opened: open it first.`)
      : judged(true, 'open', 'open', () => `Book ${book} is open.`),
}
