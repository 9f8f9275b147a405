/** Fills of real accounts, and what their venues booked for them, where those recordings are at hand. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { cashOfFill } from '#domain/books/cash'
import { applyFill, flat, type Position, type PositionFill } from '#domain/books/position'
import { amount, linear, price, quantity } from '#domain/testing/fills'
import { type Amount, formatDecimal } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'

const folder =
  process.env['DAYBOOK_RECORDINGS'] ?? join(import.meta.dirname, '../../../shared/data')
const orders = join(folder, 'orders')
const usdt = 'USDT' as Currency

const linesOf = (file: string): readonly string[] => {
  const path = join(orders, file)
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  return text.split('\n').filter(Boolean)
}
const decoded = <A>(codec: t.Type<A, unknown, unknown>, line: string): A => {
  const value = codec.decode(JSON.parse(line))
  if (value._tag === 'Left') throw new Error(`${line} is not what this test reads`)
  return value.right
}
/** The shortest decimal that stands for a number is the text that it was printed as: none has 16 digits. */
const text = (figure: number): string => formatDecimal(BigInt(Math.round(figure * 1e10)), 10)

const Told = t.type({
  episode: t.number,
  event: t.intersection([
    t.type({ eventType: t.string }),
    t.partial({
      order: t.intersection([
        t.type({
          orderSide: t.keyof({ BUY: null, SELL: null }),
          executionType: t.string,
          lastFilledQuantity: t.number,
          lastFilledPrice: t.number,
          realisedProfit: t.number,
        }),
        t.partial({ commissionAmount: t.union([t.number, t.null]) }),
      ]),
      updateData: t.type({
        updatedBalances: t.array(t.type({ asset: t.string, walletBalance: t.number })),
      }),
    }),
  ]),
})
type Told = t.TypeOf<typeof Told>

const wallet = 'binance-usdm_user-data_BNBUSDT_202203_episodes1-8.jsonl.gz'
const told = linesOf(wallet).map((line) => decoded(Told, line))

describe.skipIf(told.length === 0)(`a wallet of Binance (DAYBOOK_RECORDINGS, ${wallet})`, () => {
  // In 1 and 7 a fill came before the first balance was told, in 3 a commission was not, 8 ends with a transfer.
  test.each([
    [2, '-0.1674944'],
    [4, '0.30738'],
    [5, '-0.01252784'],
    [6, '0.0168738'],
  ])('episode %d: cash moves by exactly what the venue moved it, %s', (episode, moved) => {
    const mine = told.filter((each) => each.episode === episode)
    const balances = mine.flatMap(({ event }) =>
      (event.updateData?.updatedBalances ?? []).filter(({ asset }) => asset === 'USDT'),
    )
    const [first, last] = [balances[0], balances.at(-1)].map((each) =>
      amount(text(each?.walletBalance ?? 0)),
    )
    let position = flat
    let cash = 0n
    let fills = 0
    for (const { event } of mine) {
      if (event.order?.executionType !== 'TRADE') continue
      const after = applyFill(position, fillOf(event.order), linear)
      const realised = (after.realisedPnl - position.realisedPnl) as Amount
      expect(formatDecimal(realised, 36)).toBe(text(event.order.realisedProfit))
      for (const movement of cashOfFill(fillOf(event.order), realised, linear)) {
        cash += movement.amount
      }
      position = after
      fills += 1
    }
    expect(fills).toBeGreaterThan(1)
    expect(cash).toBe((last ?? 0n) - (first ?? 0n))
    expect(formatDecimal(cash, 36)).toBe(moved)
  })
})

const fillOf = (order: NonNullable<Told['event']['order']>): PositionFill => ({
  side: order.orderSide === 'BUY' ? 'buy' : 'sell',
  quantity: quantity(text(order.lastFilledQuantity)),
  price: price(text(order.lastFilledPrice)),
  fee: { currency: usdt, amount: amount(text(order.commissionAmount ?? 0)) },
})

const Order = t.intersection([
  t.type({
    side: t.keyof({ open_long: null, open_short: null, close_long: null, close_short: null }),
    filledQty: t.number,
    fee: t.number,
    totalProfits: t.number,
    uTime: t.string,
  }),
  t.partial({ priceAvg: t.number }),
])
type Order = t.TypeOf<typeof Order>
const historyIn = (file: string): readonly Order[] =>
  linesOf(file)
    .map((line) => decoded(Order, line))
    .filter(({ filledQty }) => filledQty > 0)
    .toSorted((a, b) => Number(a.uTime) - Number(b.uTime))
const fillOfOrder = (order: Order): PositionFill => ({
  side: ['open_long', 'close_short'].includes(order.side) ? 'buy' : 'sell',
  quantity: quantity(text(order.filledQty)),
  price: price(text(order.priceAvg ?? 0)),
  fee: { currency: usdt, amount: amount(text(0 - order.fee)) },
})
/** As near as the venue prints it. */
const expectPrinted = (value: bigint, said: number, places: number): void => {
  const error = value - amount(text(said))
  expect(error < 0n ? 0n - error : error, formatDecimal(value, 36)).toBeLessThanOrEqual(
    10n ** BigInt(36 - places),
  )
}

const linearFile = 'bitget_order-history_BTCUSDT_UMCBL_202304a.jsonl'
const linearOrders = historyIn(linearFile)
describe.skipIf(linearOrders.length === 0)(
  `orders of Bitget (DAYBOOK_RECORDINGS, ${linearFile})`,
  () => {
    test('realise what the venue says, to its three places, and cost its fees to the last digit', () => {
      // Both sides of a hedged account are positions of their own.
      const books = new Map<string, Position>()
      let [fees, realised] = [0n, 0n]
      for (const order of linearOrders) {
        const [, side = ''] = order.side.split('_')
        const before = books.get(side) ?? flat
        const fill = fillOfOrder(order)
        const after = applyFill(before, fill, linear)
        books.set(side, after)
        fees += fill.fee.amount
        realised += after.realisedPnl - before.realisedPnl
        expectPrinted(after.realisedPnl - before.realisedPnl, order.totalProfits, 3)
      }
      expect(linearOrders.length).toBe(57)
      expect(formatDecimal(fees, 36)).toBe('103.2209842')
      expectPrinted(realised, -23.323, 2)
    })
  },
)
