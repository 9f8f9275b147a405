/** What persons ask of a book's control, and what has become of it. */
import * as t from 'io-ts'
import { listOf, Nullable, pageQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { BookId, Line } from '#schemas/values/ids'
import { LimitOverride, limitFields, TradingWindow } from '#schemas/values/trading'

/** Limits as a person gives them: a misspelt one must not pass for one that is absent. */
export const GivenLimits = closed(
  t.partial(
    {
      ...limitFields,
      tradingWindows: t.record(t.string, t.readonlyArray(closed(TradingWindow.type))),
      overrides: t.readonlyArray(closed(LimitOverride.type)),
    },
    'Limits',
  ),
)

/**
 * The body of PUT /v1/risk/limits. The limits that it names take the place of those in force, a map by symbol as a
 * whole; all others stay as they are.
 */
export const ChangeLimits = closed(
  t.intersection(
    [t.type({ limits: GivenLimits, reason: Line }), t.partial({ book: BookId })],
    'ChangeLimits',
  ),
)
export type ChangeLimits = Readonly<t.TypeOf<typeof ChangeLimits>>

export const ProposalState = t.keyof(
  { pending: null, effective: null, refused: null },
  'ProposalState',
)
export type ProposalState = t.TypeOf<typeof ProposalState>
export const ProposalQuery = closed(
  t.partial({ ...pageQuery, book: BookId, state: ProposalState }, 'ProposalQuery'),
)
export type ProposalQuery = Readonly<t.TypeOf<typeof ProposalQuery>>

/**
 * `effectiveAt`: of what is pending, the first moment at which it can be decided, null where that is now; of what
 * is effective, since when; of what was refused, null.
 */
export const ProposalReply = t.strict(
  {
    id: t.string,
    book: t.string,
    type: t.keyof({ limits: null, release: null }),
    state: ProposalState,
    /** The limits that it names; null for a release. */
    limits: t.union([t.UnknownRecord, t.null]),
    /** Which of them allow more than those in force when it was asked for: therefore it waits. */
    loosens: t.readonlyArray(t.string),
    /** The kill switches that it releases, and no other; null for limits. */
    killSwitches: t.union([t.readonlyArray(t.string), t.null]),
    reason: t.string,
    person: Nullable,
    requestedAt: t.string,
    effectiveAt: Nullable,
    decidedAt: Nullable,
    refusal: t.union([t.strict({ code: t.string, message: t.string }), t.null]),
    logPosition: t.string,
  },
  'ProposalReply',
)
export type ProposalReply = Readonly<t.TypeOf<typeof ProposalReply>>
export const ProposalList = listOf(ProposalReply)
