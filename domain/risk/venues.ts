/**
 * Whether a venue has told all that an account has there: the fold of venue-<venue>.<account>. A connection, the
 * loss of one, or a break puts it in doubt, until the venue was asked for everything once more and nothing was
 * found that the log does not explain. That is all that can be known of a break from here: what works at the
 * venue and is not ours, or is ours and missing there, is found again each time; a stranger's trade is counted
 * once and then explained.
 */
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId, VenueId } from '#schemas/values/ids'

/** `unknown`: nothing was ever heard of it. `connected`: it was not asked for everything since. */
export type VenueState = 'unknown' | 'disconnected' | 'connected' | 'breaks' | 'reconciled'

export interface Venues {
  readonly stateOf: (venue: VenueId, account: AccountId) => VenueState
  /** Whether it is so of any account there: somebody is asking this venue. */
  readonly isAsked: (venue: VenueId) => boolean
}
export interface VenuesFold extends Venues {
  readonly state: VenuesState
  readonly apply: (event: LedgerEvent) => void
}

/** All that the fold knows, as data. */
export type VenuesState = Map<string, VenueState>
export const noVenues = (): VenuesState => new Map()

export const venuesFold = (state: VenuesState = noVenues()): VenuesFold => ({
  state,
  stateOf: (venue, account) => state.get(keyOf({ venue, account })) ?? 'unknown',
  isAsked: (venue) =>
    [...state].some(([key, each]) => each === 'reconciled' && key.startsWith(`${venue} `)),
  apply: (event) => {
    switch (event.type) {
      case 'VenueConnected':
        state.set(keyOf(event), 'connected')
        return
      case 'VenueDisconnected':
        state.set(keyOf(event), 'disconnected')
        return
      case 'ReconciliationCompleted': {
        const breaks = event.breaksFound + (event.breaksOpen ?? 0)
        state.set(keyOf(event), breaks === 0 ? 'reconciled' : 'breaks')
        return
      }
      case 'BreakDetected':
        if (state.get(keyOf(event)) === 'reconciled') state.set(keyOf(event), 'breaks')
        return
      default:
        return
    }
  },
})

const keyOf = ({
  venue,
  account,
}: {
  readonly venue: VenueId
  readonly account: AccountId
}): string => `${venue} ${account}`
