/** Events for tests of event logs: real ones, that the api writes. */
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { enveloper } from '#domain/kernel/envelop'
import type { ProposedEvent } from '#schemas/envelope'
import { type EncodedEvent, encodeProposed } from '#schemas/stored'
import { accountStream, riskStream, type StreamName } from '#schemas/streams'
import type { Amount, Quantity } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Code,
  Currency,
  KillSwitchId,
  Line,
  MarketSymbol,
  OrderId,
} from '#schemas/values/ids'

const envelop = enveloper('api', systemIds, systemClock)
const cause = () => ({ correlationId: systemIds.correlationId() })

export const accountNamed = (name: string): StreamName => accountStream(name as AccountId)
export const riskOf = (book: string): StreamName => riskStream(book as BookId)

export const deposit = (account: string, reason = 'test'): ProposedEvent =>
  envelop(
    {
      type: 'FundsDeposited',
      account: account as AccountId,
      book: 'main' as BookId,
      currency: 'USDT' as Currency,
      amount: (1_000n * 10n ** 36n) as Amount,
      reason: reason as Line,
    },
    cause(),
  )

/** The same as its texts. */
export const encodedDeposit = (account: string): EncodedEvent => encodeProposed(deposit(account))

export const killSwitch = (book: string): ProposedEvent =>
  envelop(
    {
      type: 'KillSwitchEngaged',
      book: book as BookId,
      killSwitchId: systemIds.eventId() as string as KillSwitchId,
      scope: {},
      mode: 'halt',
      reason: 'test' as Line,
    },
    cause(),
  )

/** So many bytes, or some hundred fewer: a book with a limit for each of very many symbols. */
export const largeBook = (book: string, bytes: number): ProposedEvent => {
  const { data, metadata } = encodeProposed(bookWith(book, 1))
  const each = encodeProposed(bookWith(book, 2)).data.length - data.length
  // The time in the metadata has as many digits as it needs.
  const room = bytes - data.length - metadata.length - 100
  return bookWith(book, 1 + Math.floor(room / each))
}

const bookWith = (book: string, symbols: number): ProposedEvent => {
  const maxPosition = Object.fromEntries(
    Array.from({ length: symbols }, (_, n) => [
      `X${n.toString(36).toUpperCase().padStart(6, '0')}/USDT` as MarketSymbol,
      (10n ** 18n) as Quantity,
    ]),
  )
  return envelop(
    {
      type: 'BookOpened',
      book: book as BookId,
      currency: 'USDT' as Currency,
      control: 'single',
      tradingDay: { time: '00:00', zone: 'UTC' },
      limits: { maxOrderQuantity: {}, maxPosition },
    },
    cause(),
  )
}

/** What only the gateway writes. */
export const cancelRefused = (): ProposedEvent =>
  enveloper(
    'gateway',
    systemIds,
    systemClock,
  )(
    {
      type: 'OrderCancelRefused',
      orderId: systemIds.eventId() as string as OrderId,
      reason: { code: 'venueRefused' as Code, message: 'test' as Line },
    },
    cause(),
  )

/** The same id with other content: what no app ever sends. */
export const forged = ({ event, metadata }: ProposedEvent): ProposedEvent => ({
  event,
  metadata: { ...metadata, nonce: systemIds.nonce() },
})
