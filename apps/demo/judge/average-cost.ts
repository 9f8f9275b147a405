/** Average cost, worked out anew from fills: what closes takes its share of the cost, the rest opens at its price. */
import { lesser, product, quotient, share, size, unit, units } from './decimals.ts'
import { fillsIn, type Json, keyOf, type LogRow, record, text } from './log-row.ts'

export interface Holding {
  readonly account: string
  readonly strategy: string
  readonly venue: string
  readonly symbol: string
  readonly instrument: Json
  /** Long above 0. */
  readonly quantity: bigint
  readonly cost: bigint
  readonly realised: bigint
}

/** What so much is worth at a price, in the currency that the instrument pays in. */
export const worthAt = (instrument: Json, price: bigint, quantity: bigint): bigint => {
  const counted = product(quantity, units(instrument['contractSize']))
  return instrument['kind'] === 'inverse'
    ? quotient(counted * unit, price)
    : product(counted, price)
}
/** An inverse contract gains where its worth in the settle currency falls. */
export const gainOf = (instrument: Json, cost: bigint, worth: bigint): bigint =>
  instrument['kind'] === 'inverse' ? cost - worth : worth - cost
export const currencyOf = (instrument: Json): string =>
  text(instrument[instrument['kind'] === 'spot' ? 'quote' : 'settle'])

export const unrealisedOf = ({ instrument, cost, quantity }: Holding, price: bigint): bigint =>
  gainOf(instrument, cost, worthAt(instrument, price, quantity))

export const placeOf = (data: Json): string => keyOf(data, 'account', 'strategy', 'venue', 'symbol')

export const afterFill = (before: Holding | undefined, data: Json): Holding => {
  const instrument = record(data['instrument'])
  const fee = record(data['fee'])
  const isFeeInKind = instrument['kind'] === 'spot' && fee['currency'] === instrument['base']
  const traded = data['side'] === 'buy' ? units(data['quantity']) : -units(data['quantity'])
  const change = traded - (isFeeInKind ? units(fee['amount']) : 0n)
  const { quantity, cost, realised } = before ?? { quantity: 0n, cost: 0n, realised: 0n }
  const paid = worthAt(instrument, units(data['price']), change)
  const closes = quantity !== 0n && change !== 0n && quantity > 0n !== change > 0n
  const closed = closes ? lesser(size(quantity), size(change)) : 0n
  const taken = share(cost, closed, size(quantity))
  const proceeds = -share(paid, closed, size(change))
  const [account, strategy, venue, symbol] = ['account', 'strategy', 'venue', 'symbol'].map(
    (name) => text(data[name]),
  )
  return {
    account: account ?? '',
    strategy: strategy ?? '',
    venue: venue ?? '',
    symbol: symbol ?? '',
    instrument,
    quantity: quantity + change,
    cost: cost - taken + paid + proceeds,
    realised: realised + gainOf(instrument, taken, proceeds),
  }
}

/** By "account strategy venue symbol". */
export const holdingsOf = (rows: readonly LogRow[]): ReadonlyMap<string, Holding> => {
  const holdings = new Map<string, Holding>()
  for (const { data } of fillsIn(rows))
    holdings.set(placeOf(data), afterFill(holdings.get(placeOf(data)), data))
  return holdings
}
