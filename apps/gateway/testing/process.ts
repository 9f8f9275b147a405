/** A real log and a real paper venue around gateways that are real processes; the test plays the api and the guard. */
import * as E from 'fp-ts/lib/Either.js'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import {
  absenceFaults,
  fillFaults,
  fundingFaults,
  sendingFaults,
  standstillFaults,
  transitionFaults,
} from '#apps/gateway/testing/checks'
import {
  type Client,
  freePort,
  type Market,
  openClient,
  openMarket,
} from '#apps/paper-venue/testing/process'
import { type AppProcess, startApp } from '#apps/testing/app-process'
import { until } from '#apps/testing/processes'
import { fold } from '#domain/kernel/decider'
import { enveloper } from '#domain/kernel/envelop'
import type { ExpectedRevision } from '#domain/kernel/event-log'
import { orderDecider } from '#domain/order/order'
import { book, terms } from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventType, LedgerEvent } from '#schemas/events/ledger'
import type { OrderEvent } from '#schemas/events/order'
import { accountStream, orderStream, riskStream, type StreamName } from '#schemas/streams'
import type { Ratio } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol, OrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'
import type { AppName } from '#schemas/writers'

export interface RealWorld {
  readonly postgres: TestPostgres
  readonly market: Market
  /** Of the paper venue. */
  readonly port: number
  /** Asks the venue, beside the gateways. */
  readonly client: Client
  readonly startGateway: (more?: Readonly<Record<string, string>>, main?: string) => AppProcess
  /** An intent and its approval, as the api and the guard would write them. */
  readonly place: (asked: Terms) => Promise<OrderId>
  readonly askCancel: (orderId: OrderId) => Promise<void>
  readonly openAccount: (account: AccountId) => Promise<void>
  readonly typesOf: (orderId: OrderId) => Promise<readonly EventType[]>
  readonly becomes: (orderId: OrderId, type: EventType) => Promise<void>
  readonly log: () => Promise<readonly RecordedEvent[]>
  /**
   * What the log says, held against what the venue says. Undefined: the venue did not say.
   * A payment that fell due after `dueBy` may still be missing from the log: they never end.
   */
  readonly faults: (dueBy?: Instant) => Promise<readonly string[] | undefined>
  readonly close: () => Promise<void>
}

export const openRealWorld = async (...symbols: readonly MarketSymbol[]): Promise<RealWorld> => {
  const postgres = await testPostgres()
  const market = await openMarket(...symbols)
  const port = await freePort()
  const client = openClient(port)
  const opened = (app: AppName) => openPostgresEventLog({ url: postgres.url(app), app })
  const logs = { api: opened('api'), 'risk-guard': opened('risk-guard') }
  const accounts: AccountId[] = []
  let approvals = 0n

  const envelop = enveloper('test', systemIds, systemClock)
  const write = async (
    app: keyof typeof logs,
    stream: StreamName,
    expected: ExpectedRevision,
    event: LedgerEvent,
  ): Promise<boolean> => {
    const proposed = envelop(event, { correlationId: systemIds.correlationId() }, { app })
    return E.isRight(await logs[app].append(stream, expected, [proposed]))
  }
  const read = async (stream: StreamName) => right(await logs.api.read(stream, -1n))
  const typesOf = async (orderId: OrderId) =>
    (await read(orderStream(orderId))).map(({ event }) => event.type)
  const openAccount = async (account: AccountId): Promise<void> => {
    accounts.push(account)
    await write('api', accountStream(account), 'noStream', {
      type: 'AccountOpened',
      account,
      book,
      currency: 'USDT' as Currency,
      leverage: (10n ** 18n) as Ratio,
      costBasis: 'average',
    })
  }
  const whole = async (): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = []
    for (let after = 0n; ; ) {
      const page = right(await logs.api.readAll(after, {}, 1000))
      events.push(...page.events)
      if (page.atHead) return events
      after = page.upTo
    }
  }
  await write('api', riskStream(book), 'noStream', {
    type: 'BookOpened',
    book,
    currency: 'USDT' as Currency,
    control: 'single',
    tradingDay: { time: '00:00', zone: 'UTC' },
    limits: {},
  })
  await openAccount(terms.account)
  return {
    postgres,
    market,
    port,
    client,
    startGateway: (more = {}, main = 'main.ts') =>
      startApp(
        'gateway',
        {
          PATH: process.env['PATH'] ?? '',
          DAYBOOK_LOG: postgres.url('gateway'),
          DAYBOOK_PAPER: `ws://127.0.0.1:${String(port)}`,
          ...more,
        },
        main,
      ),
    place: async (asked) => {
      const orderId = systemIds.eventId() as string as OrderId
      const at = systemClock.now()
      const decideBy = plusMs(at, 5000)
      const intent = { type: 'OrderIntentRecorded', orderId, book, terms: asked, decideBy } as const
      await write('api', orderStream(orderId), 'noStream', intent)
      await write('risk-guard', riskStream(book), approvals, {
        type: 'OrderApproved',
        orderId,
        book,
        rules: 1,
        basis: { count: 0 },
        at,
        clock: at,
        terms: asked,
        reducing: false,
        // Longer than a guard's, so that a busy machine does not decide the test.
        expiresAt: plusMs(at, 30_000),
        checks: [],
      })
      approvals += 1n
      return orderId
    },
    askCancel: async (orderId) => {
      const asked = { type: 'RequestCancel', orderId, denied: false } as const
      for (;;) {
        const history = (await read(orderStream(orderId))).map(({ event }) => event as OrderEvent)
        const decided = orderDecider.decide(asked, fold(orderDecider)(history))
        const [event] = E.isRight(decided) ? decided.right : []
        if (event === undefined) return
        if (await write('api', orderStream(orderId), BigInt(history.length - 1), event)) return
      }
    },
    openAccount,
    typesOf,
    becomes: (orderId, type) =>
      until(
        `${orderId} to be ${type}`,
        async () => (await typesOf(orderId)).includes(type),
        20_000,
      ),
    log: whole,
    faults: async (dueBy) => {
      const evidence = await evidenceOf(await whole(), client, accounts)
      if (evidence === undefined) return undefined
      return [
        ...sendingFaults(evidence),
        ...fillFaults(evidence),
        ...fundingFaults(evidence, dueBy),
        ...transitionFaults(evidence),
        ...absenceFaults(evidence),
        ...standstillFaults(evidence),
      ]
    },
    close: async () => {
      await client.venue.close()
      await Promise.all(Object.values(logs).map((log) => log.close()))
      await market.close()
      await postgres.stop()
    },
  }
}

const ever = 0 as Instant
const evidenceOf = async (
  log: readonly RecordedEvent[],
  { venue }: Client,
  accounts: readonly AccountId[],
) => {
  const lists = await Promise.all(
    accounts.map(async (account) => ({
      open: await venue.openOrders(account),
      closed: await venue.closedOrders(account, ever),
      trades: await venue.trades(account, ever),
      fundings: await venue.fundings(account, ever),
    })),
  )
  if (lists.some((list) => Object.values(list).some((answer) => E.isLeft(answer)))) return undefined
  return {
    log,
    attempts: [],
    orders: lists
      .flatMap(({ open, closed }) => [...right(open), ...right(closed)])
      .filter(({ status }) => status !== 'refused'),
    trades: lists.flatMap(({ trades }) => right(trades)),
    fundings: lists.flatMap(({ fundings }) => right(fundings)),
  }
}

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left, String))
  return result.right
}
