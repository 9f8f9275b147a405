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
  /** In the order in which they were engaged. */
  readonly standing: () => readonly Switch[]
  readonly stands: (killSwitch: KillSwitchId) => boolean
  readonly find: (killSwitch: KillSwitchId) => Switch | undefined
  /** Standing or released: one that is said again changes nothing, also after its release. */
  readonly knows: (killSwitch: KillSwitchId) => boolean
}
/** Each step costs what it names, however many are known: anybody may engage one, and nobody forgets it. */
export interface KillSwitchFold<Switch extends KillSwitch = KillSwitch>
  extends KillSwitches<Switch> {
  /** Answers how to take it back, the last step first; undefined where it is nothing new. */
  readonly engage: (engaged: Switch) => (() => void) | undefined
  readonly release: (released: readonly KillSwitchId[]) => () => void
}

/** All that the fold knows, as data. */
export interface KillSwitchState<Switch extends KillSwitch = KillSwitch> {
  readonly standing: Map<KillSwitchId, Switch>
  /** How many were known before it. */
  readonly known: Map<KillSwitchId, number>
}
export const noKillSwitches = <Switch extends KillSwitch>(): KillSwitchState<Switch> => ({
  standing: new Map(),
  known: new Map(),
})

export const killSwitchFold = <Switch extends KillSwitch>(
  { standing, known }: KillSwitchState<Switch> = noKillSwitches<Switch>(),
): KillSwitchFold<Switch> => {
  /** Only made when somebody looks. */
  const seen: { listed: readonly Switch[] | undefined } = { listed: undefined }
  const rank = ([id]: readonly [KillSwitchId, Switch]): number => known.get(id) ?? 0
  const putBack = (gone: readonly (readonly [KillSwitchId, Switch])[]): void => {
    const all = [...standing, ...gone].toSorted((a, b) => rank(a) - rank(b))
    standing.clear()
    for (const [id, each] of all) standing.set(id, each)
    seen.listed = undefined
  }
  return {
    standing: () => (seen.listed ??= [...standing.values()]),
    stands: (id) => standing.has(id),
    find: (id) => standing.get(id),
    knows: (id) => known.has(id),
    engage: (engaged) => {
      const id = engaged.killSwitchId
      if (known.has(id)) return undefined
      known.set(id, known.size)
      standing.set(id, engaged)
      seen.listed = undefined
      return () => {
        known.delete(id)
        standing.delete(id)
        seen.listed = undefined
      }
    },
    release: (released) => {
      const gone = released.flatMap((id) => {
        const each = standing.get(id)
        return each !== undefined && standing.delete(id) ? [[id, each] as const] : []
      })
      if (gone.length > 0) seen.listed = undefined
      return () => putBack(gone)
    },
  }
}
