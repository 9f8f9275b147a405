/** How each account stands with each venue. One row per venue and account. */
import { count, optional, text, time, whole } from '#projections/columns'
import { type Query, rowsOf } from '#projections/query'
import type { ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { AccountId, Line, VenueId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface VenueRow {
  readonly venue: VenueId
  readonly account: AccountId
  readonly state: 'connected' | 'reconciled' | 'disconnected'
  readonly since: Instant
  /** Why it is disconnected. */
  readonly reason: Line | undefined
  readonly reconciledAt: Instant | undefined
  readonly breaksFound: number
  readonly logPosition: bigint
}

const changed = (
  row: VenueRow | undefined,
  lookup: readonly string[],
  { metadata, position }: RecordedEvent,
  change: Partial<VenueRow> & Pick<VenueRow, 'state'>,
): VenueRow => ({
  venue: lookup[0] as VenueId,
  account: lookup[1] as AccountId,
  reconciledAt: row?.reconciledAt,
  breaksFound: row?.breaksFound ?? 0,
  since: metadata.occurredAt,
  reason: undefined,
  ...change,
  logPosition: position,
})

export const venues: ReadModel<VenueRow> = {
  name: 'venues',
  columns: {
    venue: text(),
    account: text(),
    state: text(),
    since: time,
    reason: optional(text()),
    reconciledAt: optional(time),
    breaksFound: count,
    logPosition: whole,
  },
  key: ['venue', 'account'],
  indexes: [],
  foldVersion: 1,
  rowsOf: ({ event }) =>
    'venue' in event && 'account' in event ? [[event.venue, event.account]] : [],
  on: {
    VenueConnected: (row, recorded, lookup) =>
      changed(row, lookup, recorded, { state: 'connected' }),
    VenueDisconnected: (row, recorded, lookup) =>
      changed(row, lookup, recorded, { state: 'disconnected', reason: recorded.event.reason }),
    ReconciliationCompleted: (row, recorded, lookup) =>
      changed(row, lookup, recorded, {
        state: 'reconciled',
        reconciledAt: recorded.event.askedAt,
        breaksFound: recorded.event.breaksFound,
      }),
  },
}

export const allVenues = (): Query<VenueRow> => rowsOf(venues, {}, 'venue')
