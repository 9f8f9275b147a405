/** The venue is within one of the sessions that the book trades in. The decision records which, in UTC. */
import { type Check, failed, notEvaluated, passed, type View } from '#domain/risk/checks/check'
import { ownOf } from '#domain/values/own-of'
import { formatInstant } from '#schemas/values/instant'
import type { TradingSession, TradingWindow } from '#schemas/values/trading'

const always = passed('', '')

export const tradingWindow: Check = {
  code: 'tradingWindow',
  unit: 'instant',
  scope: 'venue',
  evaluate: (view) => {
    const { session, clock } = view
    if (windowsIn(view) === undefined) return always
    // Not the same as no windows at all: an approval keeps no more of it than this.
    if (session === undefined) return notEvaluated('never')
    const isOpen = session.opensAt <= clock && clock < session.closesAt
    return (isOpen ? passed : failed)(formatInstant(clock), boundsOf(session))
  },
  inWords: (view, { outcome }) => {
    const { session, clock, terms } = view
    const { venue } = terms
    if (windowsIn(view) === undefined) return `${venue} may be traded at any time.`
    if (session === undefined)
      return `Not evaluated: none of the trading windows of ${venue} ever opens, or this machine does not know a time zone of them; have them corrected.`
    if (outcome === 'passed') return `${venue} is open until ${formatInstant(session.closesAt)}.`
    return clock < session.opensAt
      ? `${venue} is closed until its next session: order from ${formatInstant(session.opensAt)} on.`
      : `${venue} closed at ${formatInstant(session.closesAt)}: order when it opens again.`
  },
}

const windowsIn = ({ limits, terms }: View): readonly TradingWindow[] | undefined =>
  ownOf(limits.tradingWindows, terms.venue)
const boundsOf = ({ opensAt, closesAt }: TradingSession): string =>
  `${formatInstant(opensAt)}/${formatInstant(closesAt)}`
