/** Sums of money, each currency for itself. */
import type { Amount } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { MoneyByCurrency } from '#schemas/values/money'

/** With so much more (or less) of one currency; a sum of nothing is not kept. */
export const plusMoney = (
  money: MoneyByCurrency,
  currency: Currency,
  amount: Amount,
): MoneyByCurrency => {
  const sum = ((money[currency] ?? 0n) + amount) as Amount
  if (sum !== 0n) return { ...money, [currency]: sum }
  const { [currency]: _none, ...others } = money
  return others
}
