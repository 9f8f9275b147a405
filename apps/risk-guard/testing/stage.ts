/** A ledger in memory for tests of the guard: others write, the market moves, and guards read when they are told to. */
import * as E from 'fp-ts/lib/Either.js'
import { sha256 } from '#adapters/system/hash'
import { memoryEventLog } from '#adapters/memory/event-log'
import type { BatchTools } from '#apps/risk-guard/batch'
import { type Guard, guardFilter, riskGuard } from '#apps/risk-guard/guard'
import { watchBy } from '#apps/risk-guard/watching'
import type { ZoneOffset } from '#domain/books/trading-day'
import { enveloper } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import { plausibleMarks } from '#domain/market/plausible'
import { sessionsBy } from '#domain/market/sessions'
import { derivation } from '#domain/risk/derive'
import { standingsFold, type StandingsState } from '#domain/risk/standing'
import { streamOf } from '#domain/risk/testing/log'
import { opening } from '#domain/risk/testing/desk-of'
import { type Asked, btc, intent, main, noon, orderId } from '#domain/risk/testing/words'
import { countingIds, type FixedClock, fixedClock, instant } from '#domain/testing/fixed'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import { riskStream, type StreamName } from '#schemas/streams'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { BookId, MarketSymbol, PersonId, TradeId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'
import type { AppName } from '#schemas/writers'

export interface TestGuard {
  readonly guard: Guard
  /** Reads so many events, all there are where it is not said, and does what follows from them. */
  readonly read: (events?: number) => Promise<void>
  /** How often it was told that the log is away, or that somebody wrote first. */
  readonly told: { unreachable: number; conflicts: number }
  /** What it knows now, for another one to begin with; undefined while some of it is not on the log. */
  readonly keep: () => Kept | undefined
  readonly stop: () => void
}
export interface Kept {
  readonly state: StandingsState
  readonly position: bigint
}
export interface Stage {
  readonly clock: FixedClock
  readonly log: EventLog
  /** What decisions are made with, besides the log. */
  readonly tools: Omit<BatchTools, 'envelop' | 'now'>
  /** `person`: who stands behind it; absent: only an app. */
  readonly write: (event: LedgerEvent, person?: PersonId) => Promise<void>
  readonly ask: (n: number, asked?: Asked) => Promise<void>
  readonly trade: (price: string, symbol?: MarketSymbol) => void
  /** A process that starts; it knows nothing but what it reads, or what was kept. `append` stands in for the log's. */
  readonly guard: (
    append?: EventLog['append'],
    decides?: (book: BookId) => boolean,
    kept?: Kept,
  ) => TestGuard
  readonly events: () => Promise<readonly RecordedEvent[]>
  readonly risk: () => Promise<readonly LedgerEvent[]>
  /** The decisions on the log as `number: approved`, `reducing`, or the code of the reason against it. */
  readonly decisions: () => Promise<readonly string[]>
}

/** Book, account with a million, the venue reconciled, BTC/USDT listed and traded at 65,000, and the day begun. */
export const openStage = async (
  limits: Limits = {},
  furnish = true,
  openLog: (clock: FixedClock) => EventLog = memoryEventLog,
): Promise<Stage> => {
  const clock = fixedClock(noon)
  const log = openLog(clock)
  const ids = countingIds()
  const marks = plausibleMarks()
  const revisions = new Map<StreamName, bigint>()
  let trades = 0
  const write = async (event: LedgerEvent, person?: PersonId): Promise<void> => {
    const stream = streamOf(event)
    const proposed = enveloper(writerOf(event), ids, clock)(
      event,
      { correlationId: ids.correlationId() },
      person === undefined ? {} : { person },
    )
    const isKill = event.type === 'KillSwitchEngaged'
    const known = revisions.get(stream)
    const appended = await log.append(stream, isKill ? 'streamExists' : (known ?? 'noStream'), [
      proposed,
    ])
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, asText))
    revisions.set(stream, appended.right.revision)
  }
  const events = async (): Promise<readonly RecordedEvent[]> => {
    const page = await log.readAll(0n, {}, 100_000)
    if (E.isLeft(page)) throw new Error(page.left._tag)
    return page.right.events
  }
  const risk = async () =>
    (await events()).filter(({ stream }) => stream === riskStream(main)).map(({ event }) => event)
  const stage: Stage = {
    clock,
    log,
    tools: { marks, sessionAt: sessionsBy(summerTime), watch: watchBy(summerTime, sha256, ids) },
    write,
    ask: (n, asked = {}) => write(intent(n, { decideBy: plusMs(clock.now(), 5000), ...asked })),
    trade: (price, symbol = btc) => {
      trades += 1
      marks.hear({
        type: 'trade',
        symbol,
        sequence: trades,
        venueAt: clock.now(),
        receivedAt: clock.now(),
        tradeId: String(trades) as TradeId,
        price: (BigInt(price) * 10n ** 18n) as Price,
        quantity: 1n as Quantity,
        aggressor: 'buy',
      })
    },
    guard: (append = log.append, decides = () => true, kept?) =>
      startGuard(stage, append, { clock, ids, decides, kept }),
    events,
    risk,
    decisions: async () => (await risk()).flatMap(shown),
  }
  if (furnish) for (const event of opening(limits)) await write(event)
  stage.trade('65000')
  // Some guard was there before, and has begun the day.
  if (furnish) await stage.guard().read()
  return stage
}

