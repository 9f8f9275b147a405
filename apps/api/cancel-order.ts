/** DELETE /v1/orders/:id: asks for an order to be cancelled, as often as somebody likes. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, type Request } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { Answer, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { fold } from '#domain/kernel/decider'
import type { Envelop } from '#domain/kernel/envelop'
import type { RevisionConflict } from '#domain/kernel/event-log'
import { orderDecider } from '#domain/order/order'
import { orderView } from '#projections/orders'
import { OrderReply } from '#schemas/api/orders'
import type { ProposedEvent } from '#schemas/envelope'
import type { OrderEvent } from '#schemas/events/order'
import { orderStream } from '#schemas/streams'
import type { Role } from '#schemas/values/trading'
import { type AppendSurely, asRecorded } from './appending.ts'
import { type HistoryMeans, type OrderHistory, readHistory, rowOf } from './order-history.ts'

/** A fill may arrive between reading and writing; an order does not get many more at that pace. */
const attemptsMax = 8
const rolesForAny: readonly Role[] = ['risk', 'operator']

export interface CancelMeans extends HistoryMeans {
  readonly append: AppendSurely
  readonly envelop: Envelop
}

const cancelling = {
  method: 'DELETE',
  path: '/v1/orders/:id',
  summary: 'Asks for an order to be cancelled, as often as somebody likes.',
  tag: 'orders',
  lane: 'cancels',
  roles: { anyOf: ['trader', 'risk', 'operator'], to: 'cancel orders' },
  replies: { 202: OrderReply },
  problems: ['notFound', 'orderEnded', 'notReady'],
} as const satisfies KeyedDescription

export const cancelOrder = (means: CancelMeans): KeyedRoute =>
  keyed(cancelling, async (request) => {
    let conflict: RevisionConflict | undefined
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const read = await readHistory(means, request.parameters['id'] ?? '')
      if (E.isLeft(read)) return read
      const event = eventOf(means, request, read.right)
      if (E.isLeft(event)) return event
      if (event.right === undefined) return E.right(answer(read.right))
      const written = await write(means, read.right, event.right)
      if (E.isRight(written)) return E.right(answer(written.right))
      if (written.left._tag !== 'RevisionConflict') return E.left(written.left)
      conflict = written.left
    }
    if (conflict === undefined) throw new Error('nothing was tried')
    return E.left({ _tag: 'Contended', conflict })
  })

const answer = ({ row }: Pick<OrderHistory, 'row'>): Answer => ({
  status: 202,
  body: orderView(row),
})

/** The event to write; none where the cancel was asked for already and is under way. */
const eventOf = (
  { envelop }: CancelMeans,
  { caller, requestId }: Request<typeof cancelling>,
  { row, events }: OrderHistory,
): E.Either<Fault, ProposedEvent<OrderEvent> | undefined> => {
  const orderId = row.id
  const anyOf = row.person === caller.person ? (['trader', ...rolesForAny] as const) : rolesForAny
  const role = anyOf.find((each) => caller.roles.includes(each))
  if (role === undefined) return E.left({ _tag: 'OrderOfAnother', orderId, anyOf })
  const order = fold(orderDecider)(events.map(({ event }) => event as OrderEvent))
  const denied = row.status === 'denied'
  const decided = orderDecider.decide({ type: 'RequestCancel', orderId, denied }, order)
  if (E.isLeft(decided)) return E.left({ _tag: 'OrderHasEnded', orderId, status: row.status })
  const [event] = decided.right
  if (event === undefined) return E.right(undefined)
  const { person, keyId } = caller
  return E.right(envelop(event, { correlationId: requestId }, { person, key: keyId, role }))
}

const write = async (
  { append }: CancelMeans,
  { row, events, decision }: OrderHistory,
  proposed: ProposedEvent<OrderEvent>,
) => {
  const revision = events.at(-1)?.revision
  if (revision === undefined) throw new Error(`order ${row.id} has no events`)
  const appended = await append(orderStream(row.id), revision, [proposed])
  if (E.isLeft(appended)) return appended
  const history = [...events, asRecorded(proposed, appended.right)]
  const after = rowOf(decision === undefined ? history : [...history, decision])
  return E.right({ row: after ?? row })
}
