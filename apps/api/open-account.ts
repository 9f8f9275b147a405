/** POST /v1/accounts: opens an account in a book, which it belongs to for ever. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { accounts, accountView } from '#projections/accounts'
import { rowAfter } from '#projections/fold'
import { OpenAccount } from '#schemas/api/accounts'
import { AccountReply } from '#schemas/api/holdings'
import type { AccountOpened } from '#schemas/events/account'
import { accountStream, venueStream } from '#schemas/streams'
import type { AccountId, VenueId } from '#schemas/values/ids'
import type { Ratio } from '#schemas/values/decimal'
import { unknownCurrency } from './currencies.ts'
import type { Directory } from './directory.ts'
import { mainBook } from './fresh-ledger.ts'
import { type OnceMeans, recordOnce, replayHeaders } from './once.ts'
import { unknownName } from './terms.ts'
import type { Watches } from './waiting.ts'

const oneToOne = (10n ** 18n) as Ratio

const opening = {
  method: 'POST',
  path: '/v1/accounts',
  summary:
    'Opens an account in a book, which it belongs to for ever; answers when it may be traded with, or after 2 seconds.',
  tag: 'accounts',
  roles: { anyOf: ['operator'], to: 'open accounts' },
  idempotencyKey: 'required',
  body: OpenAccount,
  replies: { 201: AccountReply },
  problems: ['unknownBook', 'unknownCurrency', 'accountExists', 'notReady'],
} as const satisfies KeyedDescription

export interface OpenMeans extends OnceMeans {
  readonly watches: Watches
  readonly venue: VenueId
}

/** So long it is waited for the gateway to ask its venue about the account; its guard approves nothing before. */
const settledWithinMs = 2_000

export const openAccount = (means: OpenMeans): KeyedRoute =>
  keyed(opening, async (request) => {
    const { id } = request.body.value
    const once = await recordOnce(means, {
      stream: accountStream(id),
      use: 'POST /v1/accounts',
      request,
      decide: async (history) => {
        // An account whose currency or book is wrong is refused for that, whether or not there is one of its name.
        const event = eventOf(means.directory, request.body.value)
        if (E.isLeft(event)) return event
        return history.length === 0
          ? E.right([event.right])
          : E.left({ _tag: 'AccountExists', account: id })
      },
    })
    if (E.isLeft(once)) return once
    const { recorded, replayed } = once.right
    await untilSettled(means, id, request.gone())
    const row = rowAfter(accounts, [recorded])
    if (row === undefined) throw new Error(`account ${id} has no row`)
    const headers = { location: `/v1/accounts?startingAfter=${id}`, ...replayHeaders(replayed) }
    return E.right({ status: 201, body: accountView(row, {}), headers })
  })

/** Where nobody asks the venue about anything nobody waits: that the gateway is away is said by /readyz. */
const untilSettled = async (
  { watches, directory: { venues }, venue }: OpenMeans,
  account: AccountId,
  gone: AbortSignal,
): Promise<void> => {
  const watch = watches.open(venueStream(venue, account))
  if (watch === undefined) return
  const over = AbortSignal.any([gone, AbortSignal.timeout(settledWithinMs)])
  const isSettled = (): boolean => venues.stateOf(venue, account) === 'reconciled'
  while (!isSettled() && venues.isAsked(venue) && !over.aborted)
    await watch.moreThan(watch.events().length, settledWithinMs, over)
  watch.close()
}

const eventOf = (directory: Directory, asked: OpenAccount): E.Either<Fault, AccountOpened> => {
  const { id: account, book = mainBook, leverage = oneToOne } = asked
  const faults: RequestFault[] = []
  const known = directory.book(book)
  if (known === undefined) {
    faults.push(unknownName(['book'], 'unknownBook', book, directory.books()))
  }
  const currency = asked.currency ?? known?.opened.currency
  if (asked.currency !== undefined) faults.push(...unknownCurrency(directory, asked.currency))
  return currency === undefined || faults.length > 0
    ? wrong(faults)
    : E.right({ type: 'AccountOpened', account, book, currency, leverage, costBasis: 'average' })
}
