/** Writes one venue account's stream: connections, reconciliations, and what the ledger cannot explain, each thing once. */
import * as E from 'fp-ts/lib/Either.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import type { VenueOrderState, VenueTrade } from '#domain/kernel/venue'
import { orderIdOf } from '#domain/order/order'
import { nameBasedUuid } from '#projections/name-based-uuid'
import type { BreakKind } from '#schemas/codes'
import type { ProposedEvent } from '#schemas/envelope'
import type { ForeignFillObserved } from '#schemas/events/order'
import type { BreakDetected, VenueEvent } from '#schemas/events/venue'
import type { BreakId, Code, Line, OrderId, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { InstrumentTerms } from '#schemas/values/trading'
import type { Appending } from './appending.ts'
import type { GatewayPorts } from './ports.ts'
import type { VenueAccount } from './venue-account.ts'

/** What an account's stream does not hold yet of these; asked again whenever somebody else wrote first. */
type Facts = (known: VenueAccount) => readonly VenueEvent[]

export interface Reconciled {
  readonly askedAt: Instant
  readonly openOrders: number
  readonly closedOrders: number
  readonly trades: number
  readonly breaksFound: number
  readonly breaksOpen: number
}

/** Where a fill goes that no order of ours explains (DESIGN §6). */
const unassigned = 'unassigned' as StrategyId

export class Journal {
  readonly #ports: Pick<GatewayPorts, 'envelop' | 'ids' | 'hash' | 'clock'>
  readonly #appending: Appending
  /** One writer at a time for each account. */
  readonly #tails = new Map<VenueAccount, Promise<void>>()

  constructor(
    ports: Pick<GatewayPorts, 'envelop' | 'ids' | 'hash' | 'clock'>,
    appending: Appending,
  ) {
    this.#ports = ports
    this.#appending = appending
  }

  connected(at: VenueAccount): Promise<void> {
    return this.#write(at, () => [{ type: 'VenueConnected', ...placeOf(at) }])
  }
  disconnected(at: VenueAccount, detail: string): Promise<void> {
    const reason = lineOf(detail)
    return this.#write(at, () => [{ type: 'VenueDisconnected', ...placeOf(at), reason }])
  }
  reconciled(at: VenueAccount, found: Reconciled): Promise<void> {
    return this.#write(at, () => [{ type: 'ReconciliationCompleted', ...placeOf(at), ...found }])
  }
  foreignOrder(at: VenueAccount, order: VenueOrderState): Promise<void> {
    const detail = `Order ${order.venueOrderId} (${order.symbol}, ${order.side}, ${order.status}) is not in the log.`
    return this.#break(at, 'foreignOrder', order.venueOrderId, detail)
  }
  missingAtVenue(at: VenueAccount, orderId: OrderId): Promise<void> {
    const detail = `Order ${orderId} is open in the log; the venue has it neither open nor closed.`
    return this.#break(at, 'missingAtVenue', orderId, detail)
  }
  openAfterEnd(at: VenueAccount, orderId: OrderId, state: string): Promise<void> {
    const detail = `Order ${orderId} is open at the venue; the log has it as ${state}.`
    return this.#break(at, 'openAfterEnd', orderId, detail)
  }
  /** It counts at once, where the instrument is known; until then it is only a break. */
  foreignTrade(
    at: VenueAccount,
    trade: VenueTrade,
    instrument: InstrumentTerms | undefined,
  ): Promise<void> {
    const { symbol, venueOrderId, tradeId } = trade
    const detail = `Trade ${tradeId} (${symbol}, ${trade.side}) belongs to no order in the log.`
    const name = `${symbol} ${venueOrderId} ${tradeId}`
    const found = this.#breakOf(at, 'foreignTrade', name, detail)
    return this.#write(at, (known) => [
      ...(known.hasBreak(found.breakId) ? [] : [found]),
      ...(known.hasForeignFill(trade) || instrument === undefined || at.book === undefined
        ? []
        : [foreignFill(at, at.book, trade, instrument, found.breakId)]),
    ])
  }

  /** How many of the orders that the venue works on are breaks, however long they are known. */
  breaksAmong(at: VenueAccount, open: readonly VenueOrderState[]): number {
    return open.filter(
      ({ venueOrderId, clientOrderId }) =>
        at.hasBreak(this.#breakIdOf(at, 'foreignOrder', venueOrderId)) ||
        (clientOrderId !== undefined &&
          at.hasBreak(this.#breakIdOf(at, 'openAfterEnd', orderIdOf(clientOrderId)))),
    ).length
  }

  #break(at: VenueAccount, kind: BreakKind, name: string, detail: string): Promise<void> {
    const found = this.#breakOf(at, kind, name, detail)
    return this.#write(at, (known) => (known.hasBreak(found.breakId) ? [] : [found]))
  }
  #breakOf(at: VenueAccount, kind: BreakKind, name: string, detail: string): BreakDetected {
    const breakId = this.#breakIdOf(at, kind, name)
    const code = kind as string as Code
    return { type: 'BreakDetected', ...placeOf(at), breakId, kind: code, detail: lineOf(detail) }
  }

  #breakIdOf({ venue, account }: VenueAccount, kind: BreakKind, name: string): BreakId {
    return nameBasedUuid<BreakId>(this.#ports.hash, ['break', venue, account, kind, name])
  }

  #write(at: VenueAccount, facts: Facts): Promise<void> {
    const before = this.#tails.get(at) ?? Promise.resolve()
    const writing = before.catch(() => undefined).then(() => this.#append(at, facts))
    this.#tails.set(at, writing)
    return writing
  }

  async #append(at: VenueAccount, facts: Facts): Promise<void> {
    const correlationId = this.#ports.ids.correlationId()
    for (;;) {
      const events: readonly ProposedEvent<VenueEvent>[] = facts(at).map((event) =>
        this.#ports.envelop(event, { correlationId }),
      )
      if (!isNonEmpty(events)) return
      const appended = await this.#appending.append(at.stream, at.revision, events)
      if (E.isLeft(appended)) {
        for (const recorded of await this.#appending.read(at.stream, at.revision)) {
          at.absorb(recorded)
        }
        continue
      }
      const first = appended.right.revision - BigInt(events.length - 1)
      for (const [index, { event }] of events.entries()) {
        at.fold(event, first + BigInt(index))
      }
      return
    }
  }
}

const placeOf = ({ venue, account }: VenueAccount) => ({ venue, account })

/** What came from outside, in one printable line. */
const lineOf = (text: string): Line =>
  (text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').slice(0, 400) || '-') as Line

const foreignFill = (
  { venue, account }: VenueAccount,
  book: ForeignFillObserved['book'],
  trade: VenueTrade,
  instrument: InstrumentTerms,
  breakId: BreakId,
): ForeignFillObserved => ({
  type: 'ForeignFillObserved',
  venueOrderId: trade.venueOrderId,
  breakId,
  book,
  account,
  strategy: unassigned,
  venue,
  symbol: trade.symbol,
  side: trade.side,
  tradeId: trade.tradeId,
  quantity: trade.quantity,
  price: trade.price,
  fee: trade.fee,
  liquidity: trade.liquidity,
  instrument,
  venueAt: trade.venueAt,
  receivedAt: trade.receivedAt,
  payloadHash: trade.payloadHash,
})
