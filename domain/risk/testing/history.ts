/**
 * Generated histories of a book: an API, a market, a venue and two guards that each fold the log at a pace of
 * their own. What is generated is only who does what next; what that means depends on the log as it stands, so
 * that every history is one that could happen.
 */
import type { Marks } from '#domain/market/marks'
import { amendMoveOf, type AmendStep } from '#domain/risk/testing/amending'
import { decideNow, type Guard, guardOf, readOn } from '#domain/risk/testing/guard'
import { type History, proposals, type Step } from '#domain/risk/testing/steps'
import { type TestLog, testLog } from '#domain/risk/testing/log'
import {
  controlAsked,
  endorsing,
  isRequest,
  proposed,
  releaseAsked,
} from '#domain/risk/testing/control-words'
import { funded, withdrawn } from '#domain/risk/testing/money-words'
import {
  account,
  accountOpened,
  amount,
  type Asked,
  bookOpened,
  btc,
  deposited,
  engaged,
  foreignFill,
  intent,
  listed,
  main,
  markAt,
  noon,
  price,
  quantity,
  symbolOf,
} from '#domain/risk/testing/words'
import { moveOf } from '#domain/risk/testing/venue'
import {
  breakDetected,
  connected,
  disconnected,
  reconciled,
  settledAt,
} from '#domain/risk/testing/venue-words'
import { plusMs } from '#domain/values/instant'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { BookControl, Limits, Mark } from '#schemas/values/trading'
import { formatDecimal, placesOfQuantity, type Quantity } from '#schemas/values/decimal'
import type { BookId, MarketSymbol, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export const symbols = ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC', 'ETH/BTC', 'ETH/USD'].map(
  symbolOf,
)
/** What the market quotes: by the last of them dollars are converted. */
const quoted = [...symbols, symbolOf('USDT/USD')]
/** Who stands behind what is asked; beyond them, nobody. */
const persons: readonly string[] = ['ann', 'ben', 'cem']
export const accounts = [account, 'second' as typeof account] as const
const elsewhere = 'elsewhere' as typeof account
const otherBook = 'other' as BookId
/** What one contract or coin costs at first, and the smallest quantity. */
const scales: Readonly<Record<string, { readonly price: string; readonly lot: string }>> = {
  'BTC/USDT': { price: '100', lot: '0.1' },
  'BTC/USDT:USDT': { price: '100', lot: '1' },
  'BTC/USD:BTC': { price: '100', lot: '1' },
  'ETH/BTC': { price: '0.05', lot: '1' },
  'ETH/USD': { price: '10', lot: '1' },
  'USDT/USD': { price: '0.9', lot: '1' },
}

export interface Played {
  readonly log: TestLog
  readonly guards: readonly Guard[]
  /** The market and the clock at the end of it. */
  readonly heard: Marks
  readonly now: Instant
}

