/** What each strategy holds at the venue, and which of the exits approved for it are, at worst, more than that. */
import { quantityChange } from '#domain/books/position'
import { isEnded, workingQuantity } from '#domain/order/order'
import type { ForeignFillObserved, OrderFilled } from '#schemas/events/order'
import type { Terms } from '#schemas/values/trading'
import type { Entry } from './entry.ts'

/** A position is a strategy's own, as it is to the guard: what another holds makes no exit smaller or larger. */
export type Place = Pick<Terms, 'account' | 'symbol' | 'strategy'>

const keyOf = ({ account, symbol, strategy }: Place): string => `${account} ${symbol} ${strategy}`

export class Exits {
  readonly #held = new Map<string, bigint>()
  /** By place, in the order of their approval. */
  readonly #exits = new Map<string, Set<Entry>>()

  fold(fill: OrderFilled | ForeignFillObserved): void {
    const key = keyOf(fill)
    const held = (this.#held.get(key) ?? 0n) + quantityChange(fill, fill.instrument)
    if (held === 0n) this.#held.delete(key)
    else this.#held.set(key, held)
  }
  approved(entry: Entry): void {
    const { approval } = entry
    if (approval?.reducing !== true) return
    const key = keyOf(approval.terms)
    const exits = this.#exits.get(key) ?? new Set<Entry>()
    this.#exits.set(key, exits.add(entry))
  }
  forget(entry: Entry): void {
    if (entry.approval?.reducing !== true) return
    const key = keyOf(entry.approval.terms)
    const exits = this.#exits.get(key)
    exits?.delete(entry)
    if (exits?.size === 0) this.#exits.delete(key)
  }

  at(place: Place): ReadonlySet<Entry> {
    return this.#exits.get(keyOf(place)) ?? none
  }
  /**
   * Those that would take the position through zero if all of them filled. Whoever was approved first comes first;
   * one that is more than what is left claims nothing, and neither does one that is being cancelled.
   */
  excessive(place: Place): ReadonlySet<Entry> {
    const held = this.#held.get(keyOf(place)) ?? 0n
    const left = { buy: held < 0n ? -held : 0n, sell: held > 0n ? held : 0n }
    const excessive = new Set<Entry>()
    for (const entry of this.at(place)) {
      const quantity = mayStillFill(entry)
      const { order, approval } = entry
      if (quantity === 0n || approval === undefined || isBeingCancelled(entry)) continue
      const { side } = approval.terms
      if (quantity <= left[side]) left[side] -= quantity
      else if (!isEnded(order)) excessive.add(entry)
    }
    return excessive
  }
}

const none: ReadonlySet<Entry> = new Set()

/** An order that was not sent yet may be. */
const mayStillFill = ({ order }: Entry): bigint =>
  order._tag === 'Intended' ? order.terms.quantity - order.filledQuantity : workingQuantity(order)
const isBeingCancelled = ({ order }: Entry): boolean =>
  order._tag !== 'Unrecorded' && order.cancelPending
