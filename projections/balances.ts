/** Sums over the ledgers: what each account has, and whether the books balance. */
import { sql } from 'kysely'
import type { AccountCode } from '#domain/books/postings'
import { type Cell, decimal36 } from '#projections/columns'
import { type Query, queryOf } from '#projections/query'
import type { Amount } from '#schemas/values/decimal'
import type { AccountId, Currency } from '#schemas/values/ids'
import type { MoneyByCurrency } from '#schemas/values/money'

export interface Balance {
  readonly account: AccountId
  readonly code: AccountCode
  readonly currency: Currency
  /** A debit above 0, a credit below. */
  readonly amount: Amount
}

/** Every account of the books, for each trading account; over all of them each currency is zero. */
export const trialBalances = (account?: string): Query<Balance> =>
  queryOf(
    sql`
      select account, by_code.key, by_currency.key, sum(by_currency.value::numeric)::text
      from read.ledgers, jsonb_each(balances) by_code, jsonb_each_text(by_code.value) by_currency
      where until is null and (${account ?? null}::text is null or account = ${account ?? null}::text)
      group by 1, 2, 3 order by 1, 2, 3`,
    balanceOf,
  )

/** What accounts have of each currency: contracts by what they realised, spot by what was exchanged. */
export const cashBalances = (account?: string): Query<Balance> =>
  queryOf(
    sql`
      select account, 'cash', by_currency.key, sum(by_currency.value::numeric)::text
      from read.ledgers, jsonb_each_text(coalesce(balances -> 'cash', '{}')) by_currency
      where until is null and (${account ?? null}::text is null or account = ${account ?? null}::text)
      group by 1, 3 order by 1, 3`,
    balanceOf,
  )

const amounts = decimal36<Amount>()
const balanceOf = ([account, code, currency, amount]: readonly Cell[]): Balance => ({
  account: account as AccountId,
  code: code as AccountCode,
  currency: currency as Currency,
  amount: amounts.read(amount ?? null),
})

/** The balances of one account, as it is shown. */
export const moneyOf = (account: AccountId, balances: readonly Balance[]): MoneyByCurrency =>
  Object.fromEntries(
    balances
      .filter((balance) => balance.account === account && balance.amount !== 0n)
      .map(({ currency, amount }) => [currency, amount]),
  )
