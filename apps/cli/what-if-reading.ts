/** Reads a log from its beginning to the end of a range, and asks of each decision in it what other limits would say. */
import * as E from 'fp-ts/lib/Either.js'
import { backOffMs, pause } from '#apps/process/back-off'
import type { EventLog, ReadFailure } from '#domain/kernel/event-log'
import type { SessionLookup } from '#domain/market/sessions'
import { holdingsPrefixes } from '#domain/risk/holdings'
import { whatIf, type WhatIfResult } from '#domain/risk/what-if'
import type { RecordedEvent } from '#schemas/envelope'
import { riskStream } from '#schemas/streams'
import type { BookId, Currency } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'
import { Refusal } from './client.ts'
import { isAfter, isWithin, type Range } from './what-if-range.ts'

export interface Reading {
  readonly log: Pick<EventLog, 'readAll'>
  readonly book: BookId
  readonly limits: (inForce: Limits) => Limits
  readonly range: Range
  readonly rowsMax: number
  readonly sessionAt: SessionLookup
  readonly stopping: AbortSignal
  readonly tell: (progress: Progress) => void
  readonly pageEvents?: number
}
export interface Progress {
  readonly events: number
  readonly position: bigint
  readonly at: Instant | undefined
}
export interface Read {
  readonly result: WhatIfResult
  readonly currency: Currency | undefined
  readonly books: ReadonlySet<BookId>
  /** Of the book's decisions, wherever they are. */
  readonly firstAt: Instant | undefined
  readonly lastAt: Instant | undefined
  readonly isStopped: boolean
}

const pageEventsUsual = 1_000
const attemptsMax = 6

export const readWhatIf = async (reading: Reading): Promise<Read> => {
  const { log, book, range, stopping, tell, pageEvents = pageEventsUsual } = reading
  const asking = whatIf({
    ...reading,
    isAsked: ({ event, position }) => isWithin(range, { position, at: event.at }),
  })
  const seen = seenOf(book)
  let [position, events, at]: [bigint, number, Instant | undefined] = [0n, 0, undefined]
  for (let isOver = false; !isOver && !stopping.aborted; ) {
    const page = await pageAfter(log, position, pageEvents, stopping)
    for (const recorded of page.events) {
      if (isBeyond(recorded, range, book)) {
        isOver = true
        break
      }
      if (isLate(recorded, range)) continue
      seen.note(recorded)
      asking.apply(recorded)
      events += 1
      at = recorded.metadata.occurredAt
    }
    position = page.upTo
    isOver ||= page.atHead
    tell({ events, position, at })
  }
  return { result: asking.result(), ...seen.all(), isStopped: stopping.aborted }
}

const filter = { prefixes: [...holdingsPrefixes, 'risk-'] } as const
const pageAfter = async (
  log: Reading['log'],
  position: bigint,
  most: number,
  stopping: AbortSignal,
) => {
  for (let attempt = 0; ; attempt += 1) {
    const page = await log.readAll(position, filter, most)
    if (E.isRight(page)) return page.right
    if (page.left._tag === 'UnreadableEvent' || attempt === attemptsMax)
      throw new Refusal(wordsOf(page.left))
    await pause(backOffMs(attempt, 200, 2_000), stopping)
  }
}
const wordsOf = (failure: ReadFailure): string =>
  failure._tag === 'UnreadableEvent'
    ? `Event ${failure.position.toString()} of the log (${failure.type} on ${failure.stream}) cannot be read: ${failure.detail}`
    : `The log does not answer: ${failure.detail}`

/** The guard's own time goes on along its stream: what comes after is all beyond. */
const isBeyond = (
  { event, stream, position, metadata }: RecordedEvent,
  { to }: Range,
  book: BookId,
): boolean => {
  if (to === undefined) return false
  if (to._tag === 'Position') return position > to.position
  const at = 'at' in event && 'rules' in event ? event.at : metadata.occurredAt
  return stream === riskStream(book) && isAfter({ position, at }, to)
}
/** A fill that came after the end makes nothing any more. */
const isLate = ({ event, position, metadata }: RecordedEvent, { to }: Range): boolean =>
  event.type === 'OrderFilled' &&
  to !== undefined &&
  isAfter({ position, at: metadata.occurredAt }, to)

const seenOf = (book: BookId) => {
  const books = new Set<BookId>()
  let [currency, firstAt, lastAt]: [
    Currency | undefined,
    Instant | undefined,
    Instant | undefined,
  ] = [undefined, undefined, undefined]
  return {
    note: ({ event }: RecordedEvent): void => {
      if (event.type === 'BookOpened') {
        books.add(event.book)
        if (event.book === book) currency ??= event.currency
      }
      const isDecision = event.type === 'OrderApproved' || event.type === 'OrderDenied'
      if (!isDecision || event.book !== book) return
      firstAt ??= event.at
      lastAt = event.at
    },
    all: () => ({ books, currency, firstAt, lastAt }),
  }
}
