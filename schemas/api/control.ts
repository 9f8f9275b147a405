/** What persons ask of a book's control, and what has become of it. */
import * as t from 'io-ts'
import { listOf, Nullable, pageQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { assessment } from '#schemas/events/control'
import { BookId, GivenLine } from '#schemas/values/ids'
import { BookControl, LimitOverride, limitFields, TradingWindow } from '#schemas/values/trading'

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
    [t.type({ limits: GivenLimits, reason: GivenLine }), t.partial({ book: BookId })],
    'ChangeLimits',
  ),
)
export type ChangeLimits = Readonly<t.TypeOf<typeof ChangeLimits>>

/** The body of PUT /v1/risk/control. */
export const ChangeControl = closed(
  t.intersection(
    [t.type({ control: BookControl, reason: GivenLine }), t.partial({ book: BookId })],
    'ChangeControl',
  ),
)
export type ChangeControl = Readonly<t.TypeOf<typeof ChangeControl>>

/** The body of POST /v1/risk/proposals/:id/endorse. */
export const Endorse = closed(t.type({ reason: GivenLine }, 'Endorse'))
export type Endorse = Readonly<t.TypeOf<typeof Endorse>>

/** The body of POST /v1/risk/proposals/:id/assessment; what each means stands with AssessmentReply. */
export const AssessProposal = closed(t.type(assessment, 'AssessProposal'))
export type AssessProposal = Readonly<t.TypeOf<typeof AssessProposal>>

export const ProposalState = t.keyof(
  { pending: null, effective: null, refused: null },
  'ProposalState',
)
export type ProposalState = t.TypeOf<typeof ProposalState>
export const ProposalQuery = closed(
  t.partial({ ...pageQuery, book: BookId, state: ProposalState }, 'ProposalQuery'),
)
export type ProposalQuery = Readonly<t.TypeOf<typeof ProposalQuery>>

export const EndorsementReply = t.strict(
  { person: t.string, reason: t.string, endorsedAt: t.string },
  'EndorsementReply',
)
/**
 * What the proposed limits would have made of past intents, as this person says to have computed it: the ledger has
 * not computed it again. Money is in the book's currency.
 */
export const AssessmentReply = t.strict(
  {
    from: t.string,
    to: t.string,
    decisions: t.number,
    newlyDenied: t.number,
    newlyApproved: t.number,
    deniedNotional: t.string,
    approvedNotional: t.string,
    deniedPnl: t.string,
    person: Nullable,
    /** Whoever asked for the limits attached it himself. */
    byProposer: t.boolean,
    assessedAt: t.string,
  },
  'AssessmentReply',
)

/** One limit, or one name of a limit that is by name, as text; null: there is none. */
export const LimitChange = t.strict(
  { limit: t.string, of: Nullable, from: Nullable, to: Nullable },
  'LimitChange',
)
export type LimitChange = Readonly<t.TypeOf<typeof LimitChange>>

/**
 * `effectiveAt`: of what is pending, the first moment at which it can be decided, null where that is now or where
 * only an endorsement can bring it about; of what is effective, since when; of what was refused, null.
 */
export const ProposalReply = t.exact(
  t.intersection([
    t.type({
      id: t.string,
      book: t.string,
      type: t.keyof({ limits: null, release: null, control: null }),
      state: ProposalState,
      /** The limits that it names; null where it is about something else. */
      limits: t.union([t.UnknownRecord, t.null]),
      /** Which of them allow more than those in force when it was asked for: therefore it waits. */
      loosens: t.readonlyArray(t.string),
      /** What it would have changed of the limits in force when it was asked for. */
      changes: t.readonlyArray(LimitChange),
      /** Of what is pending: what waits with it, what it drops, whose place it takes. */
      notes: t.readonlyArray(t.string),
      /** The kill switches that it releases, and no other; null where it is about something else. */
      killSwitches: t.union([t.readonlyArray(t.string), t.null]),
      /** The control that it asks for; null where it is about something else. */
      control: t.union([BookControl, t.null]),
      reason: t.string,
      person: Nullable,
      requestedAt: t.string,
      effectiveAt: Nullable,
      /** What a pending one cannot take effect without; null: only its time, or nothing. */
      needs: t.union([t.keyof({ secondPerson: null }), t.null]),
      /** Of what is pending and has to wait, the last moment at which it can take effect. */
      expiresAt: Nullable,
      endorsements: t.readonlyArray(EndorsementReply),
      assessments: t.readonlyArray(AssessmentReply),
      decidedAt: Nullable,
      refusal: t.union([t.strict({ code: t.string, message: t.string }), t.null]),
      logPosition: t.string,
    }),
    // Of a release that was just asked for without an id: how many kill switches stand there that it does not name.
    t.partial({ more: t.number }),
  ]),
  'ProposalReply',
)
export type ProposalReply = Readonly<t.TypeOf<typeof ProposalReply>>
export const ProposalList = listOf(ProposalReply)
