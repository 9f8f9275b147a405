/** No kill switch forbids the order: `reduce` lets through what only reduces, `halt` nothing. */
import { covers, forbids } from '#domain/order/kill-switch'
import { type Check, judged } from '#domain/risk/checks/check'

export const killSwitch: Check = {
  code: 'killSwitch',
  unit: 'state',
  scope: 'book',
  evaluate: ({ desk, terms, reducing }) => {
    const standing = desk.killSwitches().filter(({ scope }) => covers(scope, terms))
    const limit = reducing ? 'reduce' : 'active'
    const worst = standing.find(({ mode }) => mode === 'halt') ?? standing[0]
    if (worst === undefined)
      return judged(true, 'active', limit, () => 'No kill switch covers the order.')
    const { mode, killSwitchId } = worst
    return forbids(worst, terms, reducing)
      ? judged(
          false,
          mode,
          limit,
          () => `Kill switch ${killSwitchId} (${mode}) forbids the order until it is released.`,
        )
      : judged(true, mode, limit, () => `Kill switch ${killSwitchId} lets through what reduces.`)
  },
}
