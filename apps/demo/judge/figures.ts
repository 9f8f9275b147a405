/** What each check of the guard measures, measured again for one approval: the figure, and the limit then in force. */
import { type Book, Unpriced } from './exposure.ts'
import { isOpen, orderWorth, remaining } from './open-order.ts'
import { standOf } from './days.ts'
import { greater, ratio, size, sum, units } from './decimals.ts'
import { type Json, keyOf, record, second, text, when } from './log-row.ts'

export interface Figure {
  /** Undefined: something in it has no price. */
  readonly observed: bigint | undefined
  /** Undefined: it is not limited. */
  readonly limit: bigint | undefined
}
export type Figures = Readonly<Record<string, Figure>>

export interface Asked {
  readonly book: Book
  /** The approval as it is recorded. */
  readonly data: Json
  /** The times of the approvals before it, in microseconds. */
  readonly approvedAt: readonly number[]
  /** When the newest event of its basis was written, in microseconds. */
  readonly basisAt: number
}

/** By the code of the check. The order must be in the book already. */
export const figuresOf = (asked: Asked): Figures => {
  const { book, data } = asked
  const terms = record(data['terms'])
  const symbol = text(terms['symbol'])
  const price = units(record(data['mark'])['price'])
  const instrument = book.instruments.get(keyOf(terms, 'venue', 'symbol')) ?? {}
  const marks = new Map([[symbol, price]])
  const own = known(() => book.exposure(symbol, marks))
  const all = known(() => book.exposure(undefined, new Map([...book.marks, [symbol, price]])))
  const limit = limitsIn(book)
  const most = limit('maxGrossExposure')
  return {
    orderQuantity: {
      observed: units(terms['quantity']),
      limit: limit('maxOrderQuantity', symbol),
    },
    orderNotional: {
      observed: known(() =>
        book.inBook(orderWorth(terms, instrument, price, book.collar()), instrument),
      ),
      limit: limit('maxOrderNotional'),
    },
    positionQuantity: { observed: reachOf(book, symbol), limit: limit('maxPosition', symbol) },
    positionNotional: { observed: own?.net, limit: limit('maxPositionNotional') },
    grossExposure: { observed: all?.gross, limit: most },
    netExposure: { observed: all?.net, limit: limit('maxNetExposure') },
    ...(most === undefined || own === undefined
      ? {}
      : { concentration: { observed: ratio(own.net, most), limit: limit('maxConcentration') } }),
    ...pricesOf(terms, price, limit('priceCollar')),
    buyingPower: buyingPower(book, terms, instrument, marks),
    ...lossesOf(asked),
    ...countsOf(asked),
  }
}

/** Undefined: something has no price. */
const known = <A>(measure: () => A): A | undefined => {
  try {
    return measure()
  } catch (error) {
    if (error instanceof Unpriced) return undefined
    throw error
  }
}
const whole = 10n ** 36n
const limitsIn =
  ({ limits }: Book) =>
  (name: string, symbol?: string): bigint | undefined => {
    const value = symbol === undefined ? limits[name] : record(limits[name])[symbol]
    if (value === undefined) return undefined
    return typeof value === 'number' ? BigInt(value) * whole : units(value)
  }
const reachOf = (book: Book, symbol: string): bigint => {
  const cells = [...book.cells()].filter((cell) => cell.endsWith(` ${symbol}`))
  const reach = cells.map((cell) => book.reach(cell))
  const [long, short] = [sum(reach.map((r) => r.long)), sum(reach.map((r) => r.short))]
  return greater(size(long), size(short))
}

const buyingPower = (
  book: Book,
  terms: Json,
  instrument: Json,
  marks: ReadonlyMap<string, bigint>,
): Figure => {
  const account = text(terms['account'])
  if (instrument['kind'] === 'spot' && terms['side'] === 'sell') return ownSells(book, terms)
  const currency = text(instrument[instrument['kind'] === 'spot' ? 'quote' : 'settle'])
  return {
    observed: known(() => book.needed(account, currency, marks)),
    limit: book.cash.get(`${account} ${currency}`) ?? 0n,
  }
}
/** A strategy sells what it has itself. */
const ownSells = (book: Book, terms: Json): Figure => {
  const cell = keyOf(terms, 'account', 'venue', 'symbol')
  const isOwn = (of: Json): boolean => of['strategy'] === terms['strategy']
  const sells = book.openIn(cell).filter((order) => isOwn(order.terms) && isSell(order.terms))
  const held = book.heldIn(cell).filter(({ strategy }) => strategy === terms['strategy'])
  return {
    observed: sum(sells.map(remaining)),
    limit: sum(held.map(({ quantity }) => quantity)),
  }
}
const isSell = (terms: Json): boolean => terms['side'] === 'sell'

/** How far from where the market will be, on the wrong side of it, the worst price of the order is. */
const pricesOf = (terms: Json, mark: bigint, limit: bigint | undefined): Figures => {
  const [own, stop] = [terms['limitPrice'], terms['stopPrice']]
  if (own === undefined && stop === undefined) return {}
  const sign = isSell(terms) ? -1n : 1n
  const offsets: bigint[] = []
  if (stop !== undefined) offsets.push(ratio(sign * (mark - units(stop)), mark))
  if (own !== undefined) {
    const from = stop === undefined ? mark : marketAt(units(stop), mark, isSell(terms))
    offsets.push(ratio(sign * (units(own) - from), from))
  }
  return { priceCollar: { observed: offsets.reduce(greater, -whole), limit } }
}
/** Where the market is once the stop is reached. */
const marketAt = (stop: bigint, mark: bigint, sells: boolean): bigint =>
  (sells ? mark < stop : mark > stop) ? mark : stop

/** What the book has lost since its day began, and since it was worth most. */
const lossesOf = ({ book, data }: Asked): Figures => {
  if (book.rules < daysAreKept) return {}
  const limit = limitsIn(book)
  const stand = known(() => standOf(book, when(data['at'])))
  return {
    dailyLoss: { observed: stand?.loss, limit: limit('maxDailyLoss') },
    drawdown: { observed: stand?.drawdown, limit: limit('maxDrawdown') },
  }
}
const daysAreKept = 4
const countsOf = ({ book, data, approvedAt, basisAt }: Asked): Figures => {
  const limit = limitsIn(book)
  const [at, clock] = [when(data['at']), when(data['clock'])]
  const within = (seconds: number): bigint =>
    counted(1 + approvedAt.filter((earlier) => earlier > at - seconds * second).length)
  const orders = [...book.orders.values()]
  const milliseconds = (from: number): bigint =>
    counted(Math.max(0, Math.ceil((clock - from) / 1000)))
  return {
    openOrders: { observed: counted(orders.filter(isOpen).length), limit: limit('maxOpenOrders') },
    unknownOrders: {
      observed: counted(orders.filter(({ unknown }) => unknown).length),
      limit: limit('maxUnknownOrders'),
    },
    ordersPerSecond: { observed: within(1), limit: limit('maxOrdersPerSecond') },
    ordersPerMinute: { observed: within(60), limit: limit('maxOrdersPerMinute') },
    ordersPerHour: { observed: within(3600), limit: limit('maxOrdersPerHour') },
    logLag: { observed: milliseconds(basisAt), limit: limit('maxLogLagMs') },
  }
}
const counted = (count: number): bigint => BigInt(count) * whole
