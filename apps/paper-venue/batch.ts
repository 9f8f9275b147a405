/** Works off what waited together. */
import { refusal } from '#domain/matching/acceptance'
import type { Matching } from '#domain/matching/engine'
import type { PaperOrder } from '#domain/matching/order'
import type { OrderName } from '#domain/matching/store'
import type { AmendRequest, PaperAnswer, PlaceRequest } from '#schemas/paper/wire'
import type { Instant } from '#schemas/values/instant'
import { type Asker, type Desk, keyOf, openDesk, type Work } from './desk.ts'
import type { AskedFor, Entry } from './inbox.ts'
import { paperRequest, wireOrder } from './translate.ts'

/** The orders that must be looked up before these entries can be worked off. */
export const namesIn = (entries: readonly Entry[], matching: Matching): readonly OrderName[] => {
  const names = new Map<string, OrderName>()
  for (const entry of entries) {
    if (entry.kind !== 'request' || !('clientOrderId' in entry.request)) continue
    const { account, clientOrderId } = entry.request
    if (matching.open(account, clientOrderId) === undefined)
      names.set(keyOf(entry.request), { account, clientOrderId })
  }
  return [...names.values()]
}

/** `known` are the orders that were looked up and found. `now` never goes back. */
export const workOff = (
  entries: readonly Entry[],
  matching: Matching,
  known: readonly PaperOrder[],
  now: () => Instant,
): Work => {
  const desk = openDesk(matching, known)
  for (const entry of entries) {
    const at = now()
    // What was due by now came first, whatever it is that came now.
    desk.record(matching.pass(at))
    if (entry.kind === 'request') serve(desk, entry, at)
    if (entry.kind === 'tick') desk.record(matching.hear(entry.frame, at))
  }
  return desk.close()
}

const serve = (desk: Desk, { request, from }: AskedFor, at: Instant): void => {
  const { matching, find, reply } = desk
  switch (request.type) {
    case 'place': {
      place(desk, request, { gateway: from, name: request }, at)
      return reply({ to: from, request, answer: placeAnswer(request.request, find(request)) })
    }
    case 'amend':
      return reply({
        to: from,
        request,
        answer: amend(desk, request, { gateway: from, name: request }, at),
      })
    case 'cancel': {
      const outcome = matching.cancel(request.account, request.clientOrderId, at)
      desk.record(outcome, { gateway: from, name: request })
      return reply({ to: from, request, answer: statusAnswer(request.request, find(request)) })
    }
    case 'order':
      return reply({ to: from, request, answer: statusAnswer(request.request, find(request)) })
    case 'instruments': {
      const instruments = matching.instruments()
      const answer = { type: 'instruments', request: request.request, instruments } as const
      return reply({ to: from, request, answer })
    }
    case 'openOrders':
    case 'closedOrders':
    case 'trades':
    case 'fundings':
      return reply({ to: from, request, list: request })
  }
}

/** Once: whoever places it again is told how it stands. */
const place = (desk: Desk, request: PlaceRequest, asker: Asker, at: Instant): void => {
  if (desk.find(request) !== undefined) return
  desk.record(desk.matching.place(paperRequest(request), at), asker)
  // A refusal may become durable at any time.
  if (desk.find(request)?.status !== 'refused') desk.notAfter(request.sendBy)
}

const amend = (desk: Desk, request: AmendRequest, asker: Asker, at: Instant): PaperAnswer => {
  const { request: number, account, clientOrderId } = request
  const before = desk.find(request)
  if (before !== undefined && before.status !== 'open') {
    const reason = refusal('orderEnded', `the order has ended: it is ${before.status}`)
    return { type: 'refused', request: number, reason }
  }
  const { outcome, refused } = desk.matching.amend(account, clientOrderId, request, at)
  desk.record(outcome, asker)
  if (refused !== undefined) return { type: 'refused', request: number, reason: refused }
  desk.notAfter(request.sendBy)
  return statusAnswer(number, desk.find(request))
}

/** Also to whoever places it again. */
const placeAnswer = (request: number, order: PaperOrder | undefined): PaperAnswer =>
  order?.status === 'refused' && order.reason !== undefined
    ? { type: 'refused', request, reason: order.reason }
    : statusAnswer(request, order)

const statusAnswer = (request: number, order: PaperOrder | undefined): PaperAnswer =>
  order === undefined
    ? { type: 'refused', request, reason: refusal('unknownOrder', 'there never was such an order') }
    : { type: 'order', request, order: wireOrder(order) }
