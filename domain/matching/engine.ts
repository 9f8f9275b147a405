/**
 * The paper venue's matching: what becomes of orders and of the tape's prints, one after the other. It owns its state
 * and changes it in place; the same inputs give the same outcomes. Whoever drives it makes them durable before telling.
 */
import type { VenueInstrument } from '#domain/kernel/venue'
import { amend } from '#domain/matching/amending'
import { type Floor, type FloorOptions, openFloor } from '#domain/matching/floor'
import type { Outcome, PaperAmendment, PaperOrder, PaperRequest } from '#domain/matching/order'
import type { MatchingState } from '#domain/matching/pits'
import { place } from '#domain/matching/placing'
import { hearQuote, hearTrade } from '#domain/matching/printing'
import type { HubFrame } from '#schemas/market/tick'
import type { AccountId, ClientOrderId, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Reason } from '#schemas/values/trading'

/** Times never go back from one call to the next. */
export interface Matching {
  /** Takes an order in, or refuses it, and crosses what crosses. Its client order id must be new to the account. */
  readonly place: (request: PaperRequest, at: Instant) => Outcome
  /** Nothing comes of it where the order is not open. */
  readonly cancel: (account: AccountId, clientOrderId: ClientOrderId, at: Instant) => Outcome
  /** Nothing comes of it where the order is not open; where it is refused, the order is as it was. */
  readonly amend: (
    account: AccountId,
    clientOrderId: ClientOrderId,
    amendment: PaperAmendment,
    at: Instant,
  ) => Amended
  /** Hears the market; a trade of it may fill what rests and reach what waits for its price. */
  readonly hear: (frame: HubFrame, at: Instant) => Outcome
  /** Time has passed: ends the orders whose time is over, and books the funding that is due. */
  readonly pass: (at: Instant) => Outcome
  /** When time will do something next; undefined: it will not. */
  readonly dueAt: () => Instant | undefined
  readonly open: (account: AccountId, clientOrderId: ClientOrderId) => PaperOrder | undefined
  /** Orders with a higher id are taken in after this. */
  readonly lastOrderId: () => bigint
  readonly instruments: () => readonly VenueInstrument[]
}
export interface Amended {
  readonly outcome: Outcome
  readonly refused: Reason | undefined
}
export interface MatchingOptions extends FloorOptions {
  /** Offered from the start; what the market source names is added. */
  readonly symbols: readonly MarketSymbol[]
  /** Nothing crosses to a quote that is older. */
  readonly quoteAgeMsMax: number
}

export const nothingYet: MatchingState = {
  open: [],
  positions: [],
  lastOrderId: 0n,
  lastTradeId: 0n,
  lastFundingId: 0n,
  prints: new Map(),
}

export const openMatching = (options: MatchingOptions, state: MatchingState): Matching => {
  const floor = openFloor(options, state)
  for (const symbol of options.symbols) floor.offer(symbol)
  const { quoteAgeMsMax } = options
  /** What was due by now comes before what happens now. */
  const now = (at: Instant): void => {
    floor.expire(at)
    floor.settle(at)
  }
  return {
    place: (request, at) => {
      now(at)
      place(floor, quoteAgeMsMax, request, at)
      return floor.drain()
    },
    cancel: (account, clientOrderId, at) => {
      now(at)
      const order = floor.open(account, clientOrderId)
      if (order !== undefined)
        floor.record({ order: { ...order, status: 'cancelled', changedAt: at }, trades: [] })
      return floor.drain()
    },
    amend: (account, clientOrderId, amendment, at) => {
      now(at)
      const order = floor.open(account, clientOrderId)
      const refused =
        order === undefined ? undefined : amend(floor, quoteAgeMsMax, order, amendment, at)
      return { outcome: floor.drain(), refused }
    },
    hear: (frame, at) => {
      now(at)
      hear(floor, quoteAgeMsMax, frame, at)
      return floor.drain()
    },
    pass: (at) => {
      now(at)
      return floor.drain()
    },
    dueAt: floor.dueAt,
    open: floor.open,
    lastOrderId: floor.lastOrderId,
    instruments: () => [...floor.pits.values()].map(({ instrument }) => instrument),
  }
}

const hear = (floor: Floor, quoteAgeMsMax: number, frame: HubFrame, at: Instant): void => {
  switch (frame.type) {
    case 'trade':
      return hearTrade(floor, quoteAgeMsMax, frame, at)
    case 'quote':
      return hearQuote(floor, quoteAgeMsMax, frame, at)
    case 'welcome':
      for (const symbol of frame.symbols) floor.offer(symbol)
      for (const pit of floor.pits.values()) pit.mayBeOld = true
      return
    case 'ended':
      return
  }
}