/** Plays a history; `watch` sees the log after each event. Throws where a withdrawn batch leaves anything behind. */
export const play = (
  { limits: of, control, steps }: History,
  watch: (log: TestLog) => void,
): Played => {
  const log = testLog()
  let now = noon
  let orders = 0
  let trades = 0
  let requests = 0
  const switches = new Set<number>()
  const marks = new Map<MarketSymbol, Mark>()
  const append = (event: LedgerEvent, by?: number): void => {
    log.append(event, now, by === undefined ? undefined : persons[by])
    watch(log)
  }
  const guards = [guardOf(), guardOf()]
  for (const event of furnish(of, control)) append(event)
  const trade = (symbol: MarketSymbol, percent: number): void => {
    marks.set(symbol, markAt(offBy(symbol, percent), now, symbol))
  }
  for (const symbol of quoted) trade(symbol, 0)
  const heard: Marks = { markOf: (symbol) => marks.get(symbol), symbols: () => [...marks.keys()] }
  const placeOf = (who: number, what: number) => {
    const symbol = symbols[what % symbols.length] ?? btc
    return {
      account: who % 3 === 2 ? elsewhere : (accounts[who % 2] ?? account),
      book: who % 3 === 2 ? otherBook : main,
      strategy: who < 4 ? 'manual' : 'robot',
      symbol,
    }
  }
  const quantityText = (symbol: MarketSymbol, n: number): string =>
    formatDecimal(quantity(scales[symbol]?.lot ?? '1') * BigInt(n), placesOfQuantity)
  const decideFirst: Step = { does: 'decide', guard: 0, readsFirst: true }
  const amend = (step: AmendStep): void => {
    const move = amendMoveOf(log, step, now)
    if (move === undefined) return
    append(move.event)
    if (step.what !== 'ask') return
    if (step.then > 0) take(decideFirst)
    const answer = (['done', 'refuse', 'unknown'] as const)[step.pick % 3] ?? 'done'
    if (step.then > 1) amend({ ...step, what: 'start', n: move.n })
    if (step.fills) take({ does: 'venue', pick: 0, n: move.n, what: 'fill', part: 5, missing: 0 })
    if (step.then > 2) amend({ ...step, what: answer, n: move.n })
  }
  const take = (each: Step): void => {
    switch (each.does) {
      case 'ask': {
        const place = placeOf(each.who % 2 === 0 ? each.who % 4 : 5, each.what)
        orders += 1
        const asked = {
          ...place,
          account: each.who % 2 === 0 ? accounts[0] : accounts[1],
          book: main,
          side: each.side,
          quantity: quantityText(place.symbol, each.lots),
          decideBy: plusMs(now, each.lives),
        }
        append(
          intent(orders, {
            ...asked,
            ...kinds(now)[each.kind],
            ...(/limit/i.test(each.type) ? { at: offBy(place.symbol, each.off) } : {}),
            ...(/stop/.test(each.type) ? { stop: offBy(place.symbol, each.stop) } : {}),
          }),
        )
        const n = orders
        const goOn = { does: 'venue', pick: 0, n, part: each.lots % 5, missing: 0 } as const
        if (each.then > 0) take(decideFirst)
        for (const what of firstOf(['submit', 'accept', 'fill'] as const, each.then - 1))
          take({ ...goOn, what })
        return
      }
      case 'exit': {
        const fill = log.events.findLast(({ event }) => event.type === 'OrderFilled')?.event
        if (fill?.type !== 'OrderFilled') return
        orders += 1
        const { account: of, strategy, symbol, side, quantity: most } = fill
        const part = formatDecimal((most * BigInt(each.fifths)) / 5n, placesOfQuantity)
        const against = side === 'buy' ? 'sell' : 'buy'
        const asked = { account: of, strategy, symbol, side: against, quantity: part } as const
        return append(
          intent(orders, { ...asked, reduceOnly: each.only, decideBy: plusMs(now, 5000) }),
        )
      }
      case 'tick': {
        return trade(quoted[each.what] ?? btc, each.off)
      }
      case 'wait':
        now = plusMs(now, each.ms)
        // Nobody waits that long without hearing of the market.
        if (each.ms > 5000) for (const symbol of quoted) trade(symbol, 1)
        return
      case 'read':
        return readOn(guards[each.guard], log, each.events)
      case 'decide':
        if (each.readsFirst) readOn(guards[each.guard], log, Infinity)
        return decideNow(guards[each.guard], log, heard, now, append)
      case 'venue': {
        trades += 1
        for (const event of moveOf(log, each, trades)) append(event)
        return
      }
      case 'amend':
        return amend(each)
      case 'foreign': {
        const place = placeOf(each.who, each.what)
        trades += 1
        const base = place.symbol.split('/')[0] ?? ''
        return append(
          foreignFill({
            ...place,
            strategy: 'unassigned',
            side: each.side,
            quantity: quantityText(place.symbol, each.lots),
            at: offBy(place.symbol, 1),
            trade: trades,
            contractSize: sizeOf(place.symbol),
            ...(each.inKind ? { feeIn: base, fee: '0.001' } : { fee: '0.01' }),
          }),
        )
      }
      case 'tell': {
        const told = { away: disconnected, back: connected, all: reconciled } as const
        const of = accounts[each.who] ?? account
        requests += 1
        return append(each.what === 'break' ? breakDetected(requests, of) : told[each.what](of))
      }
      case 'deposit':
        return append(
          deposited(each.coins ? '1' : '500', each.coins ? 'BTC' : 'USDT', accounts[each.who]),
        )
      case 'withdraw':
        return append(
          withdrawn(each.coins ? '1' : '400', each.coins ? 'BTC' : 'USDT', accounts[each.who]),
        )
      case 'fund': {
        trades += 1
        const value = `${each.pays ? '-' : ''}${each.coins ? '0.3' : '30'}`
        return append(funded(trades, value, each.coins ? 'BTC' : 'USDT', accounts[each.who]))
      }
      case 'propose':
        requests += 1
        return append(proposed(requests, proposals[each.which] ?? {}), each.by)
      case 'release': {
        // Where there is nothing to release, something to release comes first.
        if (switches.size === 0)
          return take({ ...each, does: 'engage', n: 0, halt: each.stranger, scope: each.which })
        requests += 1
        const engagedSoFar = [0, 1, 2].filter((n) => switches.has(n))
        const named =
          each.which === 3 ? engagedSoFar : engagedSoFar.slice(each.which, each.which + 1)
        return append(releaseAsked(requests, ...named, ...(each.stranger ? [9] : [])), each.by)
      }
      case 'engage': {
        const scopes = [
          {},
          { symbol: btc },
          { account: accounts[0] },
          { strategy: 'robot' as StrategyId },
        ] as const
        switches.add(each.n)
        return append(
          engaged(each.n, each.halt ? 'halt' : 'reduce', scopes[each.scope] ?? {}),
          each.by,
        )
      }
      case 'control':
        requests += 1
        return append(controlAsked(requests, each.dual ? 'dual' : 'single'), each.by)
      case 'endorse': {
        const asked = log.events.filter(({ event }) => isRequest(event)).at(-1 - each.back)
        if (asked !== undefined && isRequest(asked.event)) append(endorsing(asked.event), each.by)
      }
    }
  }
  steps.forEach(take)
  return { log, guards, heard, now }
}

