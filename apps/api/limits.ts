/** PUT /v1/risk/limits and GET /v1/risk/proposals: what binds a book is asked for here, and decided by its guard. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Hash } from '#domain/kernel/ids'
import { ChangeLimits, ProposalList, ProposalQuery, ProposalReply } from '#schemas/api/control'
import type { RiskLimitsProposed } from '#schemas/events/control'
import type { Directory } from './directory.ts'
import { mainBook } from './fresh-ledger.ts'
import { proposalIdOf } from './identity.ts'
import { foldedUpTo } from './levelling.ts'
import { bookFaults, limitFaults } from './limit-faults.ts'
import { pageIn } from './paging.ts'
import { proposalView, stateOf } from './proposal-view.ts'
import { unknownName } from './terms.ts'
import { propose, type ProposingMeans } from './proposing.ts'

const patienceMs = 5_000

export interface LimitMeans extends ProposingMeans {
  readonly hash: Hash
}

const changing = {
  method: 'PUT',
  path: '/v1/risk/limits',
  summary:
    'Changes the limits it names: at once where that tightens; where it loosens 60 seconds later, or under dual control when a second person agrees.',
  tag: 'risk',
  roles: { anyOf: ['risk'], to: 'change limits' },
  idempotencyKey: 'required',
  body: ChangeLimits,
  replies: { 200: ProposalReply, 202: ProposalReply },
  problems: ['unknownBook', 'unknownSymbol', 'unknownVenue', 'controlRefused', 'notReady'],
} as const satisfies KeyedDescription

export const changeLimits = (means: LimitMeans): KeyedRoute =>
  keyed(changing, async (request) => {
    const { book = mainBook, limits, reason } = request.body.value
    const use = 'PUT /v1/risk/limits'
    const event: RiskLimitsProposed = {
      type: 'RiskLimitsProposed',
      book,
      proposalId: proposalIdOf(means.hash, request.caller.person, use, request.key),
      limits,
      reason,
    }
    return propose(means, request, use, event, () => allowed(means.directory, event))
  })

const allowed = (
  directory: Directory,
  event: RiskLimitsProposed,
): E.Either<Fault, RiskLimitsProposed> => {
  const { book, limits } = event
  const faults = [...bookFaults(directory, book), ...limitFaults(directory, limits)]
  return faults.length > 0 ? wrong(faults) : E.right(event)
}

const listing = {
  method: 'GET',
  path: '/v1/risk/proposals',
  summary: 'What was asked of the control of books, newest first, and what has become of it.',
  tag: 'risk',
  query: ProposalQuery,
  replies: { 200: ProposalList },
  problems: ['unknownBook', 'projectionBehind'],
} as const satisfies KeyedDescription

export const listProposals = (
  means: Pick<LimitMeans, 'directory' | 'log' | 'progress'>,
): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const { directory } = means
    const { book, state, after } = query
    if (book !== undefined && directory.book(book) === undefined) {
      return wrong([unknownName(['book'], 'unknownBook', book, directory.books())])
    }
    const level = await foldedUpTo(means, after, patienceMs)
    if (E.isLeft(level)) return level
    const all = directory.proposals().toReversed()
    const there = all.filter(
      (entry) =>
        (book === undefined || entry.asked.event.book === book) &&
        (state === undefined || stateOf(entry) === state),
    )
    const page = pageIn(there, all, query, ({ asked }) => asked.event.proposalId)
    if (E.isLeft(page)) return page
    const { data, hasMore } = page.right
    return E.right({
      status: 200,
      body: { data: data.map((entry) => proposalView(entry, directory)), hasMore },
    })
  })
