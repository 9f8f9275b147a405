/** The order's book has been opened. */
import { type Check, failed, passed } from '#domain/risk/checks/check'

const open = passed('open', 'open')
const unknown = failed('unknown', 'open')

export const bookOpen: Check = {
  code: 'bookOpen',
  unit: 'state',
  scope: 'book',
  evaluate: ({ opened }) => (opened === undefined ? unknown : open),
  inWords: ({ book, opened }) =>
    opened === undefined
      ? `Book ${book} has not been opened: open it first.`
      : `Book ${book} is open.`,
}
