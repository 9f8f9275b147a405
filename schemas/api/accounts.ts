/** Accounts and their money, as they are asked for. */
import * as t from 'io-ts'
import { closed } from '#schemas/codec'
import { PositiveAmount, PositiveRatio } from '#schemas/values/decimal'
import { AccountId, BookId, Currency, Line } from '#schemas/values/ids'

/** The body of POST /v1/accounts. Absent: the book main, the book's currency, leverage 1. */
export const OpenAccount = closed(
  t.intersection(
    [
      t.type({ id: AccountId }),
      t.partial({ book: BookId, currency: Currency, leverage: PositiveRatio }),
    ],
    'OpenAccount',
  ),
)
export type OpenAccount = Readonly<t.TypeOf<typeof OpenAccount>>

/** The body of POST /v1/accounts/:id/deposits and /withdrawals. The amount is above 0, either way. */
export const MoveFunds = closed(
  t.intersection(
    [t.type({ currency: Currency, amount: PositiveAmount }), t.partial({ reason: Line })],
    'MoveFunds',
  ),
)
export type MoveFunds = Readonly<t.TypeOf<typeof MoveFunds>>

export const TransferReply = t.strict(
  {
    id: t.string,
    type: t.keyof({ deposit: null, withdrawal: null }),
    account: t.string,
    currency: t.string,
    amount: t.string,
    reason: t.string,
    person: t.union([t.string, t.null]),
    at: t.string,
    logPosition: t.string,
  },
  'TransferReply',
)
export type TransferReply = Readonly<t.TypeOf<typeof TransferReply>>
