/** The paper venue as a venue: the client of its socket. */
import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '#domain/kernel/clock'
import type { Hash } from '#domain/kernel/ids'
import type {
  NotSent,
  PlaceFailure,
  Venue,
  VenueOrderState,
  VenueReport,
  VenueSilent,
} from '#domain/kernel/venue'
import type { PaperCode } from '#schemas/codes'
import { decodePaperFrame, type MalformedWire } from '#schemas/paper/frames'
import {
  isNews,
  type PaperAnswer,
  type PaperFrame,
  type WireFunding,
  type WireOrder,
  type WireTrade,
} from '#schemas/paper/wire'
import type { AccountId, ClientOrderId, Code, Sha256, VenueId } from '#schemas/values/ids'
import { type Asking, type Heard, openAsking, type Question, silent } from './asking.ts'
import { type Line, openLine } from './line.ts'
import { newsOf, orderState, placing, type Receipt, venueFunding, venueTrade } from './translate.ts'

export interface PaperVenueOptions {
  readonly url: string
  readonly clock: Clock
  readonly hash: Hash
  /** Told of every frame that could not be understood; the line goes on. */
  readonly onMalformed?: (frame: MalformedWire) => void
  readonly answerMsMax?: number
  readonly retryMsMin?: number
  readonly retryMsMax?: number
}

/** Its orders are durable before they are answered, and deadlines are checked where they are made durable. */
const capabilities = {
  requestWindowMs: 0,
  settlingMs: 0,
  notFoundIsFinal: true,
  honoursDeadline: true,
} as const

const unknownOrder: PaperCode = 'unknownOrder'

const always = (): boolean => true

export const paperVenue = (options: PaperVenueOptions): Venue => {
  const { clock, hash } = options
  const hearers = new Set<{ readonly hear: (report: VenueReport) => void }>()
  const tell = (report: VenueReport): void => {
    for (const { hear } of hearers) hear(report)
  }
  const receipt = (raw: string): Receipt => ({
    receivedAt: clock.now(),
    payloadHash: hash(raw) as Sha256,
  })
  const hear = (frame: PaperFrame, raw: string): void => {
    if (isNews(frame)) tell(newsOf(frame, receipt(raw)))
    // An answer that nobody waits for any more is still news of an order.
    else if (!asking.hear({ answer: frame, raw }) && frame.type === 'order')
      tell({ type: 'order', order: orderState(frame.order, receipt(raw)) })
  }
  const asking = openAsking(() => line, options.answerMsMax ?? 5_000)
  const line: Line = openLine({
    url: options.url,
    retryMsMin: options.retryMsMin ?? 50,
    retryMsMax: options.retryMsMax ?? 2_000,
    onOpen: () => {
      tell({ type: 'connected' })
    },
    onClose: (detail) => {
      asking.silence(`the line to the paper venue broke: ${detail}`)
      tell({ type: 'disconnected', detail })
    },
    onText: (raw) => {
      const frame = decodePaperFrame(raw)
      if (E.isLeft(frame)) options.onMalformed?.(frame.left)
      else hear(frame.right, raw)
    },
  })
  return {
    id: 'paper' as VenueId,
    capabilities,
    ...requests(asking, receipt),
    ...queries(asking, receipt),
    listen: (hear) => {
      const hearer = { hear }
      if (line.isOpen()) hear({ type: 'connected' })
      hearers.add(hearer)
      return () => {
        hearers.delete(hearer)
      }
    },
    close: async () => {
      hearers.clear()
      await line.close()
    },
  }
}

type ReceiptOf = (raw: string) => Receipt

/** What changes something: each is one attempt on the wire. */
const requests = (
  asking: Asking,
  receipt: ReceiptOf,
): Pick<Venue, 'place' | 'cancel' | 'amend'> => ({
  place: async (order, mayStillSend) =>
    orderAnswered(await asking.ask(placing(order), mayStillSend), order.clientOrderId, receipt),
  cancel: async (account, clientOrderId) =>
    orderAnswered(
      await asking.ask({ type: 'cancel', account, clientOrderId }, always),
      clientOrderId,
      receipt,
    ),
  amend: async (account, clientOrderId, amendment, mayStillSend) =>
    orderAnswered(
      await asking.ask({ type: 'amend', account, clientOrderId, ...amendment }, mayStillSend),
      clientOrderId,
      receipt,
    ),
})

/** What became of an order that was placed or cancelled. */
const orderAnswered = (
  outcome: E.Either<NotSent | VenueSilent, Heard>,
  clientOrderId: ClientOrderId,
  receipt: ReceiptOf,
): E.Either<PlaceFailure, VenueOrderState> => {
  if (E.isLeft(outcome)) return outcome
  const { answer, raw } = outcome.right
  const { payloadHash } = receipt(raw)
  switch (answer.type) {
    case 'order':
      return answer.order.clientOrderId === clientOrderId
        ? E.right(orderState(answer.order, receipt(raw)))
        : silent('the answer is about another order')
    case 'refused':
      return E.left({ _tag: 'VenueRefused', reason: answer.reason, payloadHash })
    case 'throttled':
      return E.left({ _tag: 'VenueThrottled', retryAfterMs: answer.retryAfterMs })
    case 'malformed': {
      const reason = { code: 'malformed' as Code, message: answer.detail }
      return E.left({ _tag: 'VenueRefused', reason, payloadHash })
    }
    case 'orders':
    case 'trades':
    case 'fundings':
    case 'instruments':
      return silent(`the answer is about ${answer.type}`)
  }
}

