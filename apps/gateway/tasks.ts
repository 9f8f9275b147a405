/** What waits in an order's queue. */
import type { OrderCommand } from '#domain/order/commands'
import type { EvidenceSource } from '#domain/order/commands'
import type { VenueOrderState, VenueTrade } from '#domain/kernel/venue'

/** What a venue says of an order, and where we heard it. */
export type Word =
  | { readonly type: 'order'; readonly order: VenueOrderState; readonly via: EvidenceSource }
  | { readonly type: 'trade'; readonly trade: VenueTrade; readonly via: EvidenceSource }

export type Task = { readonly done?: () => void } & (
  | { readonly word: Word }
  | { readonly command: OrderCommand }
)

/** Hears when each of its tasks was dealt with. */
export const allDone = (
  count: number,
): { readonly done: () => void; readonly all: Promise<void> } => {
  let left = count
  let finish = (): void => undefined
  const all = new Promise<void>((resolve) => {
    finish = resolve
  })
  if (left === 0) finish()
  return {
    all,
    done: () => {
      left -= 1
      if (left === 0) finish()
    },
  }
}
