/** The order's account has been opened, and in the order's book. */
import { type Check, judged } from '#domain/risk/checks/check'

export const accountOpen: Check = {
  code: 'accountOpen',
  unit: 'state',
  scope: 'account',
  evaluate: ({ book, terms, account }) => {
    const name = terms.account
    if (account === undefined)
      return judged(false, 'unknown', 'open', () => `There is no account ${name}: open it first.`)
    return account.book === book
      ? judged(true, 'open', 'open', () => `Account ${name} is open in book ${book}.`)
      : judged(
          false,
          account.book,
          'open',
          () => `Account ${name} belongs to book ${account.book}, not to ${book}: use another.`,
        )
  },
}
