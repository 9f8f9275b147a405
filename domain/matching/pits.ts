/** One pit for each symbol: what it is, who rests there, and what was heard of it. */
import type { VenueInstrument } from '#domain/kernel/venue'
import type { PaperOrder } from '#domain/matching/order'
import { openResting, type Resting } from '#domain/matching/resting'
import { openTape, type Tape } from '#domain/matching/tape'
import type { TradeTick } from '#schemas/market/tick'
import type { AccountId, ClientOrderId, MarketSymbol } from '#schemas/values/ids'

export interface Pit {
  readonly instrument: VenueInstrument
  readonly resting: Resting
  readonly tape: Tape
  lastPrint: string | undefined
  /** The next trade heard may be one that was told before: it is the first since the hub welcomed us. */
  mayBeOld: boolean
}

/** What was durable when the matching began. */
export interface MatchingState {
  readonly open: readonly PaperOrder[]
  readonly lastOrderId: bigint
  readonly lastTradeId: bigint
  /** Of each symbol, the last print that filled a resting order. */
  readonly prints: ReadonlyMap<MarketSymbol, string>
}

/** Everything that the matching owns and changes in place. */
export interface Floor {
  readonly pits: ReadonlyMap<MarketSymbol, Pit>
  /** The pit of a symbol, made where there is none yet. */
  readonly offer: (symbol: MarketSymbol) => Pit
  readonly open: (account: AccountId, clientOrderId: ClientOrderId) => PaperOrder | undefined
  readonly add: (order: PaperOrder) => void
  /** An open order as it is after a change; one that has ended leaves. */
  readonly settle: (order: PaperOrder) => void
  readonly nextOrderId: () => bigint
  readonly nextTradeId: () => bigint
}

export const openFloor = (
  instrumentOf: (symbol: MarketSymbol) => VenueInstrument,
  state: MatchingState,
): Floor => {
  const pits = new Map<MarketSymbol, Pit>()
  const orders = new Map<string, PaperOrder>()
  let { lastOrderId, lastTradeId } = state

  const offer = (symbol: MarketSymbol): Pit => {
    const known = pits.get(symbol)
    if (known !== undefined) return known
    const pit: Pit = {
      instrument: instrumentOf(symbol),
      resting: openResting(),
      tape: openTape(),
      lastPrint: state.prints.get(symbol),
      mayBeOld: true,
    }
    pits.set(symbol, pit)
    return pit
  }
  const add = (order: PaperOrder): void => {
    orders.set(keyOf(order.account, order.clientOrderId), order)
    offer(order.symbol).resting.add(order)
  }
  for (const order of state.open) add(order)
  return {
    pits,
    offer,
    add,
    open: (account, clientOrderId) => orders.get(keyOf(account, clientOrderId)),
    settle: (order) => {
      const key = keyOf(order.account, order.clientOrderId)
      const { resting } = offer(order.symbol)
      if (order.status === 'open') {
        orders.set(key, order)
        resting.change(order)
      } else {
        orders.delete(key)
        resting.remove(order)
      }
    },
    nextOrderId: () => (lastOrderId += 1n),
    nextTradeId: () => (lastTradeId += 1n),
  }
}

const keyOf = (account: AccountId, clientOrderId: ClientOrderId): string =>
  `${account} ${clientOrderId}`

/** A print by its name at the source: which tick it was, and which trade. */
export const printOf = ({ sequence, tradeId }: TradeTick): string =>
  `${String(sequence)}:${tradeId}`
