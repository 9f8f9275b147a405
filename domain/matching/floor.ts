/** Everything that the matching owns and changes in place: pits, open orders, positions, and what became of them. */
import type { VenueInstrument } from '#domain/kernel/venue'
import type { FundingRule } from '#domain/matching/funding'
import { openHoldings } from '#domain/matching/holdings'
import type {
  Change,
  Outcome,
  PaperFunding,
  PaperOrder,
  PaperPosition,
  PaperTrade,
} from '#domain/matching/order'
import type { MatchingState, Pit } from '#domain/matching/pits'
import { openRoom } from '#domain/matching/room'
import { marksFold, type MarksFold } from '#domain/market/marks'
import type { Quantity } from '#schemas/values/decimal'
import type { AccountId, ClientOrderId, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Side } from '#schemas/values/trading'

export interface Floor {
  readonly pits: ReadonlyMap<MarketSymbol, Pit>
  readonly marks: MarksFold
  /** The pit of a symbol, made where there is none yet. */
  readonly offer: (symbol: MarketSymbol) => Pit
  readonly open: (account: AccountId, clientOrderId: ClientOrderId) => PaperOrder | undefined
  /** How much an order of this side may take from the account's position; nothing where it would add to it. */
  readonly reducible: (account: AccountId, symbol: MarketSymbol, side: Side) => Quantity
  readonly lastOrderId: () => bigint
  readonly nextOrderId: () => bigint
  readonly nextTradeId: () => bigint
  /** An order as it is now, open or ended, with what follows for positions and for orders that only reduce them. */
  readonly record: (change: Change) => void
  /** Ends what is to end by now. */
  readonly expire: (at: Instant) => void
  /** Books the funding that is due by now, as far as there are marks. */
  readonly settle: (at: Instant) => void
  /** When something is to happen by itself; undefined: nothing is. */
  readonly dueAt: () => Instant | undefined
  /** What was recorded since this was last asked. */
  readonly drain: () => Outcome
}

export interface FloorOptions {
  readonly instrumentOf: (symbol: MarketSymbol) => VenueInstrument
  readonly funding: FundingRule
}

export const openFloor = (options: FloorOptions, state: MatchingState): Floor => {
  const room = openRoom(options.instrumentOf, state)
  const outcome = openOutcome()
  const marks = marksFold()
  let { lastOrderId, lastTradeId } = state

  const record = (change: Change): void => {
    outcome.changes.push(change)
    room.put(change.order)
    for (const trade of change.trades) hold(trade)
  }
  const holdings = openHoldings(options.funding, state, {
    termsOf: (symbol) => room.offer(symbol).instrument.terms,
    markOf: (symbol) => marks.markOf(symbol)?.price,
    held: (position) => outcome.positions.push(position),
    paid: (funding) => outcome.fundings.push(funding),
  })
  const hold = (trade: PaperTrade): void => {
    if (room.offer(trade.symbol).instrument.terms.kind === 'spot') return
    holdings.hold(trade)
    const { account, symbol, at } = trade
    for (const order of room.reducersOf(account, symbol)) {
      if (holdings.reducible(account, symbol, order.side) > 0n) continue
      record({ order: { ...order, status: 'expired', changedAt: at }, trades: [] })
    }
  }
  for (const order of state.open) room.put(order)
  return {
    pits: room.pits,
    marks,
    offer: room.offer,
    open: room.open,
    reducible: holdings.reducible,
    lastOrderId: () => lastOrderId,
    nextOrderId: () => (lastOrderId += 1n),
    nextTradeId: () => (lastTradeId += 1n),
    record,
    expire: (at) => {
      for (const order of room.endingBy(at))
        record({ order: { ...order, status: 'expired', changedAt: at }, trades: [] })
    },
    settle: holdings.settle,
    dueAt: () => {
      const [ending, funding] = [room.nextEnding(), holdings.dueAt()]
      if (ending === undefined || funding === undefined) return ending ?? funding
      return ending < funding ? ending : funding
    },
    drain: outcome.drain,
  }
}

const openOutcome = () => {
  const fresh = () => ({
    changes: [] as Change[],
    fundings: [] as PaperFunding[],
    positions: [] as PaperPosition[],
  })
  let current = fresh()
  return {
    get changes() {
      return current.changes
    },
    get fundings() {
      return current.fundings
    },
    get positions() {
      return current.positions
    },
    drain: (): Outcome => {
      const drained = current
      current = fresh()
      return drained
    },
  }
}
