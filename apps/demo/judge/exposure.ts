/** What a book holds and has open at worst, added up anew for every question, from plain lists. */
import { afterFill, currencyOf, gainOf, type Holding, placeOf, worthAt } from './average-cost.ts'
import { believed, type Day } from './believed.ts'
import { greater, lesser, product, ratio, size, sum, units } from './decimals.ts'
import { amend, fresh, isOver, type OpenOrder, premium, remaining, spending } from './open-order.ts'
import { fillTypes, type Json, keyOf, list, type LogRow, record, text } from './log-row.ts'

export interface Sides {
  readonly long: bigint
  readonly short: bigint
}
const nothing: Sides = { long: 0n, short: 0n }
const plus = (a: Sides, b: Sides): Sides => ({ long: a.long + b.long, short: a.short + b.short })
export const worstOf = ({ long, short }: Sides): bigint => greater(size(long), size(short))

/** From these rules on, two strategies that net to nothing have lost what they have lost against each other. */
const countsLockedIn = 3
/** No venue takes more of a trade. */
const worstFee = 2n * 10n ** 33n
/** Something has no price, so that nobody can say what it is worth. */
export class Unpriced extends Error {}

/** Plain lists over one book, in log order. */
export class Book {
  /** Those that were approved and may still be filled. */
  readonly orders = new Map<string, OpenOrder>()
  readonly holdings = new Map<string, Holding>()
  readonly instruments = new Map<string, Json>()
  readonly accounts = new Map<string, Json>()
  readonly cash = new Map<string, bigint>()
  readonly marks = new Map<string, bigint>()
  /** What came in from outside less what went out, by currency. */
  readonly brought = new Map<string, bigint>()
  day: Day | undefined
  /** Whether the venue has told all that an account has there, by venue and account. */
  readonly reconciled = new Map<string, boolean>()
  /** An approval that meets a lapse reserves nothing. */
  readonly lapsed = new Set<string>()
  limits: Json = {}
  currency = ''
  /** The version of the rules that a decision names. */
  rules = 0
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  /** An event of any stream but those of the guard. */
  see({ type, data }: LogRow): void {
    const order = this.orders.get(text(data['orderId']))
    if (type === 'AccountOpened') this.accounts.set(text(data['account']), data)
    if (type.startsWith('Instrument'))
      this.instruments.set(keyOf(data, 'venue', 'symbol'), record(data['terms']))
    if (type === 'FundsDeposited') this.bring(data, units(data['amount']))
    if (type === 'FundsWithdrawn') this.bring(data, -units(data['amount']))
    if (venueTypes.includes(type))
      this.reconciled.set(keyOf(data, 'venue', 'account'), isWhole(type, data))
    if (type === 'FundingPaid') this.move(data, units(data['amount']))
    if (type === 'OrderLapsed') this.lapsed.add(text(data['orderId']))
    if (fillTypes.includes(type) && data['book'] === this.#name) this.fill(data, order)
    if (order === undefined) return
    if (type === 'OrderOutcomeUnknown') order.unknown = true
    if (type === 'OrderAccepted' || type === 'OrderOutcomeResolved') order.unknown = false
    if (type === 'OrderCancelled' || type === 'OrderExpired')
      order.total = units(data['filledTotal'])
    if (type === 'OrderRefused' || type === 'OrderLapsed') order.total = order.filled
    if (type.startsWith('OrderAmend')) amend(order, type, data)
    if (isOver(order)) this.orders.delete(text(data['orderId']))
  }
  private bring(data: Json, amount: bigint): void {
    this.move(data, amount)
    if (data['book'] !== this.#name) return
    const currency = text(data['currency'])
    this.brought.set(currency, (this.brought.get(currency) ?? 0n) + amount)
  }
  private move(data: Json, amount: bigint): void {
    const key = keyOf(data, 'account', 'currency')
    this.cash.set(key, (this.cash.get(key) ?? 0n) + amount)
  }
  private fill(data: Json, order: OpenOrder | undefined): void {
    const before = this.holdings.get(placeOf(data))
    const after = afterFill(before, data)
    this.holdings.set(placeOf(data), after)
    if (order !== undefined) order.filled += units(data['quantity'])
    const [account, instrument, fee] = [data['account'], after.instrument, record(data['fee'])]
    this.move({ account, currency: fee['currency'] }, -units(fee['amount']))
    if (instrument['kind'] !== 'spot')
      return this.move(
        { account, currency: instrument['settle'] },
        after.realised - (before?.realised ?? 0n),
      )
    const bought = data['side'] === 'buy' ? units(data['quantity']) : -units(data['quantity'])
    this.move({ account, currency: instrument['base'] }, bought)
    const paid = product(bought, units(data['price']))
    this.move({ account, currency: instrument['quote'] }, -paid)
  }
  approve(id: string, terms: Json): void {
    if (!this.lapsed.has(id)) this.orders.set(id, { ...fresh, terms })
  }
  approveAmendment(id: string, terms: Json): void {
    const order = this.orders.get(id)
    if (order !== undefined) order.perhaps = terms
  }
  take(marks: unknown): void {
    for (const mark of list(marks).map(record))
      if (mark['price'] !== undefined)
        this.marks.set(text(mark['symbol']), believed(mark, this.limits))
  }

  /** Of its own accounts, by currency. */
  ownCash(): ReadonlyMap<string, bigint> {
    const own = new Map<string, bigint>()
    for (const [key, amount] of this.cash) {
      const [account = '', currency = ''] = key.split(' ')
      if (this.accounts.get(account)?.['book'] === this.#name)
        own.set(currency, (own.get(currency) ?? 0n) + amount)
    }
    return own
  }
  collar(): bigint {
    return 'priceCollar' in this.limits ? units(this.limits['priceCollar']) : 0n
  }
  /** Every account and symbol in which there is anything, as "account venue symbol". */
  cells(): ReadonlySet<string> {
    const open = [...this.orders.values()].filter((order) => remaining(order) > 0n)
    return new Set([
      ...[...this.holdings.values()].filter(({ quantity }) => quantity !== 0n).map(cellOf),
      ...open.map(({ terms }) => keyOf(terms, 'account', 'venue', 'symbol')),
    ])
  }
  openIn(cell: string): readonly OpenOrder[] {
    return [...this.orders.values()].filter(
      (order) => remaining(order) > 0n && keyOf(order.terms, 'account', 'venue', 'symbol') === cell,
    )
  }
  heldIn(cell: string): readonly Holding[] {
    return [...this.holdings.values()].filter((holding) => cellOf(holding) === cell)
  }
  /** As quantities. */
  reach(cell: string): Sides {
    const held = sum(this.heldIn(cell).map(({ quantity }) => quantity))
    const open = (side: string): bigint =>
      sum(
        this.openIn(cell)
          .filter(({ terms }) => terms['side'] === side)
          .map(remaining),
      )
    return { long: held + open('buy'), short: held - open('sell') }
  }
  /** As money, in the currency that the instrument pays in. */
  worth(cell: string, mark: bigint): Sides {
    const instrument = this.instrumentOf(cell)
    const { long, short } = this.reach(cell)
    const beyond = (side: string): bigint =>
      sum(
        this.openIn(cell)
          .filter(({ terms }) => terms['side'] === side)
          .map((order) => premium(order, instrument, mark, this.collar())),
      )
    return {
      long: worthAt(instrument, mark, long) + beyond('buy'),
      short: worthAt(instrument, mark, short) - beyond('sell'),
    }
  }
  instrumentOf(cell: string): Json {
    return this.instruments.get(cell.slice(cell.indexOf(' ') + 1)) ?? {}
  }
  /** In the book's own currency. */
  inBook(amount: bigint, instrument: Json): bigint {
    return this.converted(amount, currencyOf(instrument))
  }
  converted(amount: bigint, currency: string): bigint {
    if (currency === this.currency) return amount
    const direct = this.marks.get(`${currency}/${this.currency}`)
    const against = this.marks.get(`${this.currency}/${currency}`)
    if (direct !== undefined) return product(amount, direct)
    if (against !== undefined) return ratio(amount, against)
    throw new Unpriced(`nothing turns ${currency} into ${this.currency}`)
  }
  /** Of the cells that are asked for: by symbol where it is given. A mark of the moment goes before one on record. */
  exposure(symbol?: string, marks: ReadonlyMap<string, bigint> = new Map()) {
    let [all, gross]: [Sides, bigint] = [nothing, 0n]
    for (const cell of this.cells()) {
      const its = cell.slice(cell.lastIndexOf(' ') + 1)
      if (symbol !== undefined && its !== symbol) continue
      const mark = marks.get(its) ?? this.marks.get(its)
      if (mark === undefined) throw new Unpriced(`no mark of ${its}`)
      const instrument = this.instrumentOf(cell)
      const own = this.worth(cell, mark)
      const sides = {
        long: this.inBook(own.long, instrument),
        short: this.inBook(own.short, instrument),
      }
      all = plus(all, sides)
      gross += worstOf(sides)
    }
    return { gross, net: worstOf(all) }
  }
  /** What of an account's cash in a currency is spoken for. */
  needed(account: string, currency: string, marks: ReadonlyMap<string, bigint>): bigint {
    const own = [...this.cells()].filter((cell) => cell.startsWith(`${account} `))
    return sum(own.map((cell) => this.neededFor(cell, currency, marks)))
  }
  private neededFor(cell: string, currency: string, marks: ReadonlyMap<string, bigint>): bigint {
    const instrument = this.instrumentOf(cell)
    const symbol = cell.slice(cell.lastIndexOf(' ') + 1)
    // Not everything needs one: a limit buy pays its own price.
    const mark = (): bigint => {
      const there = marks.get(symbol) ?? this.marks.get(symbol)
      if (there === undefined) throw new Unpriced(`no mark of ${symbol}`)
      return there
    }
    const { kind, base, quote, settle } = instrument
    if (kind !== 'spot') return currency === settle ? this.margin(cell, mark) : 0n
    const open = this.openIn(cell)
    if (currency === base)
      return sum(open.filter(({ terms }) => terms['side'] === 'sell').map(remaining))
    if (currency !== quote) return 0n
    const cost = sum(
      open
        .filter(({ terms }) => terms['side'] === 'buy')
        .map((order) => spending(order, instrument, mark, this.collar())),
    )
    return cost + product(cost, worstFee)
  }
  private margin(cell: string, markOf: () => bigint): bigint {
    const instrument = this.instrumentOf(cell)
    const held = this.heldIn(cell)
    const [quantity, cost] = [sum(held.map((h) => h.quantity)), sum(held.map((h) => h.cost))]
    if (quantity === 0n && this.openIn(cell).length === 0)
      return this.rules < countsLockedIn ? 0n : greater(-gainOf(instrument, cost, 0n), 0n)
    const mark = markOf()
    const worst = worstOf(this.worth(cell, mark))
    const pnl = gainOf(instrument, cost, worthAt(instrument, mark, quantity))
    const account = this.accounts.get(cell.slice(0, cell.indexOf(' '))) ?? {}
    const own = units(account['leverage'])
    const leverage =
      'maxLeverage' in this.limits ? lesser(own, units(this.limits['maxLeverage'])) : own
    return ratio(worst, leverage) + product(worst, worstFee) + greater(-pnl, 0n)
  }
}

const venueTypes: readonly string[] = [
  'VenueConnected',
  'VenueDisconnected',
  'ReconciliationCompleted',
  'BreakDetected',
]
/** Asked for everything, and nothing was found that the log does not explain. */
const isWhole = (type: string, data: Json): boolean =>
  type === 'ReconciliationCompleted' && data['breaksFound'] === 0 && (data['breaksOpen'] ?? 0) === 0
const cellOf = ({ account, venue, symbol }: Holding): string => `${account} ${venue} ${symbol}`
