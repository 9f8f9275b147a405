/** Events for tests of event logs: real ones, that the api writes. */
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { enveloper } from '#domain/kernel/envelop'
import type { ProposedEvent } from '#schemas/envelope'
import { accountStream, riskStream, type StreamName } from '#schemas/streams'
import type { Amount } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Code,
  Currency,
  KillSwitchId,
  Line,
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
