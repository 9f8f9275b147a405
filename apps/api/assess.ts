/**
 * POST /v1/risk/proposals/{id}/assessment: what proposed limits would have made of past intents, for whoever endorses
 * them. It is the word of the person who attaches it; what is shown of it says who that is.
 */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { AssessProposal, ProposalReply } from '#schemas/api/control'
import type { ProposalAssessed } from '#schemas/events/control'
import { fieldFault } from '#schemas/request'
import { controlStream } from '#schemas/streams'
import { proposalFound } from './endorse.ts'
import { type OnceMeans, recordOnce, replayHeaders } from './once.ts'
import { proposalView, stateOf } from './proposal-view.ts'
import type { ProposalEntry } from './proposals.ts'
import { assessing as useOfAssessing } from './uses.ts'

const assessing = {
  method: 'POST',
  path: '/v1/risk/proposals/:id/assessment',
  summary:
    'Attaches to proposed limits what they would have made of past intents, as this person has computed it.',
  tag: 'risk',
  roles: { anyOf: ['risk', 'auditor'], to: 'assess what is proposed' },
  idempotencyKey: 'required',
  body: AssessProposal,
  replies: { 201: ProposalReply },
  problems: ['notFound', 'proposalEnded', 'notReady'],
} as const satisfies KeyedDescription

export const assessProposal = (means: OnceMeans): KeyedRoute =>
  keyed(assessing, async (request) => {
    const { directory } = means
    const found = await proposalFound(means, request.parameters['id'] ?? '')
    if (E.isLeft(found)) return found
    const { book, proposalId } = found.right.asked.event
    const once = await recordOnce(means, {
      stream: controlStream(book),
      use: useOfAssessing(proposalId),
      request,
      decide: async () => {
        const entry = directory.proposal(proposalId) ?? found.right
        return E.map((event: ProposalAssessed) => [event])(assessed(entry, request.body.value))
      },
    })
    if (E.isLeft(once)) return once
    const entry = directory.proposal(proposalId) ?? found.right
    const headers = replayHeaders(once.right.replayed)
    return E.right({ status: 201, body: proposalView(entry, directory), headers })
  })

const assessed = (
  entry: ProposalEntry,
  said: AssessProposal,
): E.Either<Fault, ProposalAssessed> => {
  const { type, book, proposalId } = entry.asked.event
  if (entry.ruling !== undefined)
    return E.left({ _tag: 'ProposalHasEnded', proposal: proposalId, state: stateOf(entry) })
  const faults: RequestFault[] = [
    ...(type === 'RiskLimitsProposed' ? [] : [invalid([], 'only proposed limits can be assessed')]),
    ...(said.from <= said.to ? [] : [invalid(['to'], 'must not be before from')]),
    ...(said.newlyDenied + said.newlyApproved <= said.decisions
      ? []
      : [invalid(['decisions'], 'must not be fewer than newlyDenied and newlyApproved together')]),
    ...(['deniedNotional', 'approvedNotional'] as const).flatMap((name) =>
      said[name] < 0n ? [invalid([name], 'must not be below 0')] : [],
    ),
  ]
  return faults.length > 0
    ? wrong(faults)
    : E.right({ type: 'ProposalAssessed', book, proposalId, ...said })
}
const invalid = (path: readonly string[], detail: string): RequestFault =>
  fieldFault(path, 'invalid', detail)
