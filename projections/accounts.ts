/** Accounts: to which book they belong and on which terms. One row per account; its money is in the ledgers. */
import { decimal18, text, time, whole } from '#projections/columns'
import { type Query, rowsOf } from '#projections/query'
import type { ReadModel } from '#projections/read-model'
import { formatDecimal, placesOfQuantity, type Ratio } from '#schemas/values/decimal'
import type { AccountId, BookId, Currency } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { MoneyByCurrency } from '#schemas/values/money'
import type { CostBasisMethod } from '#schemas/values/trading'

export interface AccountRow {
  readonly id: AccountId
  readonly book: BookId
  readonly currency: Currency
  readonly leverage: Ratio
  readonly costBasis: CostBasisMethod
  readonly openedAt: Instant
  readonly logPosition: bigint
}

export const accounts: ReadModel<AccountRow> = {
  name: 'accounts',
  columns: {
    id: text(),
    book: text(),
    currency: text(),
    leverage: decimal18(),
    costBasis: text(),
    openedAt: time,
    logPosition: whole,
  },
  key: ['id'],
  beginsWith: ['AccountOpened'],
  indexes: [['logPosition']],
  foldVersion: 1,
  rowsOf: ({ event }) => (event.type === 'AccountOpened' ? [[event.account]] : []),
  on: {
    AccountOpened: (row, { event, metadata, position }) =>
      row ?? {
        id: event.account,
        book: event.book,
        currency: event.currency,
        leverage: event.leverage,
        costBasis: event.costBasis,
        openedAt: metadata.occurredAt,
        logPosition: position,
      },
  },
}

/** An account as REST shows it, with what it has of each currency. */
export const accountView = (row: AccountRow, balances: MoneyByCurrency) => ({
  id: row.id,
  book: row.book,
  currency: row.currency,
  leverage: formatDecimal(row.leverage, placesOfQuantity),
  costBasis: row.costBasis,
  balances: MoneyByCurrency.encode(balances),
  openedAt: formatInstant(row.openedAt),
  logPosition: row.logPosition.toString(),
})

/** In the order in which they were opened. */
export const allAccounts = (): Query<AccountRow> => rowsOf(accounts, {}, 'logPosition')
export const accountById = (id: string): Query<AccountRow> => rowsOf(accounts, { id }, 'id')
