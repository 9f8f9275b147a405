/** PUT /v1/risk/control: whether one person runs a book alone, or what loosens needs two. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { ChangeControl, ProposalReply } from '#schemas/api/control'
import type { ControlChangeRequested } from '#schemas/events/control'
import { mainBook } from './fresh-ledger.ts'
import { proposalIdOf } from './identity.ts'
import { bookFaults } from './limit-faults.ts'
import type { LimitMeans } from './limits.ts'
import { propose } from './proposing.ts'

const changing = {
  method: 'PUT',
  path: '/v1/risk/control',
  summary:
    'Puts a book under dual control at once; back under single control when a second person agrees.',
  tag: 'risk',
  roles: { anyOf: ['risk'], to: 'change who controls a book' },
  idempotencyKey: 'required',
  body: ChangeControl,
  replies: { 200: ProposalReply, 202: ProposalReply },
  problems: ['unknownBook', 'controlRefused', 'notReady'],
} as const satisfies KeyedDescription

export const changeControl = (means: LimitMeans): KeyedRoute =>
  keyed(changing, async (request) => {
    const { book = mainBook, control, reason } = request.body.value
    const use = 'PUT /v1/risk/control'
    const event: ControlChangeRequested = {
      type: 'ControlChangeRequested',
      book,
      proposalId: proposalIdOf(means.hash, request.caller.person, use, request.key),
      control,
      reason,
    }
    return propose(means, request, use, event, () => {
      const faults = bookFaults(means.directory, book)
      return faults.length > 0 ? wrong(faults) : E.right(event)
    })
  })
