/** A long history in a ledger's own log: orders that were asked for, approved, sent, accepted and filled. */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { sha256 } from '#adapters/system/hash'
import { systemIds } from '#adapters/system/ids'
import type { EventLog } from '#domain/kernel/event-log'
import { type Cause, enveloper } from '#domain/kernel/envelop'
import { plusMs } from '#domain/values/instant'
import type { ProposedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import { orderStream, riskStream, type StreamName } from '#schemas/streams'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  ClientOrderId,
  Code,
  Currency,
  EventId,
  MarketSymbol,
  OrderId,
  Sha256,
  StrategyId,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

const book = 'main' as BookId
const one = 10n ** 18n
const terms = (n: number): Terms => ({
  account: 'main' as AccountId,
  strategy: `s${String(n % 10)}` as StrategyId,
  venue: 'paper' as VenueId,
  symbol: 'BTC/USDT' as MarketSymbol,
  side: n % 2 === 0 ? 'buy' : 'sell',
  orderType: 'market',
  quantity: (one / 100n) as Quantity,
  timeInForce: 'ioc',
  postOnly: false,
  reduceOnly: false,
})
const instrument = {
  kind: 'spot',
  base: 'BTC' as Currency,
  quote: 'USDT' as Currency,
  settle: 'USDT' as Currency,
  contractSize: one as Quantity,
} as const

type App = 'api' | 'risk-guard' | 'gateway'
interface Writer {
  readonly log: EventLog & { readonly close: () => Promise<void> }
  readonly propose: (event: LedgerEvent, cause: Cause) => ProposedEvent
}
const writer = (url: (app: App) => string, app: App): Writer => ({
  log: openPostgresEventLog({ url: url(app), app, patienceMs: 60_000 }),
  propose: enveloper(app, systemIds, systemClock),
})
const append = async (
  { log }: Writer,
  stream: StreamName,
  expected: bigint | 'noStream',
  events: readonly ProposedEvent[],
): Promise<void> => {
  const appended = await log.append(
    stream,
    expected,
    events as unknown as ReadonlyNonEmptyArray<ProposedEvent>,
  )
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, replaceBigints))
}
const replaceBigints = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value

/** So many orders at a time, and so many a second; as fast as it goes where that is not said. */
export interface Pace {
  readonly atOnce: number
  readonly perSecond?: number
}

/** Six events an order; `orders` is a multiple of those at once. The guard's stream is at revision `risk`; -1: it has no events. */
export const appendHistory = async (
  url: (app: App) => string,
  orders: number,
  risk: bigint,
  { atOnce: many, perSecond }: Pace = { atOnce: 200 },
): Promise<void> => {
  const [api, guard, gateway] = (['api', 'risk-guard', 'gateway'] as const).map((app) =>
    writer(url, app),
  )
  if (api === undefined || guard === undefined || gateway === undefined) throw new Error('no logs')
  const began = performance.now()
  for (let begun = 0; begun < orders; begun += many) {
    if (perSecond !== undefined) {
      await setTimeout(Math.max(0, began + (begun * 1000) / perSecond - performance.now()))
    }
    const batch = Array.from({ length: many }, (_, n) => begun + n).map((n) => {
      const orderId = systemIds.eventId() as string as OrderId
      return { n, orderId, cause: { correlationId: systemIds.correlationId() } }
    })
    const now = systemClock.now()
    await Promise.all(
      batch.map(({ n, orderId, cause }) =>
        append(api, orderStream(orderId), 'noStream', [
          api.propose(
            {
              type: 'OrderIntentRecorded',
              orderId,
              book,
              terms: terms(n),
              decideBy: plusMs(now, 5000),
            },
            cause,
          ),
        ]),
      ),
    )
    const approvals = batch.map(({ n, orderId, cause }) =>
      guard.propose(
        {
          type: 'OrderApproved',
          orderId,
          book,
          rules: 1,
          basis: { count: 0 },
          at: now,
          clock: now,
          terms: terms(n),
          reducing: false,
          expiresAt: plusMs(now, 5000),
          checks: [['bookOpen' as Code, '', '']],
        },
        cause,
      ),
    )
    const before = risk + BigInt(begun)
    await append(guard, riskStream(book), before < 0n ? 'noStream' : before, approvals)
    await Promise.all(
      batch.map(({ n, orderId, cause }, index) =>
        append(
          gateway,
          orderStream(orderId),
          0n,
          sentAndFilled(n, orderId, approvals[index]?.metadata.id as EventId).map((event) =>
            gateway.propose(event, cause),
          ),
        ),
      ),
    )
  }
  await Promise.all([api, guard, gateway].map(({ log }) => log.close()))
}

const sentAndFilled = (
  n: number,
  orderId: OrderId,
  approvalId: EventId,
): readonly LedgerEvent[] => {
  const now = systemClock.now()
  const report = { venueAt: now, receivedAt: now, payloadHash: sha256(orderId) as Sha256 }
  const half = (one / 200n) as Quantity
  const filled = (trade: number): LedgerEvent => ({
    type: 'OrderFilled',
    orderId,
    book,
    ...terms(n),
    tradeId: `h${String(n)}.${String(trade)}` as TradeId,
    quantity: half,
    price: (64_000n * one) as Price,
    fee: { currency: 'USDT' as Currency, amount: (10n ** 35n) as Amount },
    liquidity: 'taker',
    instrument,
    ...report,
  })
  return [
    {
      type: 'OrderSubmissionStarted',
      orderId,
      clientOrderId: orderId.replaceAll('-', '') as ClientOrderId,
      approvalId,
      terms: terms(n),
      riskRevision: 0n,
      sendBy: plusMs(now, 2000),
    },
    {
      type: 'OrderAccepted',
      orderId,
      venueOrderId: `h${String(n)}` as VenueOrderId,
      ...report,
    },
    filled(1),
    filled(2),
  ]
}
