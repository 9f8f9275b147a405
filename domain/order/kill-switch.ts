/** Which kill switches stand, and which orders they forbid. */
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

/** The kill switches of one book, from what was engaged and released, in order. */
export interface KillSwitches<Switch extends KillSwitch = KillSwitch> {
  readonly standing: readonly Switch[]
  /** Standing or released: one that is said again changes nothing, also after its release. */
  readonly known: ReadonlySet<KillSwitchId>
}
export const noKillSwitches: KillSwitches<never> = { standing: [], known: new Set() }

export const withEngaged = <Switch extends KillSwitch>(
  { standing, known }: KillSwitches<Switch>,
  engaged: Switch,
): KillSwitches<Switch> =>
  known.has(engaged.killSwitchId)
    ? { standing, known }
    : { standing: [...standing, engaged], known: new Set([...known, engaged.killSwitchId]) }
export const withoutReleased = <Switch extends KillSwitch>(
  { standing, known }: KillSwitches<Switch>,
  released: readonly KillSwitchId[],
): KillSwitches<Switch> => ({
  standing: standing.filter(({ killSwitchId }) => !released.includes(killSwitchId)),
  known,
})
