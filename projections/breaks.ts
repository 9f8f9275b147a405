/** What a venue has and the log cannot explain. One row per break. */
import { text, time, whole } from '#projections/columns'
import { listOf, type Page, type Query } from '#projections/query'
import type { ReadModel } from '#projections/read-model'
import type { AccountId, BreakId, Code, Line, VenueId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface BreakRow {
  readonly id: BreakId
  readonly venue: VenueId
  readonly account: AccountId
  readonly kind: Code
  readonly detail: Line
  readonly detectedAt: Instant
  readonly logPosition: bigint
}

export const breaks: ReadModel<BreakRow> = {
  name: 'breaks',
  columns: {
    id: text(),
    venue: text(),
    account: text(),
    kind: text(),
    detail: text(),
    detectedAt: time,
    logPosition: whole,
  },
  key: ['id'],
  indexes: [['logPosition']],
  foldVersion: 1,
  rowsOf: ({ event }) => (event.type === 'BreakDetected' ? [[event.breakId]] : []),
  on: {
    BreakDetected: (row, { event, metadata, position }) =>
      row ?? {
        id: event.breakId,
        venue: event.venue,
        account: event.account,
        kind: event.kind,
        detail: event.detail,
        detectedAt: metadata.occurredAt,
        logPosition: position,
      },
  },
}

/** Newest first. */
export const breaksMatching = (
  { venue, account }: { readonly venue?: string; readonly account?: string },
  page: Page,
): Query<BreakRow> => listOf(breaks, { where: { venue, account }, order: 'logPosition', page })
