/** What the paper venue offers, and on which terms. */
import type { VenueInstrument } from '#domain/kernel/venue'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'
import type { InstrumentKind } from '#schemas/values/trading'

const tenToThe = (exponent: number): bigint => 10n ** BigInt(exponent)
/** 10^-digits as a fixed-point decimal of 18 places. */
const increment = <A extends bigint>(digits: number): A => tenToThe(18 - digits) as A

interface Increments {
  /** Digits after the point of a price and of a quantity. */
  readonly priceDigits: number
  readonly quantityDigits: number
}

const listed: ReadonlyMap<string, Increments> = new Map([
  ['BTC/USDT', { priceDigits: 2, quantityDigits: 5 }],
  ['ETH/USDT', { priceDigits: 2, quantityDigits: 4 }],
  ['BTC/USDT:USDT', { priceDigits: 1, quantityDigits: 3 }],
  ['ETH/USDT:USDT', { priceDigits: 2, quantityDigits: 3 }],
  ['BTC/USD:BTC', { priceDigits: 1, quantityDigits: 0 }],
])
/** For what a market source offers beside the listed ones: fine enough for any price. */
const unlisted: Increments = { priceDigits: 8, quantityDigits: 8 }

/** Offered whatever the market source is. */
export const paperSymbols: readonly MarketSymbol[] = [...listed.keys()] as MarketSymbol[]

const notionalMin = (5n * tenToThe(36)) as Amount
const inverseContract = (100n * tenToThe(18)) as Quantity
const whole = tenToThe(18) as Quantity

/** The terms of a symbol at the paper venue. What a source offers beside the listed ones gets terms of the same kind. */
export const paperInstrument = (symbol: MarketSymbol): VenueInstrument => {
  const { priceDigits, quantityDigits } =
    listed.get(symbol) ?? listed.get(likeness(symbol)) ?? unlisted
  const [pair = '', settled] = symbol.split(':')
  const [base = '', quote = ''] = pair.split('/')
  const settle = settled ?? quote
  const kind: InstrumentKind =
    settled === undefined ? 'spot' : settled === base ? 'inverse' : 'linear'
  return {
    symbol,
    terms: {
      kind,
      base: base as Currency,
      quote: quote as Currency,
      settle: settle as Currency,
      contractSize: kind === 'inverse' ? inverseContract : whole,
    },
    rules: {
      tickSize: increment<Price>(priceDigits),
      lotSize: increment<Quantity>(kind === 'inverse' ? 0 : quantityDigits),
      quantityMin: increment<Quantity>(kind === 'inverse' ? 0 : quantityDigits),
      notionalMin,
      orderTypes: ['market', 'limit', 'stop', 'stopLimit'],
    },
  }
}

/** The same base against USDT: BTC/USD trades in the increments of BTC/USDT. */
const likeness = (symbol: MarketSymbol): string => `${symbol.split('/')[0] ?? ''}/USDT`
