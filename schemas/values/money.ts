/** Amounts by currency: `{ "USDT": "12.5", "BTC": "-0.001" }`. */
import * as t from 'io-ts'
import { Amount } from '#schemas/values/decimal'

export const MoneyByCurrency = t.record(t.string, Amount, 'MoneyByCurrency')
export type MoneyByCurrency = Readonly<Record<string, Amount>>

/** What stands on each account of the books. */
export const MoneyByAccount = t.record(t.string, MoneyByCurrency, 'MoneyByAccount')
export type MoneyByAccount = Readonly<Record<string, MoneyByCurrency>>
