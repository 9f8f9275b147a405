/** What each account holds of each contract, and the funding that is settled on it. */
import { endsSince, type FundingRule, lastEnd, nextEnd, paymentOf } from '#domain/matching/funding'
import type { PaperFunding, PaperPosition, PaperTrade } from '#domain/matching/order'
import type { MatchingState } from '#domain/matching/pits'
import { abs, signed, zeroQuantity } from '#domain/values/decimal'
import type { Price, Quantity, SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { InstrumentTerms, Side } from '#schemas/values/trading'

export interface HoldingsWorld {
  readonly termsOf: (symbol: MarketSymbol) => InstrumentTerms
  readonly markOf: (symbol: MarketSymbol) => Price | undefined
  readonly held: (position: PaperPosition) => void
  readonly paid: (funding: PaperFunding) => void
}
export interface Holdings {
  /** How much an order of this side may take from the account's position; nothing where it would add to it. */
  readonly reducible: (account: AccountId, symbol: MarketSymbol, side: Side) => Quantity
  /** Books the funding that is due by now, as far as there are marks. */
  readonly settle: (at: Instant) => void
  /** When there is something to settle; undefined: nothing is held, or there is no mark yet. */
  readonly dueAt: () => Instant | undefined
  readonly hold: (trade: PaperTrade) => void
}
export const openHoldings = (
  rule: FundingRule,
  state: MatchingState,
  { termsOf, markOf, held, paid }: HoldingsWorld,
): Holdings => {
  const positions = new Map(
    state.positions.map((position) => [keyOf(position.account, position.symbol), position]),
  )
  let { lastFundingId } = state
  /** Before this nothing can be due. */
  let idleUntil = 0 as Instant
  const set = (position: PaperPosition): void => {
    positions.set(keyOf(position.account, position.symbol), position)
    held(position)
  }
  const open = (): readonly PaperPosition[] =>
    [...positions.values()].filter(({ quantity }) => quantity !== 0n)
  return {
    hold: ({ account, symbol, side, quantity, at }) => {
      const before = positions.get(keyOf(account, symbol))
      const isOpen = before !== undefined && before.quantity !== 0n
      // What was settled is settled, also where the clock says that its time is still to come.
      const opened = Math.max(lastEnd(at, rule), before?.fundedUntil ?? 0) as Instant
      set({
        account,
        symbol,
        quantity: ((before?.quantity ?? 0n) + signed(side, quantity)) as SignedQuantity,
        fundedUntil: isOpen ? before.fundedUntil : opened,
      })
    },
    reducible: (account, symbol, side) => {
      const held = positions.get(keyOf(account, symbol))?.quantity ?? 0n
      return (side === 'sell') === held > 0n ? (abs(held) as Quantity) : zeroQuantity
    },
    settle: (at) => {
      if (at < idleUntil) return
      idleUntil = nextEnd(at, rule)
      for (const position of open()) {
        const ends = endsSince(position.fundedUntil, at, rule)
        const fundedUntil = ends.at(-1)
        const mark = markOf(position.symbol)
        if (fundedUntil === undefined) continue
        if (mark === undefined) {
          idleUntil = at
          continue
        }
        for (const end of rule.rate === 0n ? [] : ends) {
          const payment = paymentOf(position, end, mark, rule, termsOf(position.symbol))
          paid({ id: (lastFundingId += 1n), ...payment, at })
        }
        set({ ...position, fundedUntil })
      }
    },
    dueAt: () =>
      open()
        .filter(({ symbol }) => markOf(symbol) !== undefined)
        .map(({ fundedUntil }) => nextEnd(fundedUntil, rule))
        .reduce<Instant | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined),
  }
}

const keyOf = (account: AccountId, symbol: MarketSymbol): string => `${account} ${symbol}`
