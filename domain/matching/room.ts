/** The pits, and every open order where it waits: at a limit, for a stop price, for a market, for its end. */
import type { VenueInstrument } from '#domain/kernel/venue'
import { type Ladder, lowestFirst, openLadder } from '#domain/matching/ladder'
import { type PaperOrder, waitsForItsPrice } from '#domain/matching/order'
import type { MatchingState, Pit } from '#domain/matching/pits'
import { openResting, openStops } from '#domain/matching/resting'
import { openTape } from '#domain/matching/tape'
import type { AccountId, ClientOrderId, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface Room {
  readonly pits: ReadonlyMap<MarketSymbol, Pit>
  /** The pit of a symbol, made where there is none yet. */
  readonly offer: (symbol: MarketSymbol) => Pit
  readonly open: (account: AccountId, clientOrderId: ClientOrderId) => PaperOrder | undefined
  /** An open order stands where it belongs from now on, an ended one nowhere. */
  readonly put: (order: PaperOrder) => void
  /** The open orders that may only reduce this position. */
  readonly reducersOf: (account: AccountId, symbol: MarketSymbol) => readonly PaperOrder[]
  /** Those whose time is over. */
  readonly endingBy: (at: Instant) => readonly PaperOrder[]
  readonly nextEnding: () => Instant | undefined
}
export const openRoom = (
  instrumentOf: (symbol: MarketSymbol) => VenueInstrument,
  { prints }: MatchingState,
): Room => {
  const pits = new Map<MarketSymbol, Pit>()
  const orders = new Map<string, PaperOrder>()
  const reducers = openReducers()
  const ending: Ladder = openLadder(lowestFirst(({ expireAt }) => expireAt))

  const offer = (symbol: MarketSymbol): Pit => {
    const known = pits.get(symbol)
    if (known !== undefined) return known
    const pit: Pit = {
      instrument: instrumentOf(symbol),
      resting: openResting(),
      stops: openStops(),
      stranded: openLadder(lowestFirst(() => 0n)),
      tape: openTape(),
      lastPrint: prints.get(symbol),
      mayBeOld: true,
    }
    pits.set(symbol, pit)
    return pit
  }
  /** Where it waits for what may fill it. */
  const placeOf = (order: PaperOrder): Pick<Ladder, 'add' | 'remove'> => {
    const { resting, stops, stranded } = offer(order.symbol)
    if (waitsForItsPrice(order)) return stops
    return order.limitPrice === undefined ? stranded : resting
  }
  return {
    pits,
    offer,
    open: (account, clientOrderId) => orders.get(keyOf(account, clientOrderId)),
    put: (order) => {
      const key = keyOf(order.account, order.clientOrderId)
      const before = orders.get(key)
      if (before !== undefined) {
        placeOf(before).remove(before)
        if (before.expireAt !== undefined) ending.remove(before)
        if (before.reduceOnly) reducers.remove(before)
        orders.delete(key)
      }
      if (order.status !== 'open') return
      orders.set(key, order)
      placeOf(order).add(order)
      if (order.expireAt !== undefined) ending.add(order)
      if (order.reduceOnly) reducers.put(order)
    },
    reducersOf: reducers.of,
    endingBy: (at) => ending.while(({ expireAt }) => expireAt !== undefined && expireAt <= at),
    nextEnding: () => ending.first()?.expireAt,
  }
}

/** By account and symbol, oldest first. */
const openReducers = () => {
  const reducers = new Map<string, Map<bigint, PaperOrder>>()
  return {
    put: (order: PaperOrder): void => {
      const key = keyOf(order.account, order.symbol)
      reducers.set(key, (reducers.get(key) ?? new Map<bigint, PaperOrder>()).set(order.id, order))
    },
    remove: ({ account, symbol, id }: PaperOrder): void => {
      reducers.get(keyOf(account, symbol))?.delete(id)
    },
    of: (account: AccountId, symbol: MarketSymbol): readonly PaperOrder[] =>
      [...(reducers.get(keyOf(account, symbol))?.values() ?? [])].toSorted((a, b) =>
        a.id < b.id ? -1 : 1,
      ),
  }
}

const keyOf = (account: AccountId, name: ClientOrderId | MarketSymbol): string =>
  `${account} ${name}`
