/** No kill switch forbids the order: `reduce` lets through what only reduces, `halt` nothing. */
import { covers, forbids, type KillSwitch } from '#domain/order/kill-switch'
import { type Check, failed, passed, type View } from '#domain/risk/checks/check'

export const killSwitch: Check = {
  code: 'killSwitch',
  unit: 'state',
  scope: 'book',
  evaluate: (view) => {
    const { terms, reducing } = view
    const limit = reducing ? 'reduce' : 'active'
    const worst = worstOf(view)
    if (worst === undefined) return passed('active', limit)
    const judged = forbids(worst, terms, reducing) ? failed : passed
    return judged(worst.mode, limit)
  },
  inWords: (view, { outcome }) => {
    const worst = worstOf(view)
    if (worst === undefined) return 'No kill switch covers the order.'
    const name = `Kill switch ${worst.killSwitchId} (${worst.mode})`
    return outcome === 'failed'
      ? `${name} forbids the order until it is released.`
      : `${name} lets through what reduces.`
  },
}

/** Of all that cover the order, the most severe. */
const worstOf = ({ desk, terms }: View): KillSwitch | undefined => {
  const all = desk.killSwitches()
  if (all.length === 0) return undefined
  const standing = all.filter(({ scope }) => covers(scope, terms))
  return standing.find(({ mode }) => mode === 'halt') ?? standing[0]
}
