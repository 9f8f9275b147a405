/** POST /v1/books and GET /v1/books: a book is the unit of risk, and stays as it was opened. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { BookList, BookQuery, BookReply, OpenBook } from '#schemas/api/books'
import type { BookOpened, TradingDay } from '#schemas/events/risk'
import { fieldFault } from '#schemas/request'
import { riskStream } from '#schemas/streams'
import { formatInstant } from '#schemas/values/instant'
import { Limits } from '#schemas/values/trading'
import { unknownCurrency } from './currencies.ts'
import type { BookEntry, Directory } from './directory.ts'
import { defaultLimits } from './fresh-ledger.ts'
import { foldedUpTo } from './levelling.ts'
import { limitFaults } from './limit-faults.ts'
import { type OnceMeans, recordOnce, replayHeaders } from './once.ts'
import { pageIn } from './paging.ts'
import { severest } from './risk.ts'
import { isZone } from './zones.ts'

const patienceMs = 5_000
const use = 'POST /v1/books'

const opening = {
  method: 'POST',
  path: '/v1/books',
  summary: 'Opens a book: what its accounts may risk together, and who may change that.',
  tag: 'risk',
  roles: { anyOf: ['admin'], to: 'open books' },
  idempotencyKey: 'required',
  body: OpenBook,
  replies: { 201: BookReply },
  problems: ['unknownCurrency', 'unknownSymbol', 'bookExists', 'notReady'],
} as const satisfies KeyedDescription

export const openBook = (means: OnceMeans): KeyedRoute =>
  keyed(opening, async (request) => {
    const { caller, key, body } = request
    const { id } = body.value
    // A book that trades has a long stream, which need not be read to say no.
    const isTaken =
      means.directory.book(id) !== undefined &&
      means.directory.used(caller.person, use, key) === undefined
    if (isTaken) return E.left({ _tag: 'BookExists', book: id })
    const once = await recordOnce(means, {
      stream: riskStream(id),
      use,
      request,
      decide: async (history) => {
        const event = eventOf(means.directory, body.value)
        if (E.isLeft(event)) return event
        return history.length === 0
          ? E.right([event.right])
          : E.left({ _tag: 'BookExists', book: id })
      },
    })
    if (E.isLeft(once)) return once
    const { recorded, replayed } = once.right
    const book = means.directory.book(id)
    if (book === undefined || recorded.event.type !== 'BookOpened')
      return E.left({ _tag: 'NotReady', detail: 'The book is open, and not read of here yet.' })
    return E.right({ status: 201, body: bookView(book), headers: replayHeaders(replayed) })
  })

const eventOf = (directory: Directory, asked: OpenBook): E.Either<Fault, BookOpened> => {
  const { id: book, currency, control = 'dual', limits = {} } = asked
  const tradingDay = { time: '00:00', zone: 'UTC', ...asked.tradingDay }
  const faults: readonly RequestFault[] = [
    // The first book of an empty ledger may be there before its venue has said what it trades.
    ...(directory.instruments().length === 0 ? [] : unknownCurrency(directory, currency)),
    ...faultsOfDay(tradingDay),
    ...(Object.keys(limits).length === 0 ? [] : limitFaults(directory, limits)),
  ]
  return faults.length > 0
    ? wrong(faults)
    : E.right({
        type: 'BookOpened',
        book,
        currency,
        control,
        tradingDay,
        // As a limits file does: what is left out is not switched off.
        limits: { ...defaultLimits, ...limits },
      })
}

/** The books are kept by quarter hours. */
const quarter = /^([01][0-9]|2[0-3]):(00|15|30|45)$/
const faultsOfDay = ({ time, zone }: TradingDay): readonly RequestFault[] => [
  ...(quarter.test(time)
    ? []
    : [
        fieldFault(
          ['tradingDay', 'time'],
          'invalid',
          'must be a time of day on a quarter hour, such as 17:00',
        ),
      ]),
  ...(isZone(zone)
    ? []
    : [
        fieldFault(
          ['tradingDay', 'zone'],
          'invalid',
          'must be a time zone such as America/New_York or UTC',
        ),
      ]),
]

const listing = {
  method: 'GET',
  path: '/v1/books',
  summary: 'The books that there are, newest first, each with what binds it.',
  tag: 'risk',
  query: BookQuery,
  replies: { 200: BookList },
  problems: ['projectionBehind'],
} as const satisfies KeyedDescription

export const listBooks = (means: Pick<OnceMeans, 'directory' | 'log' | 'progress'>): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const level = await foldedUpTo(means, query.after, patienceMs)
    if (E.isLeft(level)) return level
    const { directory } = means
    const all = directory.books().toReversed()
    const page = pageIn(all, all, query, (id) => id)
    if (E.isLeft(page)) return page
    const { data, hasMore } = page.right
    const shown = data.flatMap((id) => {
      const book = directory.book(id)
      return book === undefined ? [] : [bookView(book)]
    })
    return E.right({ status: 200, body: { data: shown, hasMore } })
  })

const bookView = (book: BookEntry): BookReply => ({
  id: book.opened.book,
  currency: book.opened.currency,
  control: book.control,
  state: severest(book),
  tradingDay: book.opened.tradingDay,
  limits: Limits.encode(book.limits),
  openedAt: formatInstant(book.openedAt),
  logPosition: book.openedPosition.toString(),
})
