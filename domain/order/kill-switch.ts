/** Which orders a kill switch forbids. */
import type { KillSwitchId } from '#schemas/values/ids'
import type { KillSwitchMode, Scope, Terms } from '#schemas/values/trading'

export interface KillSwitch {
  readonly killSwitchId: KillSwitchId
  readonly scope: Scope
  readonly mode: KillSwitchMode
}

/** Each part that the scope names must be the order's; an empty scope covers the whole book. */
export const covers = (
  { account, strategy, symbol }: Scope,
  terms: Pick<Terms, 'account' | 'strategy' | 'symbol'>,
): boolean =>
  (account === undefined || account === terms.account) &&
  (strategy === undefined || strategy === terms.strategy) &&
  (symbol === undefined || symbol === terms.symbol)

/** `halt` lets nothing through, `reduce` only what its approval calls reducing. */
export const forbids = ({ scope, mode }: KillSwitch, terms: Terms, reducing: boolean): boolean =>
  covers(scope, terms) && (mode === 'halt' || !reducing)