/** Clocks that are an hour ahead from the end of March on; nobody knows another zone. */
const summerTime: ZoneOffset = (zone, at) =>
  zone === 'London' ? (at < instant('2026-03-29T01:00:00Z') ? 0 : 3_600_000_000) : undefined

interface Shared {
  readonly clock: FixedClock
  readonly ids: ReturnType<typeof countingIds>
  readonly decides: (book: BookId) => boolean
  readonly kept: Kept | undefined
}
const startGuard = (
  { log, tools }: Pick<Stage, 'log' | 'tools'>,
  append: EventLog['append'],
  { clock, ids, decides, kept }: Shared,
): TestGuard => {
  const stopping = new AbortController()
  const told = { unreachable: 0, conflicts: 0 }
  const quiet = () => undefined
  const standings = standingsFold(structuredClone(kept?.state))
  const guard = riskGuard({
    ...tools,
    standings,
    log: { append },
    logger: { info: quiet, warn: quiet },
    stopping: stopping.signal,
    envelop: enveloper('risk-guard', ids, clock),
    now: clock.now,
    decides,
    backOff: async () => clock.advance(1),
    unreachable: () => {
      told.unreachable += 1
    },
    conflicted: () => {
      told.conflicts += 1
    },
  })
  let position = kept?.position ?? 0n
  return {
    guard,
    told,
    keep: () => {
      const state = standings.state()
      return state === undefined ? undefined : { state: structuredClone(state), position }
    },
    stop: () => stopping.abort(),
    read: async (most = 100_000) => {
      const page = await log.readAll(position, guardFilter, most)
      if (E.isLeft(page)) throw new Error(page.left._tag)
      await guard.onPage(page.right)
      position = page.right.upTo
    },
  }
}

/** Every decision and ruling of a log derives again, no intent or request has two, and no day begins twice. */
export const faultsIn = (events: readonly RecordedEvent[]): readonly unknown[] => {
  const { apply } = derivation(main)
  const verdicts = events.flatMap((recorded) => apply(recorded) ?? [])
  const ids = verdicts.flatMap(({ recorded: { event } }): readonly string[] => {
    if ('orderId' in event) return [event.orderId]
    if ('proposalId' in event) return [event.proposalId]
    return event.type === 'TradingDayOpened' ? [event.day] : []
  })
  return [
    ...verdicts.filter(({ verdict }) => verdict._tag !== 'Same'),
    ...ids.filter((id, index) => ids.indexOf(id) !== index),
  ]
}

const writerOf = ({ type }: LedgerEvent): AppName =>
  /Intent|CancelRequested|Book|KillSwitch|Control|AccountOpened|Funds|Proposed|Endorsed/.test(type)
    ? 'api'
    : 'gateway'
const shown = (event: LedgerEvent): readonly string[] => {
  if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return []
  return [`${String(numberOf(event))}: ${outcome(event)}`]
}
const outcome = (event: OrderApproved | OrderDenied): string => {
  if (event.type === 'OrderDenied') return event.reason.code
  return event.reducing ? 'reducing' : 'approved'
}
const numberOf = ({ orderId: id }: OrderApproved | OrderDenied): number => {
  for (let n = 0; n < 100_000; n += 1) if (orderId(n) === id) return n
  return -1
}
const asText = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value

/** The log's append, after somebody else has done something. */
export const beforeAppend =
  ({ log }: Stage, first: () => Promise<void>): EventLog['append'] =>
  async (stream, expected, events) => {
    await first()
    return log.append(stream, expected, events)
  }