const firstOf = <A>(all: readonly A[], most: number): readonly A[] =>
  all.slice(0, Math.max(0, most))

const furnish = (of: Limits, control: BookControl = 'single'): readonly LedgerEvent[] => [
  { ...bookOpened(of), control } as LedgerEvent,
  accountOpened('1', accounts[0]),
  accountOpened('3', accounts[1]),
  accountOpened('1', elsewhere, otherBook),
  ...[...accounts, elsewhere].flatMap(settledAt),
  ...symbols.map((symbol) => {
    const { lot = '1' } = scales[symbol] ?? {}
    const some = {
      tickSize: price('0.0001'),
      // A fill may be a part of the smallest order, and be sold again.
      lotSize: (quantity(lot) / 25n) as Quantity,
      quantityMin: (quantity(lot) / 25n) as Quantity,
      notionalMin: amount('0'),
      orderTypes: ['market', 'limit', 'stop', 'stopLimit'] as const,
    }
    return listed(symbol, some, sizeOf(symbol))
  }),
  deposited('600', 'USDT', accounts[0]),
  deposited('600', 'USDT', accounts[1]),
  deposited('5', 'BTC', accounts[0]),
  deposited('10', 'BTC', accounts[1]),
  deposited('90', 'USD', accounts[0]),
]

const kinds = (now: Instant): Readonly<Record<string, Partial<Asked>>> => ({
  plain: {},
  postOnly: { postOnly: true },
  fok: { timeInForce: 'fok' },
  gtd: { timeInForce: 'gtd', expireAt: plusMs(now, 500) },
})
const sizeOf = (symbol: MarketSymbol): string =>
  symbol === 'BTC/USD:BTC' ? '10' : symbol === 'BTC/USDT:USDT' ? '0.1' : '1'
/** So many per cent off the first price. */
const offBy = (symbol: MarketSymbol, percent: number): string => {
  const first: bigint = price(scales[symbol]?.price ?? '1')
  return formatDecimal((first * BigInt(100 + percent)) / 100n, placesOfQuantity)
}

/** How many events every history begins with. */
export const furnished = furnish({}).length
