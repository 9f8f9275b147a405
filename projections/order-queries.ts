/** How orders are looked up: by their id, and by whose they are and when they were placed. */
import { type OrderRow, orders } from '#projections/orders'
import { listOf, type Page, type Query, rowsOf, type TimeRange } from '#projections/query'

/** The time is that of the intent. */
export interface OrderFilter extends TimeRange {
  readonly account?: string | undefined
  readonly strategy?: string | undefined
  readonly symbol?: string | undefined
  readonly status?: string | undefined
}
/** Newest first. */
export const ordersMatching = (
  { account, strategy, symbol, status, from, to }: OrderFilter,
  page: Page,
): Query<OrderRow> =>
  listOf(orders, {
    where: { account, strategy, symbol, status },
    time: { column: 'createdAt', from, to },
    order: 'logPosition',
    page,
  })

export const orderById = (id: string): Query<OrderRow> => rowsOf(orders, { id }, 'id')
