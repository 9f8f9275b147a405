/** POST /v1/orders: from a request to a recorded intent, once for each key, for ever. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, type Request } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import { waitSecondsOf } from '#adapters/http/prefer'
import type { Answer, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import { enveloper } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { Hash, Ids } from '#domain/kernel/ids'
import { plusMs } from '#domain/values/instant'
import { type OrderRow, orderView } from '#projections/orders'
import { DryRunReply, OrderReply, PlaceOrder, PlaceQuery } from '#schemas/api/orders'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'
import { orderStream } from '#schemas/streams'
import type { IdempotencyKey, OrderId, VenueId } from '#schemas/values/ids'
import { type AppendSurely, asRecorded, readFault } from './appending.ts'
import { answerDryRun, type DryRunMeans } from './dry-run.ts'
import { orderIdOf } from './identity.ts'
import { rowOf } from './order-history.ts'
import { settledRow, settles } from './settling.ts'
import { placeable } from './terms.ts'
import type { Watches } from './waiting.ts'

/** An intent that is decided later than this is denied as stale. */
const decideWithinMs = 5_000
/** Of an order that is only asked about: no request can have an empty key, so that it is nobody's order. */
const nameless = '' as IdempotencyKey

export interface PlaceMeans extends DryRunMeans {
  readonly log: Pick<EventLog, 'read'>
  readonly append: AppendSurely
  readonly watches: Watches
  readonly clock: Clock
  readonly ids: Ids
  readonly hash: Hash
  /** Where an order goes that does not say. */
  readonly venue: VenueId
}

/** A request that may be carried out, and the one order that it can ever become. */
interface Placement {
  readonly orderId: OrderId
  readonly key: IdempotencyKey
  readonly request: Request<typeof placing>
}
interface Placed {
  readonly row: OrderRow
  readonly history: readonly RecordedEvent[]
  /** The same request was carried out before. */
  readonly replayed: boolean
}

const placing = {
  method: 'POST',
  path: '/v1/orders',
  summary:
    'Places an order; denied by the risk guard or not, it is recorded. With dryRun=true nothing is, and it answers what would be decided.',
  tag: 'orders',
  roles: { anyOf: ['trader'], to: 'place orders' },
  idempotencyKey: 'required',
  dryRun: true,
  prefer: true,
  query: PlaceQuery,
  body: PlaceOrder,
  replies: { 200: DryRunReply, 201: OrderReply },
  problems: ['unknownAccount', 'unknownVenue', 'unknownSymbol', 'notSupported', 'notReady'],
} as const satisfies KeyedDescription

export const placeOrder = (means: PlaceMeans): KeyedRoute =>
  keyed(placing, async (request) => {
    const isDryRun = request.query.dryRun === 'true'
    const key = isDryRun ? nameless : request.key
    if (key === undefined) return E.left({ _tag: 'IdempotencyKeyMissing' })
    const orderId = orderIdOf(means.hash, request.caller.person, key)
    const placement: Placement = { orderId, key, request }
    if (!isDryRun) return placeAndWait(means, placement)
    const intent = intentOf(means, placement)
    return E.isLeft(intent) ? intent : answerDryRun(means, intent.right)
  })

const placeAndWait = async (
  means: PlaceMeans,
  placement: Placement,
): Promise<E.Either<Fault, Answer>> => {
  const { orderId, request } = placement
  const seconds = waitSecondsOf(request.prefer)
  // Opened before the intent is written, so that nothing that follows from it is missed.
  const watch = seconds === undefined ? undefined : means.watches.open(orderId, settles)
  try {
    const placed = await place(means, placement)
    if (E.isLeft(placed)) return placed
    const { row, history, replayed } = placed.right
    if (watch === undefined || seconds === undefined) return E.right(answer(row, replayed))
    const waiting = { seconds, clock: means.clock, gone: request.gone() }
    const settled = await settledRow(row, history, watch, waiting)
    return E.right(answer(settled, replayed, { 'preference-applied': `wait=${String(seconds)}` }))
  } finally {
    watch?.close()
  }
}

const answer = (
  row: OrderRow,
  replayed: boolean,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status: 201,
  body: orderView(row),
  headers: {
    location: `/v1/orders/${row.id}`,
    ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
    ...headers,
  },
})

const place = async (means: PlaceMeans, placement: Placement): Promise<E.Either<Fault, Placed>> => {
  const intent = intentOf(means, placement)
  if (E.isLeft(intent)) {
    // What was known when the key was first used may have changed since; the first answer stands.
    const earlier = await replay(means, placement)
    return E.isRight(earlier) && earlier.right !== undefined ? E.right(earlier.right) : intent
  }
  const appended = await means.append(orderStream(placement.orderId), 'noStream', [intent.right])
  if (E.isRight(appended)) {
    const history = [asRecorded(intent.right, appended.right)]
    const row = rowOf(history)
    if (row === undefined) throw new Error(`order ${placement.orderId} has no row`)
    return E.right({ row, history, replayed: false })
  }
  if (appended.left._tag !== 'RevisionConflict') return E.left(appended.left)
  const conflict = appended.left
  const earlier = await replay(means, placement)
  if (E.isLeft(earlier)) return earlier
  return earlier.right === undefined
    ? E.left({ _tag: 'Contended', conflict })
    : E.right(earlier.right)
}

const intentOf = (
  { directory, venue, ids, clock }: PlaceMeans,
  { orderId, key, request }: Placement,
): E.Either<Fault, ProposedEvent<OrderIntentRecorded>> => {
  const { caller, role, requestId } = request
  const { value, bodyHash } = request.body
  const at = clock.now()
  const wanted = placeable(value, directory, venue, at)
  if (E.isLeft(wanted)) return wanted
  const event: OrderIntentRecorded = {
    type: 'OrderIntentRecorded',
    orderId,
    ...wanted.right,
    decideBy: plusMs(at, decideWithinMs),
    ...(value.clientTag === undefined ? {} : { clientTag: value.clientTag }),
  }
  // `decideBy` is counted from the event's own time.
  const envelop = enveloper('api', ids, { ...clock, now: () => at })
  return E.right(
    envelop(
      event,
      { correlationId: requestId, idempotencyKey: key, bodyHash },
      { person: caller.person, key: caller.keyId, role },
    ),
  )
}

/** What an earlier request with this key became; undefined where there was none. */
const replay = async (
  { log, directory }: PlaceMeans,
  { orderId, request: { body } }: Placement,
): Promise<E.Either<Fault, Placed | undefined>> => {
  const read = await log.read(orderStream(orderId), -1n)
  if (E.isLeft(read)) return E.left(readFault(read.left))
  const [first] = read.right
  if (first === undefined) return E.right(undefined)
  if (first.metadata.bodyHash !== body.bodyHash) return E.left({ _tag: 'IdempotencyKeyReused' })
  const decision = directory.decisionOn(orderId)
  const history = decision === undefined ? read.right : [...read.right, decision]
  const row = rowOf(history)
  return E.right(row === undefined ? undefined : { row, history, replayed: true })
}
