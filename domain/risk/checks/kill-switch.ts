/** No kill switch forbids the order: `reduce` lets through what only reduces, `halt` nothing. */
import { covers, forbids } from '#domain/order/kill-switch'
import {
  closable,
  closableInWords,
  closableRemedies,
  cut,
  inOneLine,
} from '#domain/risk/checks/closable'
import { type Check, failed, passed, type View } from '#domain/risk/checks/check'
import type { EngagedKillSwitch } from '#domain/risk/desk-state'

/** It does not say what would pass, nor how it is released. */
export const terseKillSwitch: Check = {
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

export const killSwitch: Check = {
  ...terseKillSwitch,
  inWords: (view, finding) => {
    const worst = worstOf(view)
    if (worst === undefined || finding.outcome !== 'failed')
      return terseKillSwitch.inWords(view, finding)
    return inOneLine(forbidden(view, worst))
  },
  // A smaller order would pass: how much smaller is what has to be told.
  yieldsTo: (view) =>
    view.terms.reduceOnly && worstOf(view)?.mode === 'reduce' && closable(view).held > 0n
      ? 'reduceOnly'
      : undefined,
}

const forbidden = (view: View, { killSwitchId, mode, reason }: EngagedKillSwitch): string => {
  const why = reason === undefined ? '' : `, "${cut(reason, reasonMax)}"`
  const name = `Kill switch ${killSwitchId} (${mode}${why})`
  const release = `ask for its release with risk release --id ${killSwitchId}`
  if (mode === 'halt') return `${name} lets nothing through: ${release}.`
  const left = closable(view)
  const remedies = [...closableRemedies(left), release].join(', or ')
  return `${name} lets through only what reduces, and ${closableInWords(view, left)}: ${remedies}.`
}
const reasonMax = 80

/** Of all that cover the order, the most severe. */
const worstOf = ({ desk, terms }: View): EngagedKillSwitch | undefined => {
  const all = desk.killSwitches()
  if (all.length === 0) return undefined
  const standing = all.filter(({ scope }) => covers(scope, terms))
  return standing.find(({ mode }) => mode === 'halt') ?? standing[0]
}
