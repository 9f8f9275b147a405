/** GET /v1/orders/:id: one order with its whole story, from the log itself. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { orderView } from '#projections/orders'
import { type DecisionReply, OrderDetail, type TimelineEntry } from '#schemas/api/orders'
import type { RecordedEvent } from '#schemas/envelope'
import { factOf } from '#schemas/events/ledger'
import { formatInstant } from '#schemas/values/instant'
import { decisionRowView, decisionView, namesIn } from './decision-view.ts'
import type { Directory } from './directory.ts'
import { type HistoryMeans, inLogOrder, type OrderHistory, readHistory } from './order-history.ts'
import type { Views } from './views.ts'

export interface ShowMeans extends HistoryMeans {
  readonly views: Pick<Views, 'order' | 'decisionOn'>
  readonly directory: Pick<Directory, 'decisionOn' | 'book' | 'instrument'>
}

const showing = {
  method: 'GET',
  path: '/v1/orders/:id',
  summary: 'One order with its whole story: timeline and decision.',
  tag: 'orders',
  replies: { 200: OrderDetail },
  problems: ['notFound'],
} as const satisfies KeyedDescription

export const showOrder = (means: ShowMeans): KeyedRoute =>
  keyed(showing, async ({ parameters }) => {
    const read = await readHistory(means, parameters['id'] ?? '')
    if (E.isLeft(read)) return read
    const { row, events, decision } = read.right
    const body: OrderDetail = {
      ...orderView(row),
      timeline: inLogOrder(decision === undefined ? events : [...events, decision]).map(entryOf),
      decision: await decisionOf(means, read.right),
    }
    return E.right({ status: 200, body })
  })

/** An older decision is in the read models; where they are away, the order itself can still be told. */
const decisionOf = async (
  { views, directory }: ShowMeans,
  { row, decision }: OrderHistory,
): Promise<DecisionReply | null> => {
  const names = namesIn(directory)
  if (decision !== undefined) {
    const { event, metadata, position } = decision
    return decisionView(event, { id: metadata.id, logPosition: position }, names)
  }
  const viewed = await views.decisionOn(row.id)
  return E.isRight(viewed) && viewed.right !== undefined
    ? decisionRowView(names)(viewed.right)
    : null
}

/** Said by the order itself, or at length by its decision. */
const saidElsewhere = new Set([
  'orderId',
  'book',
  'account',
  'strategy',
  'venue',
  'symbol',
  'side',
  'terms',
  'instrument',
  'checks',
  'basis',
  'rules',
  'clientTag',
])

export const entryOf = ({ event, metadata, position }: RecordedEvent): TimelineEntry => {
  const data = factOf.get(event.type)?.data.encode(event) as Readonly<Record<string, unknown>>
  const says = Object.entries(data).filter(([name]) => !saidElsewhere.has(name) && name !== 'at')
  return {
    type: event.type,
    at: formatInstant(metadata.occurredAt),
    logPosition: position.toString(),
    app: metadata.actor.app,
    person: metadata.actor.person ?? null,
    ...Object.fromEntries(says),
  }
}
