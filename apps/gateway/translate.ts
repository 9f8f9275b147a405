/** A venue's words as commands to an order. */
import type { VenueOrderState, VenueTrade } from '#domain/kernel/venue'
import type { EvidenceSource, OrderCommand, TermsAtVenue } from '#domain/order/commands'
import { because } from '#domain/order/because'
import type { OrderId } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'
import type { Word } from './tasks.ts'

/** `filled` says no more than `open` does: fills are recorded trade by trade. */
export const commandOfOrder = (
  orderId: OrderId,
  state: VenueOrderState,
  via: EvidenceSource,
): OrderCommand => {
  const { venueOrderId, venueAt, receivedAt, payloadHash, filledTotal } = state
  const said = { orderId, via, venueOrderId, venueAt, receivedAt, payloadHash }
  switch (state.status) {
    case 'open':
    case 'filled': {
      return { type: 'ReportAccepted', ...said, terms: termsOf(state) }
    }
    case 'cancelled':
      return { type: 'ReportCancelled', ...said, filledTotal }
    case 'expired':
      return { type: 'ReportExpired', ...said, filledTotal }
    case 'refused': {
      const reason = state.reason ?? because('venueRefused', 'The venue refused it.')
      return { type: 'ReportRefused', orderId, via, receivedAt, payloadHash, reason }
    }
  }
}

const termsOf = (state: VenueOrderState): TermsAtVenue => {
  const { symbol, side, orderType, timeInForce, quantity } = state
  const { limitPrice, stopPrice, expireAt, postOnly, reduceOnly } = state
  return {
    symbol,
    side,
    orderType,
    timeInForce,
    quantity,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    ...(expireAt === undefined ? {} : { expireAt }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
  }
}

export const commandOfTrade = (
  orderId: OrderId,
  trade: VenueTrade,
  via: EvidenceSource,
  instrument: InstrumentTerms,
): OrderCommand => {
  const { tradeId, symbol, side, quantity, price, fee, liquidity } = trade
  const { venueOrderId, venueAt, receivedAt, payloadHash } = trade
  return {
    type: 'ReportFill',
    orderId,
    via,
    venueOrderId,
    venueAt,
    receivedAt,
    payloadHash,
    tradeId,
    symbol,
    side,
    quantity,
    price,
    fee,
    liquidity,
    instrument,
  }
}

/** As things happen at a venue: it has the order, it fills, it ends. Among its like each word keeps its place. */
export const inOrderOfLife = (words: readonly Word[]): readonly Word[] => {
  const life = (word: Word): number => {
    if (word.type === 'trade') return 1
    return word.order.status === 'open' || word.order.status === 'filled' ? 0 : 2
  }
  return words.toSorted((a, b) => life(a) - life(b))
}

/** Same key: it says the same thing. */
export const keyOfWord = (word: Word): string => {
  if (word.type === 'trade') {
    const { account, symbol, venueOrderId, tradeId, side, quantity, price, fee } = word.trade
    return `trade ${account} ${symbol} ${venueOrderId} ${tradeId} ${side} ${String(quantity)} ${String(price)} ${fee.currency} ${String(fee.amount)}`
  }
  const { account, symbol, venueOrderId, status, filledTotal } = word.order
  return `order ${account} ${symbol} ${venueOrderId} ${status} ${String(filledTotal)}`
}
export const clientOrderIdOfWord = (word: Word) =>
  word.type === 'trade' ? word.trade.clientOrderId : word.order.clientOrderId
export const accountOfWord = (word: Word) =>
  word.type === 'trade' ? word.trade.account : word.order.account
