/** Profit, loss and equity by day or hour, and balances, as they are shown. */
import * as t from 'io-ts'
import { afterQuery, listOf, Nullable, pageQuery, timeQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { AccountId, StrategyId } from '#schemas/values/ids'

export const PnlInterval = t.keyof({ day: null, hour: null }, 'PnlInterval')
export type PnlInterval = t.TypeOf<typeof PnlInterval>

/** Days are those of the account's book, hours those of UTC; those that `from` and `to` touch are shown whole. */
export const PnlQuery = closed(
  t.partial(
    {
      ...pageQuery,
      ...timeQuery,
      account: AccountId,
      strategy: StrategyId,
      interval: PnlInterval,
    },
    'PnlQuery',
  ),
)
export type PnlQuery = Readonly<t.TypeOf<typeof PnlQuery>>

/** Exact, in one currency; null where something held has no mark. */
export const PnlInCurrency = t.strict(
  {
    realised: t.string,
    unrealised: Nullable,
    unrealisedChange: Nullable,
    fees: t.string,
    funding: t.string,
    net: Nullable,
    transfers: t.string,
    balance: t.string,
  },
  'PnlInCurrency',
)
export type PnlInCurrency = Readonly<t.TypeOf<typeof PnlInCurrency>>

/**
 * One period of an account, or of one strategy in it; `strategy` null is all of the account. Figures are in
 * `currency`, by the last marks recorded before the period ended, or the marks of this moment where it has not;
 * null where there is no such mark of the last day: `byCurrency` is exact in any case.
 * - `unrealised` is what stands at the end, `unrealisedChange` what it changed by.
 * - `net` = realised + unrealisedChange − fees + funding.
 * - `equity` = balances + what open contracts would pay; a strategy's is what it has brought to the account.
 * - `equity` = openingEquity + net + transfers + revaluation: the last is what balances in other currencies gained
 *   or lost in worth, besides what positions show.
 */
export const PnlReply = t.strict(
  {
    id: t.string,
    account: t.string,
    strategy: Nullable,
    interval: PnlInterval,
    /** The local date on which the trading day begins, or the hour's beginning. */
    period: t.string,
    from: t.string,
    to: t.string,
    /** False while it lasts. */
    complete: t.boolean,
    currency: t.string,
    realised: Nullable,
    unrealised: Nullable,
    unrealisedChange: Nullable,
    fees: Nullable,
    funding: Nullable,
    net: Nullable,
    transfers: Nullable,
    revaluation: Nullable,
    openingEquity: Nullable,
    equity: Nullable,
    /** When the oldest of the marks that value the end was heard; null where none was needed. */
    marksAt: Nullable,
    byCurrency: t.record(t.string, PnlInCurrency),
  },
  'PnlReply',
)
export type PnlReply = Readonly<t.TypeOf<typeof PnlReply>>
export const PnlList = listOf(PnlReply)

export const BalanceQuery = closed(t.partial({ ...afterQuery, account: AccountId }, 'BalanceQuery'))
export type BalanceQuery = Readonly<t.TypeOf<typeof BalanceQuery>>

/**
 * What an account has of a currency (`total`), what of that open orders and contracts tie up at worst, as the risk
 * guard counts it at its last marks (`used`, null where it has none), and what is left of it (`free`).
 */
export const BalanceReply = t.strict(
  {
    account: t.string,
    currency: t.string,
    free: Nullable,
    used: Nullable,
    total: t.string,
  },
  'BalanceReply',
)
export type BalanceReply = Readonly<t.TypeOf<typeof BalanceReply>>
export const BalanceList = listOf(BalanceReply)
