/** What each strategy holds of each contract, from the fills in the log, as it stood at a time not long ago. */
import type { FundedHolding } from '#domain/books/divide-funding'
import { signed } from '#domain/values/decimal'
import type { ForeignFillObserved, OrderFilled } from '#schemas/events/order'
import type { SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, MarketSymbol, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

interface Change {
  readonly at: Instant
  readonly strategy: StrategyId
  readonly quantity: bigint
}
interface Holding {
  readonly account: AccountId
  readonly byStrategy: Map<StrategyId, bigint>
  /** The latest to be heard of, oldest first. */
  readonly changes: Change[]
}

/** A payment is on what was held then. Beyond so many fills since then, what was held now stands for it. */
const changesMax = 10_000

export class ContractHoldings {
  readonly #holdings = new Map<string, Holding>()

  fold(fill: OrderFilled | ForeignFillObserved): void {
    const { account, symbol, strategy, side, instrument, venueAt } = fill
    if (instrument.kind === 'spot') return
    const key = keyOf(account, symbol)
    const holding = this.#holdings.get(key) ?? noneOf(account)
    this.#holdings.set(key, holding)
    const quantity = signed(side, fill.quantity)
    holding.byStrategy.set(strategy, (holding.byStrategy.get(strategy) ?? 0n) + quantity)
    holding.changes.push({ at: venueAt, strategy, quantity })
    // In one go now and then, because moving up the rest costs as much as the rest is long.
    if (holding.changes.length > 2 * changesMax) holding.changes.splice(0, changesMax)
  }

  /** Whether this account holds any contract, whoever it is for. */
  holdsAny(account: AccountId): boolean {
    return [...this.#holdings.values()].some(
      (holding) =>
        holding.account === account && [...holding.byStrategy.values()].some((held) => held !== 0n),
    )
  }

  /** Without what was traded later than that, or at that very time too. */
  heldAt(
    account: AccountId,
    symbol: MarketSymbol,
    at: Instant,
    including: boolean,
  ): readonly FundedHolding[] {
    const holding = this.#holdings.get(keyOf(account, symbol))
    if (holding === undefined) return []
    const held = new Map(holding.byStrategy)
    for (const change of holding.changes) {
      const isLater = including ? change.at > at : change.at >= at
      if (isLater) held.set(change.strategy, (held.get(change.strategy) ?? 0n) - change.quantity)
    }
    return [...held].map(([strategy, quantity]) => ({
      strategy,
      quantity: quantity as SignedQuantity,
    }))
  }
}

const noneOf = (account: AccountId): Holding => ({ account, byStrategy: new Map(), changes: [] })
const keyOf = (account: AccountId, symbol: MarketSymbol): string => `${account} ${symbol}`
