/** Books as they are opened and listed. */
import * as t from 'io-ts'
import { GivenLimits } from '#schemas/api/control'
import { listOf, pageQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { TradingDay } from '#schemas/events/risk'
import { BookId, Currency } from '#schemas/values/ids'
import { BookControl } from '#schemas/values/trading'

/** The body of POST /v1/books. Absent: dual control, a trading day from 00:00 UTC, and of the limits the defaults. */
export const OpenBook = closed(
  t.intersection(
    [
      t.type({ id: BookId, currency: Currency }),
      t.partial({
        control: BookControl,
        tradingDay: closed(t.partial({ time: t.string, zone: t.string }, 'GivenTradingDay')),
        limits: GivenLimits,
      }),
    ],
    'OpenBook',
  ),
)
export type OpenBook = Readonly<t.TypeOf<typeof OpenBook>>

export const BookQuery = closed(t.partial(pageQuery, 'BookQuery'))
export type BookQuery = Readonly<t.TypeOf<typeof BookQuery>>

export const BookReply = t.strict(
  {
    id: t.string,
    currency: t.string,
    /** As it is now. */
    control: BookControl,
    state: t.keyof({ active: null, reduce: null, halt: null }),
    tradingDay: TradingDay,
    /** Those in force. */
    limits: t.UnknownRecord,
    openedAt: t.string,
    logPosition: t.string,
  },
  'BookReply',
)
export type BookReply = Readonly<t.TypeOf<typeof BookReply>>
export const BookList = listOf(BookReply)
