/** The order's account has been opened, and in the order's book. */
import { type Check, failed, passed } from '#domain/risk/checks/check'

const open = passed('open', 'open')

export const accountOpen: Check = {
  code: 'accountOpen',
  unit: 'state',
  scope: 'account',
  evaluate: ({ book, account }) =>
    account?.book === book ? open : failed(account?.book ?? 'unknown', 'open'),
  inWords: ({ book, account, terms }) => {
    const name = terms.account
    if (account === undefined) return `There is no account ${name}: open it first.`
    return account.book === book
      ? `Account ${name} is open in book ${book}.`
      : `Account ${name} belongs to book ${account.book}, not to ${book}: use another.`
  },
}
