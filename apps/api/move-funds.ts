/** POST /v1/accounts/:id/deposits and /withdrawals: money comes into an account, or leaves what is free of it. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, type Request, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Answer, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import type { Marks } from '#domain/market/marks'
import { freeFunds } from '#domain/risk/free-funds'
import type { AccountRow } from '#projections/accounts'
import { MoveFunds, TransferReply } from '#schemas/api/accounts'
import type { RecordedEvent } from '#schemas/envelope'
import type { FundsDeposited, FundsWithdrawn } from '#schemas/events/account'
import { fieldFault } from '#schemas/request'
import { accountStream } from '#schemas/streams'
import { digitsBeforePoint, formatDecimal, placesOfAmount } from '#schemas/values/decimal'
import { AccountId, type Line, type VenueId } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import type { Directory } from './directory.ts'
import { unknownCurrency } from './currencies.ts'
import { levelWithLog } from './levelling.ts'
import { type OnceMeans, recordOnce, replayHeaders } from './once.ts'
import type { RiskView } from './risk-view.ts'

/** So long a withdrawal waits until all that was written before it has been folded. */
const patienceMs = 1_000

export interface FundsMeans extends OnceMeans {
  readonly risk: RiskView
  readonly marks: Marks
  readonly clock: Pick<Clock, 'now'>
  /** Money is moved here on paper only; anywhere else it is moved at the venue. */
  readonly venue: VenueId
}

const common = {
  method: 'POST',
  tag: 'accounts',
  roles: { anyOf: ['operator'], to: 'move money' },
  idempotencyKey: 'required',
  body: MoveFunds,
  replies: { 201: TransferReply },
} as const
const problems = ['notFound', 'unknownCurrency', 'notSupported', 'notReady'] as const

const depositing = {
  ...common,
  path: '/v1/accounts/:id/deposits',
  summary: 'Brings money into an account (paper only).',
  problems,
} as const satisfies KeyedDescription
const withdrawing = {
  ...common,
  path: '/v1/accounts/:id/withdrawals',
  summary: 'Takes money out of an account (paper only): no more than nothing else needs.',
  problems: [...problems, 'insufficientFunds'],
} as const satisfies KeyedDescription

type Transfer = FundsDeposited | FundsWithdrawn
type Moving = Pick<
  Request<typeof depositing>,
  'caller' | 'role' | 'key' | 'body' | 'requestId' | 'parameters'
>

export const depositFunds = (means: FundsMeans): KeyedRoute =>
  keyed(depositing, (request) =>
    move(means, request, 'FundsDeposited', async (event) => E.right(event)),
  )
export const withdrawFunds = (means: FundsMeans): KeyedRoute =>
  keyed(withdrawing, (request) =>
    move(means, request, 'FundsWithdrawn', (event) => ifFree(means, event)),
  )

const move = async (
  means: FundsMeans,
  request: Moving,
  type: Transfer['type'],
  may: (event: Transfer) => Promise<E.Either<Fault, Transfer>>,
): Promise<E.Either<Fault, Answer>> => {
  const account = accountOf(means.directory, request)
  if (E.isLeft(account)) return account
  const { id, book } = account.right
  const { currency, amount, reason } = request.body.value
  const event: Transfer = {
    type,
    account: id,
    book,
    currency,
    amount,
    reason: reason ?? (type === 'FundsDeposited' ? deposit : withdrawal),
  }
  const once = await recordOnce(means, {
    stream: accountStream(id),
    use: `POST /v1/accounts/${id}/${type === 'FundsDeposited' ? 'deposits' : 'withdrawals'}`,
    request,
    decide: async () => {
      const faults = faultsOf(means, event)
      if (faults.length > 0) return wrong(faults)
      const allowed = await may(event)
      return E.isLeft(allowed) ? allowed : E.right([allowed.right])
    },
  })
  if (E.isLeft(once)) return once
  const { recorded, replayed } = once.right
  return E.right({
    status: 201,
    body: transferView(recorded),
    headers: replayHeaders(replayed),
  })
}
const deposit = 'deposit' as Line
const withdrawal = 'withdrawal' as Line

/** An amount has room for a price times a quantity; a quantity of a currency is no more than this. */
const mostBroughtIn = 10n ** BigInt(digitsBeforePoint + placesOfAmount) - 1n

const accountOf = (directory: Directory, { parameters }: Moving): E.Either<Fault, AccountRow> => {
  const id = parameters['id'] ?? ''
  const row = AccountId.is(id) ? directory.account(id) : undefined
  return row === undefined ? E.left({ _tag: 'AccountUnknown', account: id }) : E.right(row)
}

const faultsOf = (
  { directory, venue }: FundsMeans,
  { type, currency, amount }: Transfer,
): readonly RequestFault[] => {
  const faults = [...unknownCurrency(directory, currency)]
  if (type === 'FundsDeposited' && amount > mostBroughtIn) {
    const digits = String(digitsBeforePoint)
    const says = `has more than ${digits} digits before the point; no order could use so much, so check what was typed`
    faults.push(fieldFault(['amount'], 'invalid', says))
  }
  if (venue !== 'paper') {
    const says = `cannot be moved from here: this ledger trades at ${venue}, so move money there`
    faults.push({ pointer: '', code: 'notSupported', detail: `Money ${says}.` })
  }
  return faults
}

/** By all of the log: what needs the money is on other streams than the account's. */
const ifFree = async (means: FundsMeans, event: Transfer): Promise<E.Either<Fault, Transfer>> => {
  const { account, book, currency, amount } = event
  const level = await levelWithLog(means, patienceMs)
  if (E.isLeft(level)) return level
  const standing = means.risk.of(book)
  if (standing === undefined) {
    return E.left({ _tag: 'NotReady', detail: 'The log is still being read. Ask again.' })
  }
  const market = { marks: means.marks, now: means.clock.now() }
  const funds = freeFunds(standing, account, currency, market)
  if (E.isLeft(funds)) {
    const unpriced = `${funds.left.join(', ')} needs it, and has no price that is new enough`
    const detail = `How much ${currency} is free cannot be said: ${unpriced}. Ask again.`
    return E.left({ _tag: 'NotReady', detail })
  }
  return amount <= funds.right.free
    ? E.right(event)
    : E.left({ _tag: 'InsufficientFunds', account, currency, asked: amount, ...funds.right })
}

export const transferView = ({ event, metadata, position }: RecordedEvent): TransferReply => {
  if (event.type !== 'FundsDeposited' && event.type !== 'FundsWithdrawn') {
    throw new Error(`${event.type} moves no money`)
  }
  return {
    id: metadata.id,
    type: event.type === 'FundsDeposited' ? 'deposit' : 'withdrawal',
    account: event.account,
    currency: event.currency,
    amount: formatDecimal(event.amount, placesOfAmount),
    reason: event.reason,
    person: metadata.actor.person ?? null,
    at: formatInstant(metadata.occurredAt),
    logPosition: position.toString(),
  }
}
