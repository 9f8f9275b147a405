/** A paper store without a database, for tests that need none: it forgets nothing until it is lost. */
import * as E from 'fp-ts/lib/Either.js'
import type { PaperFunding, PaperOrder, PaperPosition, PaperTrade } from '#domain/matching/order'
import type { Page, PaperBatch, PaperStore } from '#domain/matching/store'

export interface MemoryStore extends PaperStore {
  /** The batches that were made durable, oldest first. */
  readonly batches: readonly PaperBatch[]
  /** From now on every question is answered as if the database had gone. */
  readonly lose: () => void
  /** The next batch finds that its deadline has passed. */
  readonly beLate: () => void
  /** Nothing is made durable until the promise resolves. */
  readonly holdUntil: (released: Promise<void>) => void
}

export const memoryStore = (): MemoryStore => {
  const orders = new Map<bigint, PaperOrder>()
  const trades: PaperTrade[] = []
  const fundings: PaperFunding[] = []
  const positions = new Map<string, PaperPosition>()
  const batches: PaperBatch[] = []
  let isLost = false
  let isLate = false
  let held: Promise<void> | undefined
  let end = (): void => undefined
  const lost = new Promise<void>((resolve) => {
    end = resolve
  })
  const answer = async <A>(value: () => A) =>
    isLost
      ? E.left({ _tag: 'StoreLost' as const, detail: 'the database is gone' })
      : E.right(value())
  const paged = <A extends { readonly id: bigint; readonly account: string }>(
    items: readonly A[],
    { account, after, limit }: Page,
  ): readonly A[] =>
    items.filter((item) => item.account === account && item.id > after).slice(0, limit)
  const all = () => [...orders.values()]
  return {
    batches,
    lost,
    lose: () => {
      isLost = true
      end()
    },
    beLate: () => {
      isLate = true
    },
    holdUntil: (released) => {
      held = released
    },
    state: () =>
      answer(() => ({
        open: all().filter(({ status }) => status === 'open'),
        lastOrderId: BigInt(orders.size),
        lastTradeId: BigInt(trades.length),
        lastFundingId: BigInt(fundings.length),
        positions: [...positions.values()],
        prints: new Map(
          trades.flatMap(({ symbol, print }) =>
            print === undefined ? [] : [[symbol, print] as const],
          ),
        ),
      })),
    find: (names) =>
      answer(() =>
        all().filter((order) =>
          names.some(
            (name) => name.account === order.account && name.clientOrderId === order.clientOrderId,
          ),
        ),
      ),
    commit: async (batch) => {
      await held
      return answer(() => {
        if (isLate) return false
        batches.push(batch)
        for (const order of [...batch.placed, ...batch.changed]) orders.set(order.id, order)
        trades.push(...batch.trades)
        fundings.push(...batch.fundings)
        for (const position of batch.positions)
          positions.set(`${position.account} ${position.symbol}`, position)
        return true
      })
    },
    openOrders: (page) =>
      answer(() =>
        paged(
          all().filter(({ status }) => status === 'open'),
          page,
        ),
      ),
    closedOrders: (page, since) =>
      answer(() =>
        paged(
          all().filter(({ status, changedAt }) => status !== 'open' && changedAt >= since),
          page,
        ),
      ),
    trades: (page, since) =>
      answer(() =>
        paged(
          trades.filter(({ at }) => at >= since),
          page,
        ),
      ),
    fundings: (page, since) =>
      answer(() =>
        paged(
          fundings.filter(({ at }) => at >= since),
          page,
        ),
      ),
    close: async () => {
      end()
    },
  }
}