type Queries = Pick<
  Venue,
  'order' | 'openOrders' | 'closedOrders' | 'trades' | 'fundings' | 'instruments'
>

const queries = ({ ask }: Asking, receipt: ReceiptOf): Queries => {
  const query = async (question: Question): Promise<E.Either<VenueSilent, Heard>> =>
    E.mapLeft(
      ({ detail }: NotSent | VenueSilent): VenueSilent => ({ _tag: 'VenueSilent', detail }),
    )(await ask(question, always))
  /** Page after page, each with a deadline of its own. */
  const allPages = async <Item, Out>(
    questionAfter: (after: bigint) => Question,
    itemsOf: (answer: PaperAnswer) => Page<Item> | undefined,
    translate: (item: Item, receipt: Receipt) => Out,
  ): Promise<E.Either<VenueSilent, readonly Out[]>> => {
    const all: Out[] = []
    for (let after = 0n; ; ) {
      const heard = await query(questionAfter(after))
      if (E.isLeft(heard)) return heard
      const page = itemsOf(heard.right.answer)
      if (page === undefined) return silent(notUnderstood(heard.right.answer))
      const received = receipt(heard.right.raw)
      for (const item of page.items) all.push(translate(item, received))
      if (!page.more) return E.right(all)
      // Half a list would pass for proof that the other half is not there.
      if (page.last === undefined || page.last <= after) return silent('the pages do not go on')
      after = page.last
    }
  }
  const orders = (questionAfter: (after: bigint) => Question) =>
    allPages(questionAfter, ordersOf, orderState)
  return {
    order: async (account, clientOrderId) => {
      const heard = await query({ type: 'order', account, clientOrderId })
      if (E.isLeft(heard)) return heard
      const { answer, raw } = heard.right
      if (answer.type === 'order') {
        return answer.order.clientOrderId === clientOrderId && answer.order.account === account
          ? E.right(orderState(answer.order, receipt(raw)))
          : silent('the answer is about another order')
      }
      // Any other refusal says why it does not answer, and nothing of the order.
      return answer.type === 'refused' && answer.reason.code === unknownOrder
        ? E.right('notFound')
        : silent(notUnderstood(answer))
    },
    openOrders: (account) => orders((after) => ({ type: 'openOrders', account, after })),
    closedOrders: (account, since) =>
      orders((after) => ({ type: 'closedOrders', account, since, after })),
    trades: (account: AccountId, since) =>
      allPages((after) => ({ type: 'trades', account, since, after }), tradesOf, venueTrade),
    fundings: (account, since) =>
      allPages((after) => ({ type: 'fundings', account, since, after }), fundingsOf, venueFunding),
    instruments: async () => {
      const heard = await query({ type: 'instruments' })
      if (E.isLeft(heard)) return heard
      const { answer } = heard.right
      return answer.type === 'instruments'
        ? E.right(answer.instruments)
        : silent(notUnderstood(answer))
    },
  }
}

interface Page<Item> {
  readonly items: readonly Item[]
  readonly more: boolean
  readonly last: bigint | undefined
}
const idOf = (text: string | undefined): bigint | undefined =>
  text === undefined || !/^\d+$/.test(text) ? undefined : BigInt(text)

const ordersOf = (answer: PaperAnswer): Page<WireOrder> | undefined =>
  answer.type === 'orders'
    ? {
        items: answer.orders,
        more: answer.more,
        last: idOf(answer.orders.at(-1)?.venueOrderId),
      }
    : undefined
const tradesOf = (answer: PaperAnswer): Page<WireTrade> | undefined =>
  answer.type === 'trades'
    ? { items: answer.trades, more: answer.more, last: idOf(answer.trades.at(-1)?.tradeId) }
    : undefined
const fundingsOf = (answer: PaperAnswer): Page<WireFunding> | undefined =>
  answer.type === 'fundings'
    ? { items: answer.fundings, more: answer.more, last: answer.fundings.at(-1)?.number }
    : undefined

const notUnderstood = (answer: PaperAnswer): string => {
  switch (answer.type) {
    case 'malformed':
      return answer.detail
    case 'throttled':
      return `asked to come back after ${String(answer.retryAfterMs)} ms`
    case 'refused':
      return answer.reason.message
    case 'order':
    case 'orders':
    case 'trades':
    case 'fundings':
    case 'instruments':
      return `the answer is about ${answer.type}`
  }
}
