/** POST …/proposals/{id}/endorse: a second person agrees to what another asked of a book's control. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, type Request } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { Caller, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { endorsementOf } from '#domain/risk/endorsements'
import { Endorse, ProposalReply } from '#schemas/api/control'
import type { Endorsement } from '#schemas/events/control'
import { type Line, type PersonId, ProposalId } from '#schemas/values/ids'
import type { Directory } from './directory.ts'
import { levelWithLog } from './levelling.ts'
import type { OnceMeans } from './once.ts'
import { engagersOf, stateOf } from './proposal-view.ts'
import type { ProposalEntry } from './proposals.ts'
import { type ControlAsker, type ProposingMeans, sayOnce } from './proposing.ts'
import { endorsing as useOfEndorsing } from './uses.ts'

/** So long a proposal that this process has not read of yet is looked for. */
const patienceMs = 1_000

const describing = {
  method: 'POST',
  tag: 'risk',
  roles: { anyOf: ['risk'], to: 'endorse what others ask for' },
  idempotencyKey: 'required',
  body: Endorse,
  replies: { 200: ProposalReply, 202: ProposalReply },
  problems: ['notFound', 'secondPerson', 'proposalEnded', 'controlRefused', 'notReady'],
} as const

const any = {
  ...describing,
  path: '/v1/risk/proposals/:id/endorse',
  summary: 'Agrees, as a second person, to what another asked of the control of a book.',
} as const satisfies KeyedDescription
const ofLimits = {
  ...describing,
  path: '/v1/risk/limits/proposals/:id/endorse',
  summary: 'Agrees, as a second person, to limits that another proposed.',
} as const satisfies KeyedDescription

export const endorseProposal = (means: ProposingMeans): KeyedRoute =>
  keyed(any, (request) => endorse(means, request, () => true))
export const endorseLimits = (means: ProposingMeans): KeyedRoute =>
  keyed(ofLimits, (request) =>
    endorse(means, request, ({ asked }) => asked.event.type === 'RiskLimitsProposed'),
  )

type Endorsing = Pick<Request<typeof any>, 'parameters' | 'body'> & ControlAsker
const endorse = async (
  means: ProposingMeans,
  request: Endorsing,
  isMeant: (entry: ProposalEntry) => boolean,
) => {
  const { id = '' } = request.parameters
  const entry = await proposalFound(means, id)
  if (E.isLeft(entry)) return entry
  if (!isMeant(entry.right)) return unknown(id)
  const { book, proposalId } = entry.right.asked.event
  return sayOnce(means, request, {
    use: useOfEndorsing(proposalId),
    book,
    proposal: proposalId,
    decide: () =>
      E.map((event: Endorsement) => [event])(
        endorsementBy(means.directory, request.caller, proposalId, request.body.value.reason),
      ),
  })
}

const unknown = (proposal: string): E.Either<Fault, never> =>
  E.left({ _tag: 'ProposalUnknown', proposal })

/** Where this process has not read of it yet, it reads on a little. */
export const proposalFound = async (
  means: OnceMeans,
  id: string,
): Promise<E.Either<Fault, ProposalEntry>> => {
  if (!ProposalId.is(id)) return unknown(id)
  const known = means.directory.proposal(id)
  if (known !== undefined) return E.right(known)
  const level = await levelWithLog(means, patienceMs)
  if (E.isLeft(level)) return level
  const now = means.directory.proposal(id)
  return now === undefined ? unknown(id) : E.right(now)
}

/** What an endorsement by this person would say, if it can count for anything. */
export const endorsementBy = (
  directory: Directory,
  { person }: Caller,
  proposal: ProposalId,
  reason: Line,
): E.Either<Fault, Endorsement> => {
  const entry = directory.proposal(proposal)
  if (entry === undefined) return unknown(proposal)
  if (entry.ruling !== undefined)
    return E.left({ _tag: 'ProposalHasEnded', proposal, state: stateOf(entry) })
  const barred = barredFrom(directory, entry, person)
  if (barred !== undefined) return E.left(barred)
  const { type, book, proposalId } = entry.asked.event
  return E.right({ type: endorsementOf[type], book, proposalId, reason })
}

/** Why this person's agreement cannot be that of a second one. */
export const barredFrom = (
  directory: Directory,
  { asked: { event, metadata } }: ProposalEntry,
  person: PersonId,
): Fault | undefined => {
  if (metadata.actor.person === person)
    return { _tag: 'SecondPersonNeeded', person, did: 'asked for it', to: 'endorse it' }
  if (event.type !== 'KillSwitchReleaseRequested') return undefined
  const book = directory.book(event.book)
  return book?.control === 'dual' && engagersOf(book, event.killSwitchIds).has(person)
    ? { _tag: 'SecondPersonNeeded', person, did: 'engaged the kill switch', to: 'release it' }
    : undefined
}
