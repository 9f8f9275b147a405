/** The venue was asked for all that the order's account has there since it was last in doubt. */
import { type Check, failed, passed, type View } from '#domain/risk/checks/check'
import type { VenueState } from '#domain/risk/venues'

export const venueReconciled: Check = {
  code: 'venueReconciled',
  unit: 'state',
  scope: 'account',
  evaluate: (view) => {
    const state = stateIn(view)
    return (state === 'reconciled' ? passed : failed)(state, 'reconciled')
  },
  inWords: (view) => {
    const { account, venue } = view.terms
    return sentences[stateIn(view)](`account ${account}`, venue)
  },
}

const stateIn = ({ holdings, terms }: View): VenueState =>
  holdings.venues.stateOf(terms.venue, terms.account)

const sentences: Readonly<Record<VenueState, (account: string, venue: string) => string>> = {
  reconciled: (account, venue) => `${venue} has told all that ${account} has there.`,
  unknown: (account, venue) =>
    `${venue} has not been asked yet what ${account} has there: order again when the gateway has done so, a moment after an account is opened.`,
  connected: (account, venue) =>
    `${venue} is connected again, and has not told yet what ${account} has there: order again in a moment.`,
  disconnected: (_, venue) => `${venue} is away: order again when it is back.`,
  breaks: (account, venue) =>
    `${venue} and the log differ over ${account}: look at its breaks. End what works there and the log does not explain. What ${venue} has lost counts in full until ${venue} names it again: orders that reduce pass, increase from another account. ${venue} is asked twice a minute; once nothing differs, order again.`,
}
