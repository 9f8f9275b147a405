/**
 * The sums over both folds of one book: added up when somebody first asks for them, and kept up to date from then on.
 * Whoever only reads a log to its end pays for none of them.
 */
import type { Desk, DeskChange } from '#domain/risk/desk'
import { type Equity, type EquitySums, equitySums } from '#domain/risk/equity'
import { type Exposure, type ExposureSums, exposureSums } from '#domain/risk/exposure'
import type { Change, HoldingsFold } from '#domain/risk/holdings'
import { rulesInForce } from '#domain/risk/rules'

export interface Valued {
  readonly exposure: () => Exposure
  readonly equity: () => Equity
  /** The book's own stream went on, or was taken back. */
  readonly deskChanged: (change: DeskChange) => void
  readonly holdingsChanged: (change: Change) => void
}

export const valuedBy = (desk: Desk, holdings: HoldingsFold): Valued => {
  let exposure: ExposureSums | undefined
  let equity: EquitySums | undefined
  return {
    exposure: () => (exposure ??= exposureOf(desk, holdings)),
    equity: () => (equity ??= equitySums(desk, holdings)),
    deskChanged: ({ order, marks, terms }) => {
      if (order !== undefined) exposure?.lookAtOrder(order)
      for (const { symbol } of marks ?? []) {
        exposure?.lookAtMark(symbol)
        equity?.lookAtMark(symbol)
      }
      if (terms === undefined) return
      exposure?.lookAtEverything()
      equity?.lookAtEverything()
    },
    holdingsChanged: ({ order, place, instrument, account, money }) => {
      if (money?.book === desk.book) equity?.lookAtMoney(money)
      if (place?.book === desk.book) equity?.lookAtContract(place.symbol)
      if (order?.book === desk.book) exposure?.lookAtOrder(order.orderId)
      if (place !== undefined) exposure?.lookAtPlace(place)
      if (instrument !== undefined) exposure?.lookAtInstrument(instrument.venue, instrument.symbol)
      if (account !== undefined) exposure?.lookAtEverything()
    },
  }
}

/** As if every event that led there had come one by one. */
const exposureOf = (desk: Desk, holdings: HoldingsFold): ExposureSums => {
  const exposure = exposureSums(desk, holdings, rulesInForce.valuation)
  for (const order of holdings.state.orders.values())
    if (order.book === desk.book) exposure.lookAtOrder(order.orderId)
  for (const { place } of holdings.state.positions.values()) exposure.lookAtPlace(place)
  exposure.lookAtEverything()
  return exposure
}
